import type { JsonObject } from '../../wire/schema.ts';
import type { Clock, KeyRing, NamedKey } from '../ports.ts';
import { jsonObjectIn, type TokenParts, takeApart } from './compact.ts';
import { type TokenTime, tokenTimes } from './times.ts';

/** Whether a signature was checked, and what came of it. Claims are to be believed only when it is `verified`. */
export type Signature =
  | { readonly state: 'verified'; readonly key: string }
  | { readonly state: 'not_checked'; readonly reason: string }
  | { readonly state: 'wrong'; readonly reason: string };

/**
 * Whether a sealed token could be opened. What opens with a shared key is also authentic, for only who holds that key can
 * have sealed it. What opens with a private key is not: anyone may seal with its public half.
 */
export type Seal =
  | { readonly state: 'opened' | 'opened_unauthenticated'; readonly key: string }
  | { readonly state: 'sealed'; readonly reason: string };

export interface DecodedToken {
  readonly form: 'jws' | 'jwe';
  readonly header: JsonObject;
  /** The claims, where the contents are a JSON object that can be read. */
  readonly claims: JsonObject | undefined;
  /** The contents, where they are text and no JSON object. */
  readonly text: string | undefined;
  /** Of a JWS. */
  readonly signature: Signature | undefined;
  /** Of a JWE. */
  readonly seal: Seal | undefined;
  /** The token inside a sealed one (a nested JWT). */
  readonly inner: DecodedToken | undefined;
  readonly times: readonly TokenTime[];
}

/** Deep enough for a nested JWT, and an end for one that nests for ever. */
const maxDepth = 3;

/**
 * Decodes a JWT or JWE with the keys at hand, offline. A signature that cannot be checked and a seal that
 * cannot be opened are results, not errors. @see RFC 7519, section 7.2
 * @throws {AnonError} `token_unacceptable` when `input` is not a token
 */
export async function decodeToken(
  ports: { clock: Pick<Clock, 'now'>; keys: KeyRing },
  input: string,
): Promise<DecodedToken> {
  return decodeParts(ports, takeApart(input), 1);
}

type Ports = Parameters<typeof decodeToken>[0];

function decodeParts(ports: Ports, parts: TokenParts, depth: number): Promise<DecodedToken> {
  return parts.form === 'jws' ? decodeSigned(ports, parts) : decodeSealed(ports, parts, depth);
}

async function decodeSigned({ clock, keys }: Ports, parts: TokenParts): Promise<DecodedToken> {
  const contents = parts.payload ?? new Uint8Array();
  const claims = jsonObjectIn(contents);
  return {
    form: 'jws',
    header: parts.header,
    claims,
    text: claims ? undefined : Buffer.from(contents).toString('utf8'),
    signature: await checkSignature(keys, parts, claims),
    seal: undefined,
    inner: undefined,
    times: tokenTimes(claims ?? {}, clock.now()),
  };
}

async function checkSignature(ring: KeyRing, parts: TokenParts, claims: JsonObject | undefined): Promise<Signature> {
  if (parts.header.alg === 'none') return { state: 'not_checked', reason: "it has none (alg 'none')" };
  const kid = textOf(parts.header.kid);
  const keys = await ring.signatureKeys({ kid, issuer: textOf(claims?.iss) });
  if (keys.length === 0) return { state: 'not_checked', reason: 'no key of its issuer is at hand' };
  const { verifySignature } = await import('./signature.ts');
  return verifySignature(parts, byKid(keys, kid));
}

/** The key that the token names when there is one, else all. */
function byKid(keys: readonly NamedKey[], kid: string | undefined): readonly NamedKey[] {
  const named = keys.filter(({ jwk }) => kid !== undefined && jwk.kid === kid);
  return named.length > 0 ? named : keys;
}

async function decodeSealed(ports: Ports, parts: TokenParts, depth: number): Promise<DecodedToken> {
  const sealed = { form: 'jwe', header: parts.header, signature: undefined } as const;
  const nothing = { claims: undefined, text: undefined, inner: undefined, times: [] };
  const keys = await ports.keys.sealKeys();
  if (keys.length === 0) return { ...sealed, ...nothing, seal: { state: 'sealed', reason: 'its key is not at hand' } };
  const { openSeal } = await import('./seal.ts');
  const opened = await openSeal(parts, keys);
  if (!opened.contents) return { ...sealed, ...nothing, seal: opened.seal };
  const claims = jsonObjectIn(opened.contents);
  const text = claims ? undefined : Buffer.from(opened.contents).toString('utf8');
  const nested = text === undefined || depth === maxDepth ? undefined : tokenIn(text);
  const inner = nested && (await decodeParts(ports, nested, depth + 1));
  return {
    ...sealed,
    seal: opened.seal,
    claims,
    text: inner ? undefined : text,
    inner,
    times: tokenTimes(claims ?? {}, ports.clock.now()),
  };
}

/** What is sealed may be any text, and `www.example.com` is one. */
function tokenIn(text: string): TokenParts | undefined {
  try {
    return takeApart(text);
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
