import type { ClaimsHolder } from '../../domain/claims/mapping.ts';
import { claimsOfEachToken, type TokenPreview } from '../../domain/claims/preview.ts';
import { shellWord } from '../../domain/shell-word.ts';
import { sessionPath } from '../../wire/claims-mapping.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { Paint } from './paint.ts';
import { printable, printableValue } from './printable.ts';
import { rows, table } from './rows.ts';

/** A preview, or the reason for having no preview. */
export type Preview = TokenPreview | { readonly none: string };

/** `application web`, `API shop`. */
export function holderText({ heldBy, name }: Pick<ClaimsHolder, 'heldBy' | 'name'>): string {
  return `${heldBy === 'application' ? 'application' : 'API'} ${printable(name)}`;
}

/** The mapped claims as a table. */
export function renderClaims(paint: Paint, holder: ClaimsHolder): string {
  const { claims, maxClaims, heldBy, name } = holder;
  if (claims.length === 0) {
    const flag = `--${heldBy === 'application' ? 'app' : 'api'} ${printable(shellWord(name))}`;
    return `No claims are mapped for ${holderText(holder)}. Map one: anon-cli claims set language metadata.language ${flag}\n`;
  }
  const list = () =>
    table(
      paint,
      ['CLAIM', 'EXPRESSION'],
      claims.map((claim) => [printable(claim.name), printable(claim.expression)]),
    );
  if (paint.tabbed) return list();
  const heading = `${paint.bold(holderText(holder))} ${paint.dim(`(${claims.length} of at most ${maxClaims} claims)`)}\n`;
  return `${heading}${list()}`;
}

/** The claims of the next access token. Mapped claims stand out; those left out have a reason. */
export function renderPreview(paint: Paint, preview: Preview): string {
  if ('none' in preview) return paint.dim(`\nNo preview: ${printable(preview.none)}.\n`);
  const { service, mapped, leftOut } = preview;
  const own = Object.entries(service).map(([name, value]) => [printable(name), printableValue(value)] as const);
  const added = mapped.map(
    ({ name, value, expression }) =>
      [printable(name), `${paint.green(printableValue(value))} ${paint.dim(`← ${printable(expression)}`)}`] as const,
  );
  const out = leftOut.map(
    ({ name, reason, state }) =>
      [printable(name), paint.yellow(`${state === 'unknown' ? 'unknown' : 'left out'}: ${printable(reason)}`)] as const,
  );
  const perToken = [claimsOfEachToken.join(', '), paint.dim('new in each token')] as const;
  const shown = rows(paint, [...own, perToken, ...added, ...out]);
  const isLastKnown =
    preview.metadataAsLastKnown && [...mapped, ...leftOut].some(({ expression }) => usesMetadata(expression));
  const note = isLastKnown
    ? paint.dim('  The session token is encrypted; the metadata shown was last saved here.\n')
    : '';
  return `\n${paint.bold("The current session's next access token")}\n${shown}${note}`;
}

function usesMetadata(expression: string): boolean {
  return sessionPath(expression)?.[0] === 'metadata';
}

/** Both for `--json`. */
export function claimsData(holder: ClaimsHolder, preview: Preview): JsonObject {
  const { heldBy, id, name, maxClaims, claims } = holder;
  return {
    ...(heldBy === 'application' ? { client_id: id } : { audience: id }),
    name,
    max_claims: maxClaims,
    claims: claims.map((claim) => ({ name: claim.name, expression: claim.expression })),
    preview: previewData(preview),
  };
}

function previewData(preview: Preview): JsonObject {
  if ('none' in preview)
    return { claims: null, mapped: [], left_out: [], metadata_as_last_known: false, reason: preview.none };
  const { service, mapped, leftOut } = preview;
  return {
    claims: { ...service, ...Object.fromEntries(mapped.map(({ name, value }) => [name, value])) },
    mapped: mapped.map(({ name }) => name),
    left_out: leftOut.map(({ name, state, reason }) => ({ name, unknown: state === 'unknown', reason })),
    metadata_as_last_known: preview.metadataAsLastKnown,
    reason: null,
  };
}
