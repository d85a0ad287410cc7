import { AnonError, type ErrorCode, type GateClosedError, ResponseError } from '../../../errors.ts';
import { editionNamed } from '../../../wire/edition/editions.ts';
import type { Api } from '../../api/api.ts';
import type { RequestedApi } from '../../api/find.ts';
import type { RequestingApp } from '../../app/find.ts';
import { describeLifetime } from '../../duration.ts';
import type { TenantConnection } from '../../exchange/connection.ts';
import { type GuestTokens, requestTokens } from '../../session/request-tokens.ts';
import { shellWord } from '../../shell-word.ts';
import { type DecodedToken, inspectToken } from '../../token/decode.ts';
import { tenantKeyRing } from '../../token/tenant-keys.ts';
import { explainRefusal } from '../explain-refusal.ts';
import { attempt, type Check, phrase, unseen } from './check.ts';

export interface ProbeRequest {
  readonly app: RequestingApp;
  readonly api: RequestedApi & Partial<Pick<Api, 'guests'>>;
  readonly wanted: readonly string[];
}

export interface Probed {
  readonly check: Check;
  /** What the guest got; undefined when it got no tokens. */
  readonly scopes: readonly string[] | undefined;
}

/** Asks for a guest's tokens as an application would, which makes a guest, and looks whether an API could accept them. */
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
  if (!token.ok) return { check: unseen('probe', token.error), scopes: undefined };
  if (!token.value.claims) return { check: unreadable(request, token.value), scopes: undefined };
  const scopes = textOf(token.value.claims?.scope)
    .split(' ')
    .filter((value) => value !== '');
  return { check: judge(tenant, request, tokens.value, token.value, scopes), scopes };
}

/** What the tenant says of the request is certain; that it could not answer says nothing of guests. */
const certain: readonly ErrorCode[] = ['gate_closed', 'not_authorised', 'token_unacceptable', 'failed'];

function refused(error: AnonError): Check {
  if (!certain.includes(error.code)) return unseen('probe', error);
  const { command, gate } = error as Partial<GateClosedError>;
  const advice = gate && command ? undefined : error.hint;
  return { check: 'probe', state: 'closed', finding: phrase(error.message), fix: command, advice, error };
}

function judge(
  tenant: TenantConnection,
  request: ProbeRequest,
  tokens: GuestTokens,
  { claims = {}, signature, header }: DecodedToken,
  scopes: readonly string[],
): Check {
  if (signature?.state === 'wrong') return unacceptable(`the access token's signature is wrong: ${signature.reason}`);
  const [who, where] = [shellWord(request.app.name), shellWord(request.api.name)];
  if (claims.iss !== tenant.issuer) return unacceptable(`the access token's issuer is ${textOf(claims.iss)}`);
  const audiences = Array.isArray(claims.aud) ? claims.aud : [claims.aud];
  if (!audiences.includes(request.api.audience)) return unacceptable(`the access token is not for ${where}`);
  if (scopes.length === 0) {
    const message = `A guest of ${who} gets a token for ${where} that allows nothing: it has no scopes.`;
    const error = new AnonError('gate_closed', message);
    return { check: 'probe', state: 'closed', finding: phrase(message), error };
  }
  const doubts = doubtsAbout(tenant, request, tokens, claims);
  if (signature?.state !== 'verified') {
    doubts.push(`its signature was not checked: ${signature?.reason ?? `a token of type ${textOf(header.typ)}`}`);
  }
  const got = `a guest of ${who} got a token for ${where}: ${scopes.join(' ')}`;
  if (doubts.length > 0) return { check: 'probe', state: 'warning', finding: `${got}; but ${doubts.join('; ')}` };
  return { check: 'probe', state: 'open', finding: `${got}; signature, issuer, audience and times are right` };
}

/** The guest is let in; what its token allows only the tenant can say. */
function unreadable({ app, api }: ProbeRequest, { form }: DecodedToken): Check {
  const [who, where] = [shellWord(app.name), shellWord(api.name)];
  const why = form === 'jwe' ? 'encrypted' : 'opaque';
  const finding = `a guest of ${who} got a token for ${where}; but it is ${why}, so what it allows cannot be told here`;
  return { check: 'probe', state: 'warning', finding };
}

/** What does not keep an API from accepting a token, and yet is not what the settings say. */
function doubtsAbout(
  { edition, time }: TenantConnection,
  { api }: ProbeRequest,
  tokens: GuestTokens,
  claims: Readonly<Record<string, unknown>>,
): string[] {
  const doubts: string[] = [];
  const { sub, iat, exp } = claims;
  const prefix = edition && editionNamed(edition).guestIdPrefix;
  if (prefix !== undefined && !textOf(sub).startsWith(prefix))
    doubts.push(`its guest id does not begin with '${prefix}'`);
  if (typeof exp !== 'number' || typeof iat !== 'number') return [...doubts, 'it does not say when it ends'];
  if (exp * 1000 <= time.now()) doubts.push("it has expired already by the tenant's own clock");
  const [life, promised] = [exp - iat, api.guests?.tokenLifetimeSeconds];
  const sessionLeft = tokens.sessionExpiresInSeconds ?? Number.POSITIVE_INFINITY;
  if (promised !== undefined && life > promised) {
    doubts.push(`it lives ${describeLifetime(life)}, not the ${describeLifetime(promised)} that the API says`);
  }
  if (life > sessionLeft) doubts.push('it lives longer than its session');
  return doubts;
}

function unacceptable(problem: string): Check {
  const error = new AnonError('token_unacceptable', `A guest gets a token that no API can accept: ${problem}.`);
  return { check: 'probe', state: 'closed', finding: phrase(error.message), error };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
