import { type AnonError, isAnonError } from '../../errors.ts';
import { isSupported } from '../../jose/algorithms.ts';
import { type TokenParts, takeApart } from '../../jose/compact.ts';
import type { Seal } from '../../jose/encryption.ts';
import { duplicateMember, jsonObjectIn } from '../../jose/json.ts';
import type { NamedKey } from '../../jose/jwk.ts';
import type { Signature } from '../../jose/signature.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { Clock } from '../clock.ts';
import type { KeyRing } from './key-source.ts';
import { type TimeProblem, type TokenTime, timeProblems, tokenTimes } from './times.ts';

export interface DecodedToken {
  /** `opaque`: only the issuer can read it. */
  readonly form: 'jws' | 'jwe' | 'opaque';
  /** Empty for an opaque token. */
  readonly header: JsonObject;
  /** The contents, if they could be read and are a JSON object. */
  readonly claims: JsonObject | undefined;
  /** The contents, if they could be read and are not a JSON object. */
  readonly text: string | undefined;
  /** For a JWS. */
  readonly signature: Signature | undefined;
  /** For a JWE. */
  readonly seal: Seal | undefined;
  /** The token inside a JWE (a nested JWT). */
  readonly inner: ReadToken | undefined;
  readonly times: readonly TokenTime[];
  readonly timeProblems: readonly TimeProblem[];
  /** What a reader should know about the token: why it is opaque, or that it has a duplicate member. */
  readonly notes: readonly string[];
}

/** A JWT or JWE, whether or not its contents could be read. */
export type ReadToken = DecodedToken & { readonly form: 'jws' | 'jwe' };

/** Deep enough for a nested JWT, and a limit for hostile nesting. */
const maxDepth = 3;

/**
 * Decodes a JWT or JWE with the given keys. A signature that can't be checked and a JWE that can't be decrypted are
 * results, not errors. @see RFC 7519, section 7.2
 * @throws {AnonError} `token_unacceptable` when `input` is not a token
 */
export async function decodeToken(
  ports: { clock: Pick<Clock, 'now'>; keys: KeyRing },
  input: string,
): Promise<ReadToken> {
  return decodeParts(ports, takeApart(input), 1);
}

/** Decodes a token that a tenant issued, which may have any form: anything but a JWT or JWE is opaque. */
export async function inspectToken(ports: Ports, token: string): Promise<DecodedToken> {
  try {
    return await decodeToken(ports, token);
  } catch (error) {
    if (!isAnonError(error) || error.code !== 'token_unacceptable') throw error;
    return opaqueToken(error);
  }
}

/** `why`: the error of `decodeToken`. */
export function opaqueToken(why: AnonError): DecodedToken {
  const reason = why.message.replace(/^This is not a token: /, 'not a JWT: ').replace(/\.$/, '');
  const nothing = { claims: undefined, text: undefined, signature: undefined, seal: undefined, inner: undefined };
  return { form: 'opaque', header: {}, ...nothing, times: [], timeProblems: [], notes: [reason] };
}

type Ports = Parameters<typeof decodeToken>[0];

function decodeParts(ports: Ports, parts: TokenParts, depth: number): Promise<ReadToken> {
  return parts.form === 'jws' ? decodeSigned(ports, parts) : decodeEncrypted(ports, parts, depth);
}

async function decodeSigned({ clock, keys }: Ports, parts: TokenParts): Promise<ReadToken> {
  const contents = parts.payload ?? new Uint8Array();
  const claims = jsonObjectIn(contents);
  const signature = await checkSignature(keys, parts, claims);
  const issuerClock = signature.state === 'verified' ? keys.clock?.() : undefined;
  return {
    form: 'jws',
    header: parts.header,
    claims,
    text: claims ? undefined : Buffer.from(contents).toString('utf8'),
    signature,
    seal: undefined,
    inner: undefined,
    ...timesOf(claims, issuerClock ?? clock),
    notes: notesOn(parts, claims && contents),
  };
}

function timesOf(claims: JsonObject = {}, clock: Ports['clock']): Pick<DecodedToken, 'times' | 'timeProblems'> {
  return { times: tokenTimes(claims, clock.now()), timeProblems: timeProblems(claims) };
}

/** JSON.parse takes the last of two members with the same name; other parsers take the first. */
function notesOn({ head }: TokenParts, claims: Uint8Array | undefined): string[] {
  const noteOn = (part: string, bytes: Uint8Array) => {
    const problem = duplicateMember(Buffer.from(bytes).toString('utf8'));
    return problem === undefined
      ? []
      : [`the ${part} ${problem}; this shows the last, other readers may use the first`];
  };
  return [...noteOn('header', head), ...(claims ? noteOn('payload', claims) : [])];
}

async function checkSignature(ring: KeyRing, parts: TokenParts, claims: JsonObject | undefined): Promise<Signature> {
  if (parts.header.alg === 'none') return { state: 'not_checked', reason: "the token is not signed (alg 'none')" };
  // Needs no key: no supported algorithm makes an empty signature.
  if (parts.text.endsWith('.') && isSupported(String(parts.header.alg)))
    return { state: 'wrong', reason: 'it was stripped from the token' };
  const kid = textOf(parts.header.kid);
  const keys = await ring.signatureKeys({ kid, issuer: textOf(claims?.iss) });
  if (keys.length === 0) return { state: 'not_checked', reason: 'no key of its issuer available' };
  const { verifySignature } = await import('../../jose/signature.ts');
  const named = keys.filter(({ jwk }) => kid !== undefined && jwk.kid === kid);
  if (named.length > 0) return verifySignature(parts, named);
  const signature = await verifySignature(parts, keys);
  return signature.state === 'wrong' && namesAnotherKey(kid, keys)
    ? { state: 'not_checked', reason: `key ${kid?.slice(0, 60)} is not available, and ${signature.reason}` }
    : signature;
}

/** Whether the token names a key, and all available keys have other names. */
function namesAnotherKey(kid: string | undefined, keys: readonly NamedKey[]): boolean {
  return kid !== undefined && keys.every(({ jwk }) => jwk.kid !== undefined);
}

async function decodeEncrypted(ports: Ports, parts: TokenParts, depth: number): Promise<ReadToken> {
  const jwe = { form: 'jwe', header: parts.header, signature: undefined } as const;
  const notes = notesOn(parts, undefined);
  const unread = { claims: undefined, text: undefined, inner: undefined, times: [], timeProblems: [], notes };
  const keys = await ports.keys.sealKeys();
  if (keys.length === 0) return { ...jwe, ...unread, seal: { state: 'sealed', reason: 'no key on this machine' } };
  const { openSeal } = await import('../../jose/encryption.ts');
  const opened = await openSeal(parts, keys);
  if (!opened.contents) return { ...jwe, ...unread, seal: opened.seal };
  const claims = jsonObjectIn(opened.contents);
  const text = claims ? undefined : Buffer.from(opened.contents).toString('utf8');
  const nested = text === undefined || depth === maxDepth ? undefined : tokenIn(text);
  const inner = nested && (await decodeParts(ports, nested, depth + 1));
  return {
    ...jwe,
    seal: opened.seal,
    claims,
    text: inner ? undefined : text,
    inner,
    ...timesOf(claims, ports.keys.clock?.() ?? ports.clock),
    notes: notesOn(parts, claims && opened.contents),
  };
}

/** Decrypted contents may be any text with dots: `www.example.com`. */
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
