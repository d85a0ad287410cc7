import { isExactNumber } from '../../wire/exact-json.ts';

// Looked for at the start of a word only: from every letter on, a long one would take its length squared.
const tokenShaped = /(?<![\w-])[\w-]{12,}\.[\w-]*\.[\w-]+(\.[\w-]+){0,2}/g;

/** One of fewer characters is masked as a word of its own only: in other words its letters tell nothing. */
const shortest = 4;

/**
 * Text that a tenant sent, fit for an error: anything that looks like a token, and each of `secrets`,
 * is masked. A well-behaved tenant never repeats one; the tool does not count on it. It is for the tenant's words
 * alone, and not for those of this program that stand around them.
 */
export function withoutSecrets(text: string, secrets: readonly (string | undefined)[] = []): string {
  // The longest first: one may hold another.
  const known = [...new Set(secrets)].flatMap((secret) => secret || []).sort((one, other) => other.length - one.length);
  return known.reduce<string>(
    (masked, secret) => masked.replaceAll(secret.length < shortest ? asWord(secret) : secret, '***'),
    text.replaceAll(tokenShaped, '***'),
  );
}

function asWord(secret: string): RegExp {
  const letter = '[\\p{L}\\p{N}_]';
  const begins = new RegExp(`^${letter}`, 'u').test(secret) ? `(?<!${letter})` : '';
  const ends = new RegExp(`${letter}$`, 'u').test(secret) ? `(?!${letter})` : '';
  return new RegExp(`${begins}${secret.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}${ends}`, 'gu');
}

/** The values in metadata that may not be told, in the forms in which a tenant could repeat them. */
export function metadataSecrets(metadata: unknown): string[] {
  if (isExactNumber(metadata)) return [metadata.text, String(metadata.valueOf())];
  if (typeof metadata === 'object' && metadata !== null) return Object.values(metadata).flatMap(metadataSecrets);
  if (typeof metadata === 'number') return [String(metadata)];
  if (typeof metadata !== 'string' || metadata === '') return [];
  return [
    metadata,
    JSON.stringify(metadata).slice(1, -1),
    encodeURIComponent(metadata.replaceAll(/\p{Cs}/gu, '\ufffd')),
  ];
}

// A JOSE header is a JSON object, so every token begins with the base64url of `{"`.
const tokenBegun = /(?<![\w-])eyJ[\w-]{8,}\.[\w.-]*/g;

/** Text that may hold what a user typed, without tokens, whole or cut short: any may have been put in the wrong place. */
export function withoutTokens(text: string): string {
  return text.replaceAll(tokenBegun, '***');
}
