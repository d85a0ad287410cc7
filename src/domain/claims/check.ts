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
import { mostSimilar } from '../similar.ts';

/**
 * What the user wants mapped, as it is sent: `metadata.language` and the other attributes of a session may stand
 * without the root that all expressions have. Says before any call what no tenant would take.
 * @throws {AnonError} `usage`
 */
export function readClaimMapping({ name, expression: text }: ClaimMapping): ClaimMapping {
  checkName(name);
  const expression = withRoot(text);
  checkExpression(expression);
  return { name, expression };
}

function checkName(name: string): void {
  if (name === '') throw new AnonError('usage', 'A claim needs a name.');
  if (name.length > claimNameMaxLength) {
    throw new AnonError('usage', `A claim's name has at most ${claimNameMaxLength} characters, not ${name.length}.`);
  }
  if (name.trim() !== name || /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name)) {
    throw new AnonError('usage', "A claim's name has no spaces around it, and nothing that cannot be seen.");
  }
  if (!isReservedClaim(name)) return;
  throw new AnonError('usage', `'${name}' is reserved: no mapping can set it, in whatever case it is written.`, {
    hint: `Choose a name of your own, such as guest_${name.toLowerCase().replaceAll(/^_+|_+$/g, '')}.`,
  });
}

function withRoot(text: string): string {
  const [first = ''] = text.split('.');
  return sessionAttributes.some((attribute) => attribute === first) ? `${expressionRoot}.${text}` : text;
}

const form = `It is a path and no logic: ${sessionAttributes.slice(0, 3).join(', ')}, or metadata.<key>, with a dot for each level below.`;

function checkExpression(expression: string): void {
  if (sessionPath(expression)) return;
  if (expression.length > expressionMaxLength) {
    throw refused(`has at most ${expressionMaxLength} characters, not ${expression.length}`, form);
  }
  const [root = '', attribute, ...keys] = expression.split('.');
  if (!/^[\w-]+(\.[\w-]+)*$/.test(expression)) {
    throw refused('is names joined by dots, of letters, digits, _ and -', form);
  }
  if (root !== expressionRoot) throw refused(`cannot begin with '${root.slice(0, 60)}'`, otherRoot(root, attribute));
  if (attribute === undefined) throw refused('must name an attribute of the session', form);
  if (keys.length > 0 && sessionAttributes.some((known) => known === attribute)) {
    throw refused(`goes no further than '${attribute}'; only metadata has something below`, form);
  }
  throw refused(
    `cannot lead to '${attribute.slice(0, 60)}', which a session does not have`,
    suggestion(attribute, sessionAttributes) ??
      `For a key of the metadata write metadata.${[attribute, ...keys].join('.')}`,
  );
}

/** A word alone may be an attribute or a key of the metadata; one with something below it is none of the first three. */
function otherRoot(root: string, below: string | undefined): string {
  const known = below === undefined ? [...sessionAttributes, expressionRoot] : ['metadata', expressionRoot];
  return suggestion(root, known) ?? (below === undefined ? `For a key of the metadata write metadata.${root}` : form);
}

function refused(problem: string, hint: string): AnonError {
  return new AnonError('usage', `A claim's expression ${problem}.`, { hint });
}

function suggestion(word: string, known: readonly string[]): string | undefined {
  const similar = mostSimilar(word, known);
  return similar && `Did you mean '${similar}'?`;
}
