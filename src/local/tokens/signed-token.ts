import { sign, verify } from 'node:crypto';
import { base64urlJson, readBase64url } from '../../jose/base64url.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { TenantKeys, VerifyingKey } from './keys.ts';

/**
 * Signs a JWT with RS256. Uses the asynchronous `sign` of node:crypto, which runs on the thread pool: twice the measured
 * throughput of signing on the event loop, and this is the hot path.
 * @see RFC 7519, RFC 7515
 */
export async function signToken(keys: TenantKeys, type: string, claims: JsonObject): Promise<string> {
  const input = `${header(keys, type)}.${base64urlJson(claims)}`;
  const signature = await signed(Buffer.from(input, 'latin1'), keys);
  return `${input}.${signature.toString('base64url')}`;
}

function signed(input: Uint8Array, { privateKey }: TenantKeys): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    sign('sha256', input, privateKey, (error, signature) => (error ? reject(error) : resolve(signature)));
  });
}

/**
 * The claims of a token that this tenant signed with header type `type`; undefined for any other. The header must be
 * exactly the text that this tenant writes with one of its keys, so that no part of it needs to be trusted: algorithm, type or key.
 */
export function readSignedToken(keys: TenantKeys, type: string, token: string): JsonObject | undefined {
  const [first, payload = '', last = '', ...more] = token.split('.');
  const [claims, signature] = [readBase64url(payload), readBase64url(last)];
  const key = [keys, ...keys.previous.signing].find((one) => first === header(one, type));
  if (!key || !claims || !signature || more.length > 0) return undefined;
  if (!verify('sha256', Buffer.from(`${first}.${payload}`), key.publicKey, signature)) return undefined;
  return JSON.parse(claims.toString('utf8'));
}

/** By key and type. */
const headers = new WeakMap<VerifyingKey, Map<string, string>>();

function header(key: VerifyingKey, type: string): string {
  const known = headers.get(key) ?? new Map<string, string>();
  const text = known.get(type) ?? base64urlJson({ alg: 'RS256', typ: type, kid: key.kid });
  headers.set(key, known.set(type, text));
  return text;
}
