import { decodeToken as decodeWith, type ReadToken } from '../domain/token/decode.ts';
import { keyRingOf } from '../domain/token/key-file.ts';
import type { KeyRing } from '../domain/token/key-source.ts';
import { plainJson } from '../wire/exact-json.ts';
import { systemClock } from './connection.ts';

/** A JWK or a JWK Set; or one of them, or a PEM key or certificate, as text. */
export type Key = string | object;

export interface DecodeTokenOptions {
  /** Checks the signature, or opens the seal. */
  readonly key?: Key;
  /** Milliseconds since 1970, where that is not now. */
  readonly now?: number;
}

/**
 * What is inside a token. Believe its claims only when the signature is `verified` or the seal `opened`: what is
 * `opened_unauthenticated` anyone can have sealed who has the public half of the key.
 */
export interface DecodedToken {
  readonly form: 'jws' | 'jwe';
  readonly header: Readonly<Record<string, unknown>>;
  /** Where the contents are a JSON object that can be read. */
  readonly claims: Readonly<Record<string, unknown>> | undefined;
  /** The contents, where they are text and no JSON object. */
  readonly text: string | undefined;
  /** Of a JWS. */
  readonly signature: TokenSignature | undefined;
  /** Of a JWE. */
  readonly seal: TokenSeal | undefined;
  /** The token inside a sealed one. */
  readonly inner: DecodedToken | undefined;
  /** The times among its claims. Seconds are negative when it is past. */
  readonly times: readonly { readonly claim: string; readonly at: Date; readonly secondsFromNow: number }[];
  /** What a reader should know beside it: that `exp` looks like milliseconds, that a member is named twice. */
  readonly notes: readonly string[];
}

export type TokenSignature =
  | { readonly state: 'verified'; readonly key: string; readonly warning?: string }
  | { readonly state: 'not_checked' | 'wrong'; readonly reason: string };

export type TokenSeal =
  | { readonly state: 'opened' | 'opened_unauthenticated'; readonly key: string }
  | { readonly state: 'sealed'; readonly reason: string };

/**
 * Decodes a JWT or JWE, offline. A signature that is wrong and a seal that stays shut are results, not errors.
 * @throws an error for which `isAnonError` is true: `token_unacceptable` for what is no token, `usage` for a key that is none
 */
export async function decodeToken(token: string, { key, now }: DecodeTokenOptions = {}): Promise<DecodedToken> {
  const clock = now === undefined ? systemClock : { now: () => now };
  const keys = key === undefined ? noKeys : keyRingOf(keyText(key), 'the key');
  return asLibrary(await decodeWith({ clock, keys }, typeof token === 'string' ? token : ''));
}

/** With plain numbers: a program would not know any other. */
function asLibrary({ header, claims, inner, timeDoubts, notes, ...others }: ReadToken): DecodedToken {
  return {
    ...others,
    header: plainJson(header),
    claims: plainJson(claims),
    inner: inner && asLibrary(inner),
    notes: [...notes, ...timeDoubts.map(({ claim, doubt }) => `${claim} ${doubt}`)],
  };
}

const noKeys: KeyRing = { signatureKeys: async () => [], sealKeys: async () => [] };

export function keyText(key: Key): string {
  return typeof key === 'string' ? key : JSON.stringify(key);
}
