import { isExactNumber } from '../../wire/exact-json.ts';

// Matched only at the start of a word: tried from every letter, a long word would take quadratic time.
const tokenShaped = /(?<![\w-])[\w-]{12,}\.[\w-]*\.[\w-]+(\.[\w-]+){0,2}/g;

/** Shorter secrets are masked only as whole words: inside other words they reveal nothing. */
const minLength = 4;

/**
 * Masks anything that looks like a token, and each of `secrets`, in text that a tenant sent, so that it can go into an
 * error. A well-behaved tenant never repeats a secret, but the tool does not rely on that. Only for the tenant's own
 * words, not for this program's message around them.
 */
export function redactSecrets(text: string, secrets: readonly (string | undefined)[] = []): string {
  // The longest first: one secret may contain another.
  const known = [...new Set(secrets)].flatMap((secret) => secret || []).sort((one, other) => other.length - one.length);
  return known.reduce<string>(
    (masked, secret) => masked.replaceAll(secret.length < minLength ? asWord(secret) : secret, '***'),
    text.replaceAll(tokenShaped, '***'),
  );
}

function asWord(secret: string): RegExp {
  const letter = '[\\p{L}\\p{N}_]';
  const begins = new RegExp(`^${letter}`, 'u').test(secret) ? `(?<!${letter})` : '';
  const ends = new RegExp(`${letter}$`, 'u').test(secret) ? `(?!${letter})` : '';
  return new RegExp(`${begins}${secret.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}${ends}`, 'gu');
}

/** Secrets and metadata values, at any depth, in every encoding in which a tenant could repeat them. */
export function secretForms(value: unknown): string[] {
  if (isExactNumber(value)) return [value.text, String(value.valueOf())];
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(secretForms);
  if (typeof value === 'number') return [String(value)];
  if (typeof value !== 'string' || value === '') return [];
  return [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value.replaceAll(/\p{Cs}/gu, '\ufffd'))];
}

// A JOSE header is a JSON object, so every token begins with the base64url of `{"`.
const tokenStart = /(?<![\w-])eyJ[\w-]{8,}\.[\w.-]*/g;

/** Masks tokens, complete or cut off, in text that may contain user input: a token may have been pasted in the wrong place. */
export function redactTokens(text: string): string {
  return text.replaceAll(tokenStart, '***');
}
