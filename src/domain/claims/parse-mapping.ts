import { AnonError } from '../../errors.ts';
import {
  type ClaimMapping,
  claimNameMaxLength,
  expressionMaxLength,
  expressionRoot,
  isReservedClaim,
  sessionAttributes,
  sessionPath,
} from '../../wire/claims-mapping.ts';
import { mostSimilar } from '../did-you-mean.ts';

/**
 * Reads a mapping as the user wrote it. The root that all expressions share may be left out: `metadata.language`.
 * Refuses, before any request, what every tenant would refuse.
 * @throws {AnonError} `usage`
 */
export function parseClaimMapping({ name, expression }: ClaimMapping): ClaimMapping {
  return { name: parseClaimName(name), expression: parseClaimExpression(expression) };
}

/** Reads the name alone. @throws {AnonError} `usage` */
export function parseClaimName(name: string): string {
  checkName(name);
  return name;
}

/** Reads the expression alone, and adds the root. @throws {AnonError} `usage` */
export function parseClaimExpression(text: string): string {
  const expression = withRoot(text);
  checkExpression(expression);
  return expression;
}

function checkName(name: string): void {
  if (name === '') throw new AnonError('usage', 'The claim name is empty.');
  if (name.length > claimNameMaxLength) {
    throw new AnonError(
      'usage',
      `A claim name has at most ${claimNameMaxLength} characters; this one has ${name.length}.`,
    );
  }
  if (name.trim() !== name || /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name)) {
    throw new AnonError('usage', "A claim name can't start or end with a space or contain invisible characters.");
  }
  if (!isReservedClaim(name)) return;
  throw new AnonError('usage', `Claim '${name}' is reserved in any letter case and can't be mapped.`, {
    hint: `Choose another name. Example: guest_${name.toLowerCase().replaceAll(/^_+|_+$/g, '')}`,
  });
}

function withRoot(text: string): string {
  const [first = ''] = text.split('.');
  return sessionAttributes.some((attribute) => attribute === first) ? `${expressionRoot}.${text}` : text;
}

/** An expression as users write it: without the root. */
export function claimPath(expression: string): string {
  const root = `${expressionRoot}.`;
  return expression.startsWith(root) ? expression.slice(root.length) : expression;
}

const formHint = `Expressions are paths: ${sessionAttributes.slice(0, 3).join(', ')}, or metadata.<key>, with a dot for each nested key.`;

function checkExpression(expression: string): void {
  if (sessionPath(expression)) return;
  if (expression.length > expressionMaxLength) {
    throw refused(
      `A claim expression has at most ${expressionMaxLength} characters; this one has ${expression.length}.`,
      formHint,
    );
  }
  const [root = '', attribute, ...keys] = expression.split('.');
  if (!/^[\w-]+(\.[\w-]+)*$/.test(expression)) {
    throw refused(
      'A claim expression is a list of names joined by dots; names have only letters, digits, _ and -.',
      formHint,
    );
  }
  if (root !== expressionRoot)
    throw refused(`A claim expression can't start with '${root.slice(0, 60)}'.`, rootHint(root, attribute));
  if (attribute === undefined) throw refused('The claim expression names no session attribute.', formHint);
  if (keys.length > 0 && sessionAttributes.some((known) => known === attribute)) {
    throw refused(`'${attribute}' has no nested keys; only metadata does.`, formHint);
  }
  throw refused(
    `Sessions have no attribute '${attribute.slice(0, 60)}'.`,
    suggestion(attribute, sessionAttributes) ?? `For a metadata key, write metadata.${[attribute, ...keys].join('.')}`,
  );
}

/** A single word may be an attribute or a metadata key; of the attributes only metadata has nested keys. */
function rootHint(root: string, below: string | undefined): string {
  const known = below === undefined ? [...sessionAttributes, expressionRoot] : ['metadata', expressionRoot];
  return suggestion(root, known) ?? (below === undefined ? `For a metadata key, write metadata.${root}` : formHint);
}

function refused(message: string, hint: string): AnonError {
  return new AnonError('usage', message, { hint });
}

function suggestion(word: string, known: readonly string[]): string | undefined {
  const similar = mostSimilar(word, known);
  return similar && `Did you mean '${similar}'?`;
}
