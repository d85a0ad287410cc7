import { createHash } from 'node:crypto';
import { assertionType } from '../../wire/client-credential.ts';
import { oauthTokenPath } from '../../wire/oauth.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { TenantContext } from '../context.ts';
import { readBase64url } from '../tokens/base64url.ts';
import type { ClientAssertion, ClientCredentials } from './authentication.ts';
import { credentialsOf, isExpired } from './public-keys.ts';

/** What an application shows to prove that it is that one, and the address it was sent to. */
export interface Proof {
  readonly client: JsonObject;
  readonly credentials: ClientCredentials;
  readonly url: string;
}

/** How far two clocks may be apart. @see management-api, section 1.1 */
const toleranceSeconds = 10;
const maxLifetimeSeconds = 300;

/**
 * Whether an application has signed an assertion with one of its keys: for this tenant, for five minutes at
 * most, and for one use. A `kid` in its header chooses the key, else every key is tried.
 * @see RFC 7523, section 3
 */
export async function provesKey(tenant: TenantContext, { client, credentials, url }: Proof): Promise<boolean> {
  const { assertion } = credentials;
  if (assertion?.type !== assertionType) return false;
  const now = tenant.clock() / 1000;
  const keys = credentialsOf(tenant.store, client).filter((credential) => !isExpired(credential, now));
  if (keys.length === 0) return false;
  const { verifyAssertion } = await import('./verify-assertion.ts');
  const claims = await verifyAssertion(assertion.jwt, keys, {
    clientId: String(client.client_id),
    audience: audiences(tenant, url),
    now: new Date(tenant.clock()),
    toleranceSeconds,
  });
  if (!claims || claims.exp - Math.min(now, claims.iat ?? now) > maxLifetimeSeconds + toleranceSeconds) return false;
  return useOnce(tenant, {
    token: `${String(client.client_id)} ${claims.jti}`,
    expiresAtSeconds: claims.exp + toleranceSeconds,
  });
}

/** The tenant by its name, or the endpoint by any address it has. */
function audiences({ issuer }: TenantContext, url: string): string[] {
  const { origin, pathname } = new URL(url);
  return [issuer, `${issuer}${oauthTokenPath.slice(1)}`, `${origin}${oauthTokenPath}`, `${origin}${pathname}`];
}

/** Whom an assertion says it is from, unverified: a request need not say so again. @see RFC 7521, section 4.2 */
export function assertedClientId(assertion: ClientAssertion | undefined): string | undefined {
  const payload = readBase64url(assertion?.jwt.split('.')[1] ?? '');
  try {
    const claims = payload && JSON.parse(payload.toString('utf8'));
    return typeof claims?.sub === 'string' ? claims.sub : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether a token that is good for one use has not been used before; from then on it has. Any process that
 * serves the state knows. What has expired is forgotten, since nobody takes it any more.
 */
export function useOnce(
  { store, clock }: TenantContext,
  { token, expiresAtSeconds }: { token: string; expiresAtSeconds: number },
): boolean {
  const id = createHash('sha256').update(token).digest('base64url');
  const now = clock() / 1000;
  return store.write((writer) => {
    for (const used of writer.list('used_token')) {
      if (Number(used.expires_at) < now) writer.remove('used_token', String(used.id));
    }
    if (writer.get('used_token', id)) return false;
    writer.put('used_token', id, { id, expires_at: expiresAtSeconds });
    return true;
  });
}
