import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import { readBase64url } from '../../jose/base64url.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { Random } from '../random.ts';
import { sessionKeys, type TenantKeys } from './keys.ts';

const ivBytes = 12;
const tagBytes = 16;

/**
 * A compact JWE with direct encryption: the key part is empty and the header is authenticated. `header` is a whole header in
 * base64url; each kind of token has its own, so that none can be used as another. @see RFC 7516, section 5.1
 */
export function seal(keys: TenantKeys, random: Random, header: string, claims: JsonObject): string {
  const iv = random(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', keys.sessionKey, iv, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(header, 'ascii'));
  const sealed = cipher.update(JSON.stringify(claims), 'utf8');
  // Completes the tag. A stream cipher has no more bytes.
  cipher.final();
  return `${header}..${base64url(iv)}.${base64url(sealed)}.${base64url(cipher.getAuthTag())}`;
}

/** The claims of a token that this tenant sealed with exactly this header; undefined for any other. */
export function unseal(keys: TenantKeys, header: string, token: string): unknown {
  if (!token.startsWith(`${header}..`)) return undefined;
  const [, , iv, sealed, tag, ...more] = token.split('.').map(readBase64url);
  if (!iv || !sealed || !tag || more.length > 0 || iv.length !== ivBytes || tag.length !== tagBytes) return undefined;
  for (const key of sessionKeys(keys)) {
    const opened = open(key, { header, iv, sealed, tag });
    if (opened) return JSON.parse(opened.toString('utf8'));
  }
  return undefined;
}

interface Sealed {
  readonly header: string;
  readonly iv: Uint8Array;
  readonly sealed: Uint8Array;
  readonly tag: Uint8Array;
}

/** Undefined for what was sealed with another key, or modified. */
function open(key: KeyObject, { header, iv, sealed, tag }: Sealed): Buffer | undefined {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes });
    decipher.setAAD(Buffer.from(header, 'ascii'));
    decipher.setAuthTag(tag);
    return Buffer.concat([decipher.update(sealed), decipher.final()]);
  } catch {
    return undefined;
  }
}

function base64url({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64url');
}
