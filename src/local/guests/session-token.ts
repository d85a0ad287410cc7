import { base64urlJson } from '../../jose/base64url.ts';
import type { Edition, SessionTokenFormat } from '../../wire/edition/edition.ts';
import { check } from '../../wire/schema.ts';
import { type SessionTokenClaims, sessionTokenClaims } from '../../wire/session-token.ts';
import { sealedSessionTokenHeader, sessionTokenType } from '../../wire/session-token-format.ts';
import type { Random } from '../random.ts';
import type { TenantKeys } from '../tokens/keys.ts';
import { seal, unseal } from '../tokens/sealed-token.ts';
import { readSignedToken, signToken } from '../tokens/signed-token.ts';

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
