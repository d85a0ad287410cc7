import { AnonError } from '../../../errors.ts';
import { openidConfiguration, openidConfigurationPath } from '../../../wire/discovery.ts';
import type { Edition } from '../../../wire/edition/edition.ts';
import { check as read } from '../../../wire/schema.ts';
import type { TenantConnection } from '../../exchange/connection.ts';
import { type ManagementToken, managementToken } from '../../exchange/management/token.ts';
import { send } from '../../exchange/send.ts';
import { clockDifference } from '../../exchange/tenant-time.ts';
import { type Attempt, attempt, type Check, closedBy } from './check.ts';

/** Whether the domain is that of a tenant, asked without credentials, and whether it goes by the name it is called. */
export async function checkReachable(tenant: TenantConnection): Promise<Check> {
  const check = 'reachable';
  const answer = await attempt(() => send(tenant, { method: 'GET', path: openidConfigurationPath }));
  const { host } = new URL(tenant.issuer);
  if (!answer.ok) return closedBy(check, notLikeATenant(host, answer.error));
  const document = read(openidConfiguration, answer.value.body);
  if (answer.value.status !== 200 || !document.ok) {
    return {
      check,
      state: 'warning',
      finding: `${host} answers, but does not describe itself as a tenant does (${answer.value.status})`,
      advice: 'Check the domain: anon-cli profile list',
    };
  }
  const { issuer } = document.value;
  if (issuer === tenant.issuer) return { check, state: 'open', finding: `${host} answers as ${issuer}` };
  return {
    check,
    state: 'warning',
    finding: `${host} answers as ${issuer}, and that is what its tokens say too`,
    advice:
      'Is one of them a custom domain? Make a profile of the domain that your applications use; the Management API knows only the first one.',
  };
}

/** Whether this machine's clock agrees with the tenant's, which its answers tell. */
export function checkClock(tenant: TenantConnection): Check {
  const check = 'clock';
  const { host } = new URL(tenant.issuer);
  if (tenant.time.offsetMs() === undefined) {
    return { check, state: 'unknown', finding: `the answers of ${host} do not say what time it is there` };
  }
  const difference = clockDifference(tenant);
  if (difference === undefined) return { check, state: 'open', finding: `your clock agrees with ${host}` };
  return {
    check,
    state: 'warning',
    finding: difference,
    advice: "Set this machine's clock: what is signed or judged by it is refused or taken for expired.",
  };
}

/** Whether the profile's credentials give a Management API token. */
export async function checkCredentials(
  tenant: TenantConnection,
): Promise<{ check: Check; token: Attempt<ManagementToken> }> {
  const token = await attempt(async () => managementToken(tenant));
  const check: Check = token.ok
    ? { check: 'credentials', state: 'open', finding: 'they give a Management API token' }
    : closedBy('credentials', token.error);
  return { check, token };
}

interface Need {
  /** Any of these will do. */
  readonly scopes: readonly string[];
  /** What it is needed for. */
  readonly purpose: string;
  readonly writes?: true;
  /** Only where scopes are granted to applications. */
  readonly forGrants?: true;
}

/** @see management-api, section 2.2 */
const needs: readonly Need[] = [
  { scopes: ['read:tenant_settings'], purpose: 'to see the edition, the lifetime and the format' },
  { scopes: ['read:clients', 'read:client_keys'], purpose: 'to see applications' },
  { scopes: ['read:resource_servers'], purpose: 'to see APIs' },
  { scopes: ['read:client_grants'], purpose: 'to see grants', forGrants: true },
  { scopes: ['update:tenant_settings'], purpose: 'for tenant set-lifetime and set-format', writes: true },
  { scopes: ['update:clients'], purpose: 'to enable applications', writes: true },
  { scopes: ['update:resource_servers'], purpose: 'to open APIs', writes: true },
  { scopes: ['create:client_grants'], purpose: 'to grant scopes', writes: true, forGrants: true },
  { scopes: ['update:client_grants'], purpose: 'to add to grants', writes: true, forGrants: true },
];

/** Which Management API scopes the token lacks: those for looking, and those that only changes need. */
export function checkManagementScopes(
  tenant: TenantConnection,
  granted: readonly string[] | undefined,
  edition: Edition | undefined,
): Check {
  const check = 'management_scopes';
  if (!granted) return { check, state: 'unknown', finding: 'the Management API token does not tell its scopes' };
  const asked = needs.filter(({ forGrants }) => !forGrants || edition?.grantsScopes !== false);
  const missing = asked.filter(({ scopes }) => !scopes.some((scope) => granted.includes(scope)));
  if (missing.length === 0) return { check, state: 'open', finding: 'all that is needed to look and to fix' };
  const unreadable = missing.some(({ writes }) => !writes);
  return {
    check,
    state: unreadable ? 'closed' : 'warning',
    finding: `missing ${missing.map(({ scopes, purpose }) => `${scopes[0]} (${purpose})`).join(', ')}`,
    advice: `Give them to the client of profile '${tenant.profile}' in the dashboard: APIs, Auth0 Management API, Machine to Machine Applications.`,
  };
}

/** A page that is no JSON is not from a tenant, and the error names whom it is from. Any other error stays as it is. */
function notLikeATenant(host: string, error: AnonError): AnonError {
  if (error.code !== 'response_invalid') return error;
  const said = error.message.replace(/^The tenant/, 'it');
  return new AnonError('tenant_unreachable', `${host} does not answer as an Auth0 tenant does: ${said}`, {
    hint: 'Check the domain, such as acme.eu.auth0.com: anon-cli profile list',
    cause: error,
  });
}
