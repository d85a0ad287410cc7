import { AnonError, GateClosedError, isAnonError, reworded } from '../../errors.ts';
import { openidConfiguration, openidConfigurationPath } from '../../wire/discovery.ts';
import { check } from '../../wire/schema.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { quotedReason } from '../exchange/error-body.ts';
import type { Exchange } from '../exchange/http.ts';
import { send } from '../exchange/send.ts';

/** What no command can do about it. */
export const lacksFeature =
  'Gate 1, the tenant: it does not have anonymous sessions. Auth0 switches them on, on request.';

/**
 * Why a host has nothing where guests get their tokens: it is a tenant without the feature, or no tenant at all, which
 * it is asked about.
 */
export async function missingFeature(
  tenant: TenantConnection,
  { method, path }: Pick<Exchange, 'method' | 'path'>,
  refused: { readonly status: number; readonly error: string; readonly description: string },
): Promise<AnonError> {
  const { host } = new URL(tenant.issuer);
  const found = `it has no ${method} ${path} (${refused.status}).${quotedReason(refused.description)}`;
  if (!(await isTenant(tenant))) {
    return new AnonError('tenant_unreachable', `${host} does not describe itself as an Auth0 tenant, and ${found}`, {
      hint: 'Check the domain, such as acme.eu.auth0.com: anon-cli profile show',
    });
  }
  const closed = new GateClosedError(refused, { name: 'tenant', explanation: lacksFeature, command: undefined });
  return reworded(closed, { message: `${host} lacks the anonymous sessions feature: ${found}` });
}

async function isTenant(tenant: TenantConnection): Promise<boolean> {
  try {
    const { status, body } = await send(tenant, { method: 'GET', path: openidConfigurationPath, mayBeMissing: true });
    return status === 200 && check(openidConfiguration, body).ok;
  } catch (error) {
    if (!isAnonError(error) || error.code === 'interrupted') throw error;
    return false;
  }
}
