import { createHash } from 'node:crypto';
import { readBase64url } from '../../jose/base64url.ts';
import { clientAssertionType } from '../../wire/client-assertion.ts';
import { oauthTokenPath } from '../../wire/oauth.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { Moment } from '../scope.ts';
import type { Store } from '../store/store.ts';
import type { ClientAssertion, ClientCredentials } from './authentication.ts';
import { credentialsOf, isExpired } from './public-keys.ts';

/** An application, the credentials presented for it, and the URL of the request. */
export interface AuthenticationAttempt {
  readonly client: JsonObject;
  readonly credentials: ClientCredentials;
  readonly url: string;
}

/** How far two clocks may differ. @see management-api, section 1.1 */
const toleranceSeconds = 10;
const maxLifetimeSeconds = 300;

/**
 * Whether the request has an assertion that the application signed with one of its keys: for this tenant, valid for at
 * most five minutes, and not used before. A `kid` in its header selects the key; without it every key is tried.
 * @see RFC 7523, section 3
 */
export async function hasValidAssertion(
  store: Store,
  moment: Moment,
  { client, credentials, url }: AuthenticationAttempt,
): Promise<boolean> {
  const { assertion } = credentials;
  if (assertion?.type !== clientAssertionType) return false;
  const { nowSeconds } = moment;
  const keys = (await credentialsOf(store, client)).filter((credential) => !isExpired(credential, nowSeconds));
  if (keys.length === 0) return false;
  const { verifyAssertion } = await import('./public-keys.ts');
  const claims = await verifyAssertion(assertion.jwt, keys, {
    clientId: String(client.client_id),
    audience: audiences(moment, url),
    now: new Date(nowSeconds * 1000),
    toleranceSeconds,
  });
  if (!claims) return false;
  if (claims.iat !== undefined && claims.iat > nowSeconds + toleranceSeconds) return false;
  const lifetimeSeconds = claims.exp - Math.min(nowSeconds, claims.iat ?? nowSeconds);
  if (lifetimeSeconds > maxLifetimeSeconds + toleranceSeconds) return false;
  const id = createHash('sha256')
    .update(`${String(client.client_id)} ${claims.jti}`)
    .digest('base64url');
  return store.takeOnce(id, { nowSeconds, endSeconds: Math.ceil(claims.exp) + toleranceSeconds });
}

/** The audiences that an assertion may have: the issuer, or any URL of the token endpoint. */
function audiences({ issuer }: Moment, url: string): string[] {
  const { origin, pathname } = new URL(url);
  return [issuer, `${issuer}${oauthTokenPath.slice(1)}`, `${origin}${oauthTokenPath}`, `${origin}${pathname}`];
}

/** The client id in an assertion, unverified: the request may leave it out. @see RFC 7521, section 4.2 */
export function assertedClientId(assertion: ClientAssertion | undefined): string | undefined {
  const payload = readBase64url(assertion?.jwt.split('.')[1] ?? '');
  try {
    const claims = payload && JSON.parse(payload.toString('utf8'));
    return typeof claims?.sub === 'string' ? claims.sub : undefined;
  } catch {
    return undefined;
  }
}
