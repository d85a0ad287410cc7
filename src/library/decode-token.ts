import { decodeToken as decodeWith, type ReadToken } from '../domain/token/decode.ts';
import { keyRingOf } from '../domain/token/key-file.ts';
import { noKeys } from '../domain/token/key-source.ts';
import { plainJson } from '../wire/exact-json.ts';
import { systemClock } from './connection.ts';
import { checkMembers, type Members } from './members.ts';

/** A JWK or a JWK Set, as an object or text; or a PEM key or certificate. */
export type Key = string | object;

export interface DecodeTokenOptions {
  /** Checks the signature, or decrypts the token. */
  readonly key?: Key;
  /** Milliseconds since 1970 (default: now). */
  readonly now?: number;
}

/**
 * The contents of a token. Trust its claims only when the signature is `verified` or the encryption `opened`: anyone
 * with the public half of the key can make a token that is `opened_unauthenticated`.
 */
export interface DecodedToken {
  readonly form: 'jws' | 'jwe';
  readonly header: Readonly<Record<string, unknown>>;
  /** The contents, if they are a JSON object and can be read. */
  readonly claims: Readonly<Record<string, unknown>> | undefined;
  /** The contents, if they are text and not a JSON object. */
  readonly text: string | undefined;
  /** Of a JWS. */
  readonly signature: TokenSignature | undefined;
  /** Of a JWE. */
  readonly seal: TokenSeal | undefined;
  /** The token inside an encrypted one. */
  readonly inner: DecodedToken | undefined;
  /** The times among its claims. Seconds are negative for times in the past. */
  readonly times: readonly { readonly claim: string; readonly at: Date; readonly secondsFromNow: number }[];
  /** Remarks: `exp` looks like milliseconds, a member occurs twice. */
  readonly notes: readonly string[];
}

export type TokenSignature =
  | { readonly state: 'verified'; readonly key: string; readonly warning?: string }
  | { readonly state: 'not_checked' | 'wrong'; readonly reason: string };

export type TokenSeal =
  | { readonly state: 'opened' | 'opened_unauthenticated'; readonly key: string }
  | { readonly state: 'sealed'; readonly reason: string };

/**
 * Decodes a JWT or JWE, offline. A wrong signature and encryption that can't be opened are results, not errors.
 * @throws an error for which `isAnonError` is true: `token_unacceptable` for what is not a token, `usage` for an
 * invalid key
 */
export async function decodeToken(token: string, options: DecodeTokenOptions = {}): Promise<DecodedToken> {
  checkMembers('decodeToken', options, { key: 'any', now: 'number' } satisfies Members<DecodeTokenOptions>);
  const { key, now } = options;
  const clock = now === undefined ? systemClock : { now: () => now };
  const keys = key === undefined ? noKeys : keyRingOf(keyText(key), 'the key');
  return asLibrary(await decodeWith({ clock, keys }, typeof token === 'string' ? token : ''));
}

/** Exact numbers become plain ones, which programs expect. */
function asLibrary({ header, claims, inner, timeProblems, notes, ...others }: ReadToken): DecodedToken {
  return {
    ...others,
    header: plainJson(header),
    claims: plainJson(claims),
    inner: inner && asLibrary(inner),
    notes: [...notes, ...timeProblems.map(({ claim, problem }) => `${claim} ${problem}`)],
  };
}

export function keyText(key: Key): string {
  return typeof key === 'string' ? key : JSON.stringify(key);
}
