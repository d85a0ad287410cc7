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

/** Seconds that a token must still hold to be used: what it is used for takes a while. */
const marginSeconds = 60;

/** By how much a clock may be wrong for an assertion to be taken, at least, in milliseconds. @see management-api, section 1.1 */
const clockSkewMs = 5000;

/** A Management API token, and what is known of it. */
export interface ManagementToken {
  readonly token: string;
  /** Milliseconds since 1970 by this machine's clock; undefined where that cannot be told. */
  readonly endsAtMs: number | undefined;
  /** Its scopes, where they can be told. */
  readonly scopes: readonly string[] | undefined;
  /** Some request was let through with it. What is refused at its first try is not renewed: the next would be as well. */
  wasGood: boolean;
  /** It is of an earlier command, and may have fewer scopes than the client has by now. */
  readonly isKept: boolean;
  /** What may not be told of the credentials it was got with. */
  readonly secret: string | undefined;
}

// One token serves all requests of a command. Who asks meanwhile waits for the same.
const tokens = new WeakMap<TenantConnection, Promise<ManagementToken>>();

/**
 * A token that holds for a minute at least: the one at hand, the one that was kept, or a new one.
 * @throws {AnonError} `not_authorised` without credentials or when they are refused, `tenant_unreachable` when
 * the host is no tenant
 */
export function managementToken(tenant: TenantConnection): Promise<ManagementToken> {
  const known = tokens.get(tenant);
  const token = known
    ? known.then((found) => (holds(found, tenant) ? found : obtain(tenant, accessOf(tenant))))
    : first(tenant);
  return shared(tenant, token);
}

/** Another token in place of one that the tenant refused; undefined where there can be no other. */
export async function renewedToken(
  tenant: TenantConnection,
  refused: ManagementToken,
): Promise<ManagementToken | undefined> {
  const access = accessOf(tenant);
  if (!refused.wasGood || access.credentials.kind === 'access_token') return undefined;
  const renewed = (tokens.get(tenant) ?? first(tenant)).then(async (current) => {
    if (current.token !== refused.token) return current;
    await access.cache?.remove();
    return obtain(tenant, access);
  });
  return shared(tenant, renewed);
}

/** For whoever asks meanwhile. A failure is theirs too, and nobody's who comes later: it may have passed by then. */
function shared(tenant: TenantConnection, token: Promise<ManagementToken>): Promise<ManagementToken> {
  tokens.set(tenant, token);
  token.catch(() => {
    if (tokens.get(tenant) === token) tokens.delete(tenant);
  });
  return token;
}

/** The client that this tool signs in as; undefined where its token does not tell. */
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

async function first(tenant: TenantConnection): Promise<ManagementToken> {
  const access = accessOf(tenant);
  if (access.credentials.kind === 'access_token') return readyToken(tenant, access);
  const kept = await access.cache?.get();
  if (!kept || !isFor(kept, tenant, access.credentials)) return obtain(tenant, access);
  const { token, endsAtMs } = kept;
  const found = {
    token,
    endsAtMs,
    scopes: scopesOf(kept.scope, token),
    wasGood: true,
    isKept: true,
    secret: undefined,
  };
  return holds(found, tenant) ? found : obtain(tenant, access);
}

async function readyToken(tenant: TenantConnection, access: ManagementAccess): Promise<ManagementToken> {
  const token = await access.secret();
  if (!bearerToken.test(token)) throw notAToken(tenant);
  const { exp } = claimsOf(token);
  const endsAtMs = typeof exp === 'number' ? exp * 1000 : undefined;
  if (endsAtMs !== undefined && endsAtMs <= tenant.time.now()) await checkWithTenant(tenant, endsAtMs);
  return { token, endsAtMs, scopes: scopesOf(undefined, token), wasGood: false, isKept: false, secret: token };
}

function holds({ endsAtMs }: ManagementToken, { clock, management }: TenantConnection): boolean {
  if (endsAtMs === undefined || management?.credentials.kind === 'access_token') return true;
  return endsAtMs - clock.now() > marginSeconds * 1000;
}

function isFor(kept: SavedToken, { issuer }: TenantConnection, credentials: ManagementCredentials): boolean {
  return (
    kept.issuer === issuer &&
    kept.audience === managementAudience(issuer) &&
    credentials.kind !== 'access_token' &&
    kept.clientId === credentials.clientId
  );
}

/** It has expired by this machine's clock, which may be wrong: the tenant is asked what time it is. */
async function checkWithTenant(tenant: TenantConnection, endsAtMs: number): Promise<void> {
  await askTime(tenant);
  if (endsAtMs <= tenant.time.now()) throw expiredToken(tenant);
  warnOfClock(tenant, "by the tenant's clock the access token has not expired");
}

async function obtain(tenant: TenantConnection, access: ManagementAccess): Promise<ManagementToken> {
  const { credentials, cache } = access;
  if (credentials.kind === 'access_token') return readyToken(tenant, access);
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
        ...(await proof(tenant, credentials, secret)),
        audience,
      };
    },
  };
  const ask = (): Promise<Answer> =>
    send(tenant, exchange).catch((error: unknown) => {
      throw tokenExchangeFailure(tenant, error);
    });
  let answer = await ask();
  // What was signed by a wrong clock is refused, and the refusal says what time it is: signed by that it may be taken.
  const signed = credentials.kind === 'private_key' && answer.status >= 400;
  if (signed && Math.abs((tenant.time.offsetMs() ?? 0) - signedForMs) > clockSkewMs) {
    answer = await ask();
    if (answer.status < 300) warnOfClock(tenant, "client assertions use the tenant's clock");
  }
  if (answer.status >= 300) throw tokenRefusal(tenant, access, answer, secret);
  const checked = check(oauthTokenResponse, answer.body);
  if (!checked.ok) throw unexpectedAnswer(exchange, checked.problem);
  const { access_token: token, expires_in, scope } = checked.value;
  const endsAtMs = clock.now() + expires_in * 1000;
  await cache?.put({ issuer, clientId: credentials.clientId, audience, token, endsAtMs, scope });
  return { token, endsAtMs, scopes: scopesOf(scope, token), wasGood: false, isKept: false, secret };
}

function warnOfClock(tenant: TenantConnection, consequence: string): void {
  const sentence = clockSentence(tenant, consequence);
  if (sentence) tenant.warn(sentence);
}

/** What shows that the client is the one it says it is. */
async function proof(
  { issuer, time }: TenantConnection,
  credentials: Exclude<ManagementCredentials, { kind: 'access_token' }>,
  secret: string,
): Promise<JsonObject> {
  if (credentials.kind === 'client_secret') return { client_secret: secret };
  const { clientAssertion } = await import('./client-assertion.ts');
  const assertion = await clientAssertion(credentials, secret, { audience: issuer, nowMs: time.now() });
  return { client_assertion_type: clientAssertionType, client_assertion: assertion };
}

/** As the tenant told with the token, else as the token itself says. */
function scopesOf(told: string | undefined, token: string): readonly string[] | undefined {
  const scope = told ?? claimsOf(token).scope;
  return typeof scope === 'string' ? scope.split(' ').filter((value) => value !== '') : undefined;
}

/** What a token says of itself, nothing of it checked: the tenant does that. */
function claimsOf(token: string): JsonObject {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null ? { ...claims } : {};
  } catch {
    return {};
  }
}
