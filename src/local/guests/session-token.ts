import { createCipheriv, createDecipheriv } from 'node:crypto';
import { base64urlJson, readBase64url } from '../../jose/base64url.ts';
import { anonymousTransferLifetimeSeconds } from '../../wire/anonymous-token.ts';
import type { Edition, SessionTokenFormat } from '../../wire/edition/edition.ts';
import { check, type JsonObject } from '../../wire/schema.ts';
import { type SessionTokenClaims, sessionTokenClaims } from '../../wire/session-token.ts';
import { sealedSessionTokenHeader, sessionTokenType } from '../../wire/session-token-format.ts';
import { type Random, randomToken } from '../random.ts';
import type { Moment } from '../scope.ts';
import type { TenantKeys } from '../tokens/keys.ts';
import { readSignedToken, signToken } from '../tokens/signed-token.ts';

const ivBytes = 12;
const tagBytes = 16;

/** A compact JWE with direct encryption: the key part is empty and the header is authenticated. @see RFC 7516, section 5.1 */
function seal(keys: TenantKeys, random: Random, header: string, claims: JsonObject): string {
  const iv = random(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', keys.sessionKey, iv, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(header, 'ascii'));
  const sealed = cipher.update(JSON.stringify(claims), 'utf8');
  // Completes the tag. A stream cipher has no more bytes.
  cipher.final();
  return `${header}..${base64url(iv)}.${base64url(sealed)}.${base64url(cipher.getAuthTag())}`;
}

/** The claims of a token that this tenant sealed with exactly this header; undefined for any other. */
function unseal(keys: TenantKeys, header: string, token: string): unknown {
  if (!token.startsWith(`${header}..`)) return undefined;
  const [, , iv, sealed, tag, ...more] = token.split('.').map(readBase64url);
  if (!iv || !sealed || !tag || more.length > 0 || iv.length !== ivBytes || tag.length !== tagBytes) return undefined;
  try {
    const decipher = createDecipheriv('aes-256-gcm', keys.sessionKey, iv, { authTagLength: tagBytes });
    decipher.setAAD(Buffer.from(header, 'ascii'));
    decipher.setAuthTag(tag);
    return JSON.parse(Buffer.concat([decipher.update(sealed), decipher.final()]).toString('utf8'));
  } catch {
    // Sealed with another key, or modified.
    return undefined;
  }
}

function base64url({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64url');
}

const sessionHeader = base64urlJson(sealedSessionTokenHeader);

/** Writes a session token in the tenant's format. `prefix` is what its edition puts before a sealed token. */
export async function writeSessionToken(
  keys: TenantKeys,
  random: Random,
  { format, prefix }: { format: SessionTokenFormat; prefix: string },
  claims: SessionTokenClaims,
): Promise<string> {
  return format === 'jwt'
    ? signToken(keys, sessionTokenType, claims)
    : `${prefix}${seal(keys, random, sessionHeader, claims)}`;
}

/**
 * The claims of a session token of this tenant, in any format of its edition: a tenant that changes its format still
 * accepts the tokens it issued before. Undefined for anything else. Does not check the expiry.
 */
export function readSessionToken(keys: TenantKeys, edition: Edition, token: string): SessionTokenClaims | undefined {
  const checked = check(sessionTokenClaims, readClaims(keys, edition, token));
  return checked.ok ? checked.value : undefined;
}

function readClaims(keys: TenantKeys, { sessionTokenPrefix: prefix, tokenFormats }: Edition, token: string): unknown {
  const sealed = token.startsWith(prefix) ? unseal(keys, sessionHeader, token.slice(prefix.length)) : undefined;
  if (sealed !== undefined || !tokenFormats.includes('jwt')) return sealed;
  return readSignedToken(keys, sessionTokenType, token);
}

/** Differs from a session token's header, so that neither can be used as the other. Assumed: the type. */
const ticketHeader = base64urlJson({ ...sealedSessionTokenHeader, typ: 'anon-transfer+jwe' });

/**
 * A ticket that takes a guest's session into a login: sealed, valid for 30 seconds, and with a `jti` by which its
 * receiver can refuse a second use. Assumed: the claims. @see wire contract, sections 2 and 5
 */
export function writeTransferTicket(
  { keys, issuer, nowSeconds }: Moment,
  random: Random,
  session: SessionTokenClaims,
): string {
  return seal(keys, random, ticketHeader, {
    iss: issuer,
    client_id: session.client_id,
    jti: randomToken(random, 16),
    iat: nowSeconds,
    exp: nowSeconds + anonymousTransferLifetimeSeconds,
    session,
  });
}
