import { clientAssertionType } from '../../../wire/client-assertion.ts';
import { bearerToken, managementAudience, oauthTokenPath, oauthTokenResponse } from '../../../wire/oauth.ts';
import { check, type JsonObject } from '../../../wire/schema.ts';
import { unexpectedAnswer } from '../answer.ts';
import type { TenantConnection } from '../connection.ts';
import type { Answer, Exchange } from '../http.ts';
import { askTime, send } from '../send.ts';
import { clockSentence } from '../tenant-time.ts';
import type { ManagementAccess, ManagementCredentials, SavedToken } from './credentials.ts';
import { expiredToken, noCredentials, notAToken, tokenExchangeFailure, tokenRefusal } from './token-refusal.ts';

/** A token is used only if it stays valid for this many seconds: a command takes a while. */
const marginSeconds = 60;

/** The minimum clock skew that tenants accept in an assertion, in milliseconds. @see management-api, section 1.1 */
const clockSkewMs = 5000;

/** A Management API token and its properties. */
export interface ManagementToken {
  readonly token: string;
  /** Milliseconds since 1970 by this machine's clock; undefined when unknown. */
  readonly endsAtMs: number | undefined;
  /** Its scopes; undefined when unknown. */
  readonly scopes: readonly string[] | undefined;
  /** A request with it was accepted. A token refused on first use is not renewed: the next one would be refused too. */
  wasAccepted: boolean;
  /** It was saved by an earlier command, and may have fewer scopes than the client has now. */
  readonly isSaved: boolean;
  /** The secret of the credentials it was obtained with, to be masked in messages. */
  readonly secret: string | undefined;
}

// One token serves all requests of a command; concurrent requests wait for the same one.
const tokens = new WeakMap<TenantConnection, Promise<ManagementToken>>();

/**
 * A token that stays valid for at least a minute: the one in use, the saved one, or a new one.
 * @throws {AnonError} `not_authorised` without credentials or when they are refused, `tenant_unreachable` when
 * the host is not a tenant
 */
export function managementToken(tenant: TenantConnection): Promise<ManagementToken> {
  const known = tokens.get(tenant);
  const token = known
    ? known.then((found) => (isFresh(found, tenant) ? found : obtain(tenant, accessOf(tenant))))
    : initialToken(tenant);
  return shared(tenant, token);
}

/** A new token in place of one that the tenant refused; undefined when none can be obtained. */
export async function renewedToken(
  tenant: TenantConnection,
  refused: ManagementToken,
): Promise<ManagementToken | undefined> {
  const access = accessOf(tenant);
  if (!refused.wasAccepted || access.credentials.kind === 'access_token') return undefined;
  const renewed = (tokens.get(tenant) ?? initialToken(tenant)).then(async (current) => {
    if (current.token !== refused.token) return current;
    await access.cache?.remove();
    return obtain(tenant, access);
  });
  return shared(tenant, renewed);
}

/** Shares a token with concurrent requests. A failure is shared too, but later requests try again. */
function shared(tenant: TenantConnection, token: Promise<ManagementToken>): Promise<ManagementToken> {
  tokens.set(tenant, token);
  token.catch(() => {
    if (tokens.get(tenant) === token) tokens.delete(tenant);
  });
  return token;
}

/** The client id that this tool signs in as; undefined when its token does not contain it. */
export async function signedInClient(tenant: TenantConnection): Promise<string | undefined> {
  const { credentials } = accessOf(tenant);
  if (credentials.kind !== 'access_token') return credentials.clientId;
  const { azp, sub } = claimsOf((await managementToken(tenant)).token);
  if (typeof azp === 'string') return azp;
  return typeof sub === 'string' ? /^(.+)@clients$/.exec(sub)?.[1] : undefined;
}

function accessOf(tenant: TenantConnection): ManagementAccess {
  if (tenant.management) return tenant.management;
  throw noCredentials(tenant);
}

async function initialToken(tenant: TenantConnection): Promise<ManagementToken> {
  const access = accessOf(tenant);
  if (access.credentials.kind === 'access_token') return givenToken(tenant, access);
  const saved = await access.cache?.get();
  if (!saved || !isFor(saved, tenant, access.credentials)) return obtain(tenant, access);
  const { token, endsAtMs } = saved;
  const found = {
    token,
    endsAtMs,
    scopes: scopesOf(saved.scope, token),
    wasAccepted: true,
    isSaved: true,
    secret: undefined,
  };
  return isFresh(found, tenant) ? found : obtain(tenant, access);
}

async function givenToken(tenant: TenantConnection, access: ManagementAccess): Promise<ManagementToken> {
  const token = await access.secret();
  if (!bearerToken.test(token)) throw notAToken(tenant);
  const { exp } = claimsOf(token);
  const endsAtMs = typeof exp === 'number' ? exp * 1000 : undefined;
  if (endsAtMs !== undefined && endsAtMs <= tenant.time.now()) await checkByTenantClock(tenant, endsAtMs);
  return { token, endsAtMs, scopes: scopesOf(undefined, token), wasAccepted: false, isSaved: false, secret: token };
}

function isFresh({ endsAtMs }: ManagementToken, { clock, management }: TenantConnection): boolean {
  if (endsAtMs === undefined || management?.credentials.kind === 'access_token') return true;
  return endsAtMs - clock.now() > marginSeconds * 1000;
}

function isFor(saved: SavedToken, { issuer }: TenantConnection, credentials: ManagementCredentials): boolean {
  return (
    saved.issuer === issuer &&
    saved.audience === managementAudience(issuer) &&
    credentials.kind !== 'access_token' &&
    saved.clientId === credentials.clientId
  );
}

/** The token has expired by this machine's clock, which may be wrong: checks again by the tenant's clock. */
async function checkByTenantClock(tenant: TenantConnection, endsAtMs: number): Promise<void> {
  await askTime(tenant);
  if (endsAtMs <= tenant.time.now()) throw expiredToken(tenant);
  warnOfClock(tenant, "by the tenant's clock the access token has not expired");
}

async function obtain(tenant: TenantConnection, access: ManagementAccess): Promise<ManagementToken> {
  const { credentials, cache } = access;
  if (credentials.kind === 'access_token') return givenToken(tenant, access);
  const { issuer, clock } = tenant;
  const secret = await access.secret();
  const audience = managementAudience(issuer);
  let signedForMs = 0;
  const exchange: Exchange = {
    method: 'POST',
    path: oauthTokenPath,
    async body() {
      signedForMs = tenant.time.offsetMs() ?? 0;
      return {
        grant_type: 'client_credentials',
        client_id: credentials.clientId,
        ...(await clientAuthentication(tenant, credentials, secret)),
        audience,
      };
    },
  };
  const request = (): Promise<Answer> =>
    send(tenant, exchange).catch((error: unknown) => {
      throw tokenExchangeFailure(tenant, error);
    });
  let answer = await request();
  // An assertion signed by a wrong clock is refused, but the refusal shows the right time: sign again by that.
  const signed = credentials.kind === 'private_key' && answer.status >= 400;
  if (signed && Math.abs((tenant.time.offsetMs() ?? 0) - signedForMs) > clockSkewMs) {
    answer = await request();
    if (answer.status < 300) warnOfClock(tenant, "client assertions use the tenant's clock");
  }
  if (answer.status >= 300) throw tokenRefusal(tenant, access, answer, secret);
  const checked = check(oauthTokenResponse, answer.body);
  if (!checked.ok) throw unexpectedAnswer(exchange, checked.problem);
  const { access_token: token, expires_in, scope } = checked.value;
  const endsAtMs = clock.now() + expires_in * 1000;
  await cache?.put({ issuer, clientId: credentials.clientId, audience, token, endsAtMs, scope });
  return { token, endsAtMs, scopes: scopesOf(scope, token), wasAccepted: false, isSaved: false, secret };
}

function warnOfClock(tenant: TenantConnection, consequence: string): void {
  const sentence = clockSentence(tenant, consequence);
  if (sentence) tenant.warn(sentence);
}

/** The members of a token request that authenticate the client. */
async function clientAuthentication(
  { issuer, time }: TenantConnection,
  credentials: Exclude<ManagementCredentials, { kind: 'access_token' }>,
  secret: string,
): Promise<JsonObject> {
  if (credentials.kind === 'client_secret') return { client_secret: secret };
  const { clientAssertion } = await import('./private-key.ts');
  const assertion = await clientAssertion(credentials, secret, { audience: issuer, nowMs: time.now() });
  return { client_assertion_type: clientAssertionType, client_assertion: assertion };
}

/** The scopes that the tenant reported with the token, or those in the token itself. */
function scopesOf(reported: string | undefined, token: string): readonly string[] | undefined {
  const scope = reported ?? claimsOf(token).scope;
  return typeof scope === 'string' ? scope.split(' ').filter((value) => value !== '') : undefined;
}

/** The claims of a token, unverified: verifying is up to the tenant. */
function claimsOf(token: string): JsonObject {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null ? { ...claims } : {};
  } catch {
    return {};
  }
}
