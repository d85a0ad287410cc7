import { type AnonError, isAnonError } from '../../errors.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { Clock } from '../clock.ts';
import { isSupported } from './algorithms.ts';
import { jsonObjectIn, type TokenParts, takeApart } from './compact.ts';
import type { KeyRing, NamedKey } from './key-ring.ts';
import type { Seal } from './seal.ts';
import type { Signature } from './signature.ts';
import { nameTwice } from './strict-json.ts';
import { type TimeDoubt, type TokenTime, timeDoubts, tokenTimes } from './times.ts';

export interface DecodedToken {
  /** `opaque`: only who issued it can read it. */
  readonly form: 'jws' | 'jwe' | 'opaque';
  /** Empty of an opaque token. */
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
  readonly inner: ReadToken | undefined;
  readonly times: readonly TokenTime[];
  readonly timeDoubts: readonly TimeDoubt[];
  /** What a reader should know beside what it says: why it is opaque, that it names a member twice. */
  readonly notes: readonly string[];
}

/** One that is what it looks like, whether or not its contents could be read. */
export type ReadToken = DecodedToken & { readonly form: 'jws' | 'jwe' };

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
): Promise<ReadToken> {
  return decodeParts(ports, takeApart(input), 1);
}

/**
 * The same for what a tenant gave as a token, which may be of any form: what is neither a JWT nor a JWE is opaque, and that
 * is no error.
 */
export async function inspectToken(ports: Ports, token: string): Promise<DecodedToken> {
  try {
    return await decodeToken(ports, token);
  } catch (error) {
    if (!isAnonError(error) || error.code !== 'token_unacceptable') throw error;
    return opaqueToken(error);
  }
}

/** `why`: what `decodeToken` refused it with. */
export function opaqueToken(why: AnonError): DecodedToken {
  const reason = why.message.replace(/^This is not a token: /, 'not a JWT: ').replace(/\.$/, '');
  const nothing = { claims: undefined, text: undefined, signature: undefined, seal: undefined, inner: undefined };
  return { form: 'opaque', header: {}, ...nothing, times: [], timeDoubts: [], notes: [reason] };
}

type Ports = Parameters<typeof decodeToken>[0];

function decodeParts(ports: Ports, parts: TokenParts, depth: number): Promise<ReadToken> {
  return parts.form === 'jws' ? decodeSigned(ports, parts) : decodeSealed(ports, parts, depth);
}

async function decodeSigned({ clock, keys }: Ports, parts: TokenParts): Promise<ReadToken> {
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
    ...timesOf(claims, clock),
    notes: notesOn(parts, claims && contents),
  };
}

function timesOf(claims: JsonObject = {}, clock: Ports['clock']): Pick<DecodedToken, 'times' | 'timeDoubts'> {
  return { times: tokenTimes(claims, clock.now()), timeDoubts: timeDoubts(claims) };
}

/** Of a member that is named twice JSON.parse takes the last, and others the first. */
function notesOn({ head }: TokenParts, claims: Uint8Array | undefined): string[] {
  const twice = (what: string, bytes: Uint8Array) => {
    const named = nameTwice(Buffer.from(bytes).toString('utf8'));
    return named === undefined ? [] : [`${what} ${named}: here the last counts, elsewhere the first may`];
  };
  return [...twice('its header', head), ...(claims ? twice('it', claims) : [])];
}

async function checkSignature(ring: KeyRing, parts: TokenParts, claims: JsonObject | undefined): Promise<Signature> {
  if (parts.header.alg === 'none') return { state: 'not_checked', reason: "it has none (alg 'none')" };
  // No key is needed to tell: none of these makes an empty one.
  if (parts.text.endsWith('.') && isSupported(String(parts.header.alg)))
    return { state: 'wrong', reason: 'it has none: it was stripped' };
  const kid = textOf(parts.header.kid);
  const keys = await ring.signatureKeys({ kid, issuer: textOf(claims?.iss) });
  if (keys.length === 0) return { state: 'not_checked', reason: 'no key of its issuer is at hand' };
  const { verifySignature } = await import('./signature.ts');
  const named = keys.filter(({ jwk }) => kid !== undefined && jwk.kid === kid);
  if (named.length > 0) return verifySignature(parts, named);
  const signature = await verifySignature(parts, keys);
  return signature.state === 'wrong' && isOfAnotherKey(kid, keys)
    ? { state: 'not_checked', reason: `key ${kid?.slice(0, 60)} is not at hand, and ${signature.reason}` }
    : signature;
}

/** It names a key, and those at hand all have other names. */
function isOfAnotherKey(kid: string | undefined, keys: readonly NamedKey[]): boolean {
  return kid !== undefined && keys.every(({ jwk }) => jwk.kid !== undefined);
}

async function decodeSealed(ports: Ports, parts: TokenParts, depth: number): Promise<ReadToken> {
  const sealed = { form: 'jwe', header: parts.header, signature: undefined } as const;
  const notes = notesOn(parts, undefined);
  const nothing = { claims: undefined, text: undefined, inner: undefined, times: [], timeDoubts: [], notes };
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
    ...timesOf(claims, ports.clock),
    notes: notesOn(parts, claims && opened.contents),
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
