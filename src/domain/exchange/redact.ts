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
export function redactSecrets(text: string, secrets: readonly (string | undefined)[] = []): string {
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

/** Secrets and the values of metadata, however deep, in the forms in which a tenant could repeat them. */
export function secretForms(value: unknown): string[] {
  if (isExactNumber(value)) return [value.text, String(value.valueOf())];
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(secretForms);
  if (typeof value === 'number') return [String(value)];
  if (typeof value !== 'string' || value === '') return [];
  return [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value.replaceAll(/\p{Cs}/gu, '\ufffd'))];
}

// A JOSE header is a JSON object, so every token begins with the base64url of `{"`.
const tokenBegun = /(?<![\w-])eyJ[\w-]{8,}\.[\w.-]*/g;

/** Text that may hold what a user typed, without tokens, whole or cut short: any may have been put in the wrong place. */
export function redactTokens(text: string): string {
  return text.replaceAll(tokenBegun, '***');
}
