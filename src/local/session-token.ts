import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { SessionTokenFormat } from '../wire/edition/edition.ts';
import { check } from '../wire/schema.ts';
import { type SessionTokenClaims, sessionTokenClaims } from '../wire/session-token.ts';
import { sealedSessionTokenHeader, sessionTokenType } from '../wire/session-token-format.ts';
import { readBase64url } from './base64url.ts';
import type { TenantKeys } from './keys.ts';
import type { Random } from './random.ts';
import { readSignedToken, signToken } from './signed-token.ts';

const header = Buffer.from(JSON.stringify(sealedSessionTokenHeader)).toString('base64url');
const ivBytes = 12;
const tagBytes = 16;

/** Writes a session token in the tenant's format. */
export async function writeSessionToken(
  keys: TenantKeys,
  random: Random,
  format: SessionTokenFormat,
  claims: SessionTokenClaims,
): Promise<string> {
  return format === 'jwt' ? signToken(keys, sessionTokenType, claims) : seal(keys, random, claims);
}

/**
 * The claims of a session token of this tenant, in either format: a tenant that changes its format
 * goes on taking the tokens it gave out before. Undefined for anything else; expiry is the caller's.
 */
export function readSessionToken(keys: TenantKeys, token: string): SessionTokenClaims | undefined {
  const claims = token.startsWith(`${header}..`) ? open(keys, token) : readSignedToken(keys, sessionTokenType, token);
  const checked = check(sessionTokenClaims, claims);
  return checked.ok ? checked.value : undefined;
}

/** A compact JWE with direct encryption: the key part is empty and the header is authenticated. @see RFC 7516, section 5.1 */
function seal(keys: TenantKeys, random: Random, claims: SessionTokenClaims): string {
  const iv = random(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', keys.sessionKey, iv, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(header, 'ascii'));
  const sealed = Buffer.concat([cipher.update(JSON.stringify(claims), 'utf8'), cipher.final()]);
  return [header, '', base64url(iv), base64url(sealed), base64url(cipher.getAuthTag())].join('.');
}

function open(keys: TenantKeys, token: string): unknown {
  const [, , iv, sealed, tag, ...more] = token.split('.').map(readBase64url);
  if (!iv || !sealed || !tag || more.length > 0 || iv.length !== ivBytes || tag.length !== tagBytes) return undefined;
  try {
    const decipher = createDecipheriv('aes-256-gcm', keys.sessionKey, iv, { authTagLength: tagBytes });
    decipher.setAAD(Buffer.from(header, 'ascii'));
    decipher.setAuthTag(tag);
    return JSON.parse(Buffer.concat([decipher.update(sealed), decipher.final()]).toString('utf8'));
  } catch {
    // Not sealed with this key, or changed since.
    return undefined;
  }
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
