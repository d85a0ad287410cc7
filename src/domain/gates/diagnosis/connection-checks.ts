import { ResponseError } from '../../../errors.ts';
import { openidConfiguration, openidConfigurationPath } from '../../../wire/discovery.ts';
import type { Edition } from '../../../wire/edition/edition.ts';
import { check as read } from '../../../wire/schema.ts';
import { failureHint, notOfATenant } from '../../exchange/answer.ts';
import { isOnThisMachine, type TenantConnection } from '../../exchange/connection.ts';
import { quotedReason, readErrorBody } from '../../exchange/error-body.ts';
import { type Answer, hostOf } from '../../exchange/http.ts';
import { type ManagementToken, managementToken } from '../../exchange/management/token.ts';
import { isTransientFailure } from '../../exchange/retry.ts';
import { send } from '../../exchange/send.ts';
import { clockDifference, durationText } from '../../exchange/tenant-time.ts';
import { type Attempt, attempt, type Check, closedBy, unknownBecause } from './check.ts';

/** Whether the domain is a tenant's and its issuer is the expected one. Needs no credentials. */
export async function checkReachable(tenant: TenantConnection): Promise<Check> {
  const check = 'reachable';
  const answer = await attempt(() => send(tenant, { method: 'GET', path: openidConfigurationPath }));
  const { host } = new URL(tenant.issuer);
  if (!answer.ok) {
    const error = notOfATenant(host, answer.error);
    const saysNothing = error.code === 'server_error' || error.code === 'rate_limited';
    return saysNothing ? unknownBecause(check, error) : closedBy(check, error);
  }
  if (isTransientFailure(answer.value.status)) return unknownBecause(check, unavailable(tenant, answer.value));
  const document = read(openidConfiguration, answer.value.body);
  if (answer.value.status !== 200 || !document.ok) {
    return {
      check,
      state: 'warning',
      finding: `${host} answers, but without the OpenID configuration of a tenant (status ${answer.value.status})`,
      advice: 'Check the domain: anon-cli profile list',
    };
  }
  const { issuer } = document.value;
  if (issuer === tenant.issuer) return { check, state: 'open', finding: `${host} reports the issuer ${issuer}` };
  return {
    check,
    state: 'warning',
    finding: `${host} reports the issuer ${issuer}, which its tokens will have too`,
    advice:
      "Is one of them a custom domain? Save the one that your applications use in the profile; the Management API works only with the tenant's original domain.",
  };
}

/** With JSON as with a page: other endpoints may work, so this alone shows nothing about guests. */
function unavailable(tenant: TenantConnection, answer: Answer): ResponseError {
  const { status } = answer;
  const { error, description } = readErrorBody(answer);
  const why = `it answered GET ${openidConfigurationPath} with ${status}.${quotedReason(description)}`;
  return new ResponseError(
    'server_error',
    { status, error, description },
    { message: `The tenant ${hostOf(tenant.issuer)} is unavailable: ${why}`, hint: failureHint(tenant) },
  );
}

/** Compares this machine's clock with the `Date` header of the tenant's responses. */
export function checkClock(tenant: TenantConnection): Check {
  const check = 'clock';
  const { host } = new URL(tenant.issuer);
  const moved = tenant.movedClock?.();
  if (moved) {
    const { now, frozen, offset_seconds: seconds } = moved;
    const difference = `${durationText(Math.abs(seconds))} ${seconds > 0 ? 'ahead of' : 'behind'} this machine's`;
    const finding = `the local tenant's clock ${frozen ? `stands still at ${now}` : `is ${difference}`}; tokens are judged by it`;
    return { check, state: 'open', finding };
  }
  if (tenant.time.offsetMs() === undefined) {
    return { check, state: 'unknown', finding: `${host} sends no usable time in its responses` };
  }
  const difference = clockDifference(tenant);
  if (difference === undefined) return { check, state: 'open', finding: `your clock agrees with ${host}'s` };
  return {
    check,
    state: 'warning',
    finding: difference,
    advice: isOnThisMachine(tenant)
      ? 'If that is the local tenant, a test may have moved its clock. To see it: anon-cli local clock; to undo it: anon-cli local clock reset'
      : "Set this machine's clock. With a wrong clock, the tenant may refuse signed requests, and valid tokens may look expired.",
  };
}

/** Whether the profile's credentials give a Management API token. */
export async function checkCredentials(
  tenant: TenantConnection,
): Promise<{ check: Check; token: Attempt<ManagementToken> }> {
  const token = await attempt(async () => managementToken(tenant));
  const check: Check = token.ok
    ? { check: 'credentials', state: 'open', finding: 'signed in to the Management API' }
    : closedBy('credentials', token.error);
  return { check, token };
}

interface Need {
  /** Any one of these is enough. */
  readonly scopes: readonly string[];
  readonly purpose: string;
  readonly writes?: true;
  /** Only in editions that grant scopes to applications. */
  readonly forGrants?: true;
}

/** @see management-api, section 2.2 */
const needs: readonly Need[] = [
  { scopes: ['read:tenant_settings'], purpose: 'to read the edition, lifetime and token format' },
  { scopes: ['read:clients', 'read:client_keys'], purpose: 'to read applications' },
  { scopes: ['read:resource_servers'], purpose: 'to read APIs' },
  { scopes: ['read:client_grants'], purpose: 'to read grants', forGrants: true },
  { scopes: ['update:tenant_settings'], purpose: 'for tenant set-lifetime and set-format', writes: true },
  { scopes: ['update:clients'], purpose: 'to enable applications', writes: true },
  { scopes: ['update:resource_servers'], purpose: 'to open APIs', writes: true },
  { scopes: ['create:client_grants'], purpose: 'to grant scopes', writes: true, forGrants: true },
  { scopes: ['update:client_grants'], purpose: 'to extend grants', writes: true, forGrants: true },
];

/** Which Management API scopes the token lacks, for reading and for changes. */
export function checkManagementScopes(
  tenant: TenantConnection,
  granted: readonly string[] | undefined,
  edition: Edition | undefined,
): Check {
  const check = 'management_scopes';
  if (!granted) return { check, state: 'unknown', finding: 'the Management API token does not list its scopes' };
  const asked = needs.filter(({ forGrants }) => !forGrants || edition?.grantsScopes !== false);
  const missing = asked.filter(({ scopes }) => !scopes.some((scope) => granted.includes(scope)));
  if (missing.length === 0) return { check, state: 'open', finding: 'all scopes needed to check and fix' };
  const unreadable = missing.some(({ writes }) => !writes);
  return {
    check,
    state: unreadable ? 'closed' : 'warning',
    finding: `missing ${missing.map(({ scopes, purpose }) => `${scopes[0]} (${purpose})`).join(', ')}`,
    advice: `Grant them to the client of profile '${tenant.profile}' in the Auth0 dashboard: APIs > Auth0 Management API > Machine to Machine Applications.`,
  };
}
