import { AnonError, type ErrorCode, type GateClosedError, ResponseError } from '../../../errors.ts';
import { editionNamed } from '../../../wire/edition/editions.ts';
import type { Api } from '../../api/api.ts';
import type { RequestedApi } from '../../api/find.ts';
import type { RequestingApp } from '../../app/find.ts';
import { describeLifetime } from '../../duration.ts';
import type { TenantConnection } from '../../exchange/connection.ts';
import { type GuestTokens, requestTokens } from '../../session/request-tokens.ts';
import { shellWord } from '../../shell-word.ts';
import { checkClaims } from '../../token/claim-checks.ts';
import { type DecodedToken, inspectToken } from '../../token/decode.ts';
import { checkForm } from '../../token/form-checks.ts';
import { tenantKeyRing } from '../../token/tenant-keys.ts';
import { timeProblems } from '../../token/times.ts';
import { explainRefusal } from '../explain-refusal.ts';
import { attempt, type Check, findingFrom, unknownBecause } from './check.ts';

export interface ProbeRequest {
  readonly app: RequestingApp;
  readonly api: RequestedApi & Partial<Pick<Api, 'guests'>>;
  readonly wanted: readonly string[];
}

export interface Probed {
  readonly check: Check;
  /** The scopes of the guest's token; undefined without a readable token. */
  readonly scopes: readonly string[] | undefined;
}

/** Requests a guest's tokens as an application would, which creates a guest, and checks whether an API could accept them. */
export async function probe(tenant: TenantConnection, request: ProbeRequest): Promise<Probed> {
  const { app, api, wanted } = request;
  const scope = wanted.length > 0 ? wanted.join(' ') : undefined;
  const tokens = await attempt(() => requestTokens(tenant, app, { audience: api.audience, scope }));
  if (!tokens.ok) {
    const { error } = tokens;
    const refusal = { app, api, scope, diagnosed: true };
    const explained = error instanceof ResponseError ? await explainRefusal(tenant, error, refusal) : error;
    return { check: refused(explained), scopes: undefined };
  }
  const ports = { clock: tenant.time, keys: tenantKeyRing(tenant) };
  const token = await attempt(() => inspectToken(ports, tokens.value.accessToken));
  if (!token.ok) return { check: unknownBecause('probe', token.error), scopes: undefined };
  if (!token.value.claims) return { check: unreadable(request, token.value), scopes: undefined };
  const scopes = textOf(token.value.claims?.scope)
    .split(' ')
    .filter((value) => value !== '');
  return { check: tokenCheck(tenant, request, tokens.value, token.value, scopes), scopes };
}

/** Errors that are the tenant's verdict on the request. Any other error says nothing about guests. */
const conclusive: readonly ErrorCode[] = ['gate_closed', 'not_authorised', 'token_unacceptable', 'failed'];

function refused(error: AnonError): Check {
  if (!conclusive.includes(error.code)) return unknownBecause('probe', error);
  const { command, gate } = error as Partial<GateClosedError>;
  const advice = gate && command ? undefined : error.hint;
  return { check: 'probe', state: 'closed', finding: findingFrom(error.message), fix: command, advice, error };
}

function tokenCheck(
  tenant: TenantConnection,
  request: ProbeRequest,
  tokens: GuestTokens,
  { claims = {}, signature, header }: DecodedToken,
  scopes: readonly string[],
): Check {
  if (signature?.state === 'wrong') return unacceptable(`the access token's signature is wrong: ${signature.reason}`);
  const [app, api] = [shellWord(request.app.name), shellWord(request.api.name)];
  if (claims.iss !== tenant.issuer) return unacceptable(`the access token's issuer is ${textOf(claims.iss)}`);
  const audiences = Array.isArray(claims.aud) ? claims.aud : [claims.aud];
  if (!audiences.includes(request.api.audience)) return unacceptable(`the access token is not for ${api}`);
  const rejected = rejection(tenant, request, tokens.accessToken);
  if (rejected !== undefined) return unacceptable(rejected);
  if (claims.scope !== undefined && typeof claims.scope !== 'string') return unacceptable('scope (not a string)');
  if (scopes.length === 0)
    return lacking(`A guest of ${app} gets a token for ${api} without scopes, which allows nothing.`);
  const missing = request.wanted.filter((scope) => !scopes.includes(scope));
  if (missing.length > 0)
    return lacking(`A guest of ${app} gets a token for ${api} with ${scopes.join(' ')}, but not ${missing.join(' ')}.`);
  const problems = problemsOf(tenant, request, tokens, claims);
  if (signature?.state !== 'verified') {
    problems.push(`its signature was not checked: ${signature?.reason ?? `token type ${textOf(header.typ)}`}`);
  }
  const got = `a guest of ${app} got a token for ${api}: ${scopes.join(' ')}`;
  if (problems.length > 0) return { check: 'probe', state: 'warning', finding: `${got}; but ${problems.join('; ')}` };
  return { check: 'probe', state: 'open', finding: `${got}; signature, issuer, audience and times are correct` };
}

/** As far as the clocks of a tenant's servers may differ. */
const toleranceSeconds = 60;

/** Why an API must reject the token, whatever its signature. */
function rejection({ issuer, time }: TenantConnection, { api }: ProbeRequest, token: string): string | undefined {
  const { checks, token: signed } = checkForm(token, true);
  const expected = { issuer, audience: api.audience, clockToleranceSeconds: toleranceSeconds };
  const read = signed ? checkClaims(signed.payload, expected, time.now()).checks : [];
  const failed = [...checks, ...read].find(({ state }) => state === 'failed');
  return failed && `${failed.check} (${failed.detail})`;
}

function lacking(message: string): Check {
  const error = new AnonError('gate_closed', message);
  return { check: 'probe', state: 'closed', finding: findingFrom(message), error };
}

/** The guest got a token that cannot be read here. */
function unreadable(request: ProbeRequest, { form }: DecodedToken): Check {
  const [app, api] = [shellWord(request.app.name), shellWord(request.api.name)];
  const why = form === 'jwe' ? 'encrypted' : 'opaque';
  const finding = `a guest of ${app} got a token for ${api}; but it is ${why}, so its scopes are unknown`;
  return { check: 'probe', state: 'warning', finding };
}

/** Problems that don't keep an API from accepting the token, such as differences from the settings. */
function problemsOf(
  { edition }: TenantConnection,
  { api }: ProbeRequest,
  tokens: GuestTokens,
  claims: Readonly<Record<string, unknown>>,
): string[] {
  const problems: string[] = [];
  const { sub, iat, exp } = claims;
  const prefix = edition && editionNamed(edition).guestIdPrefix;
  if (prefix !== undefined && !textOf(sub).startsWith(prefix))
    problems.push(`its guest id does not start with '${prefix}'`);
  const odd = timeProblems(claims);
  problems.push(...odd.map(({ claim, problem }) => `its ${claim} ${problem}`));
  if (odd.some(({ ambiguous }) => ambiguous)) return problems;
  if (typeof exp !== 'number' || typeof iat !== 'number')
    return [...problems, 'its lifetime is unknown without an iat'];
  const [lifetime, expected] = [exp - iat, api.guests?.tokenLifetimeSeconds];
  const sessionLeft = tokens.sessionExpiresInSeconds ?? Number.POSITIVE_INFINITY;
  if (expected !== undefined && lifetime > expected) {
    problems.push(`it lives ${describeLifetime(lifetime)}; the API's setting is ${describeLifetime(expected)}`);
  }
  if (lifetime > sessionLeft) problems.push('it lives longer than its session');
  return problems;
}

function unacceptable(problem: string): Check {
  const error = new AnonError('token_unacceptable', `A guest gets a token that no API can accept: ${problem}.`);
  return { check: 'probe', state: 'closed', finding: findingFrom(error.message), error };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
