import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { ManagementCredentials } from './credentials.ts';
import { readPrivateKey } from './private-key.ts';

/** Well within the five minutes that the service accepts. */
const lifetimeSeconds = 120;

/**
 * A JWT that proves possession of the client's private key, valid for one request. `audience` is the issuer, with the
 * trailing slash.
 * @see RFC 7523, section 3, and management-api, section 1.1
 * @throws {AnonError} `usage` when the key is not a private key, or does not fit the algorithm
 */
export async function clientAssertion(
  { clientId, alg, keyId }: Extract<ManagementCredentials, { kind: 'private_key' }>,
  keyText: string,
  { audience, nowMs }: { audience: string; nowMs: number },
): Promise<string> {
  const { key, keyId: own } = readPrivateKey(keyText, `The private key of client ${clientId}`, alg);
  const kid = keyId ?? own;
  const now = Math.floor(nowMs / 1000);
  return new SignJWT()
    .setProtectedHeader({ alg, ...(kid !== undefined && { kid }) })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(audience)
    .setJti(randomUUID())
    .setIssuedAt(now)
    .setExpirationTime(now + lifetimeSeconds)
    .sign(key);
}
