import { AnonError, GateClosedError, isAnonError, reworded } from '../../errors.ts';
import { openidConfiguration, openidConfigurationPath } from '../../wire/discovery.ts';
import { check } from '../../wire/schema.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { quotedReason } from '../exchange/error-body.ts';
import type { Exchange } from '../exchange/http.ts';
import { send } from '../exchange/send.ts';

/** No command can open this gate. */
export const lacksFeature = 'Gate 1, the tenant: it does not have anonymous sessions. Auth0 enables them on request.';

/**
 * Why a host has no token endpoint for guests: it is a tenant without the feature, or not a tenant at all. Its OpenID
 * configuration decides which.
 */
export async function missingFeature(
  tenant: TenantConnection,
  { method, path }: Pick<Exchange, 'method' | 'path'>,
  refused: { readonly status: number; readonly error: string; readonly description: string },
): Promise<AnonError> {
  const { host } = new URL(tenant.issuer);
  const missing = `no ${method} ${path} (${refused.status}).${quotedReason(refused.description)}`;
  if (!(await isTenant(tenant))) {
    return new AnonError(
      'tenant_unreachable',
      `${host} does not look like an Auth0 tenant: no OpenID configuration and ${missing}`,
      {
        hint: 'Check the domain (example: acme.eu.auth0.com): anon-cli profile show',
      },
    );
  }
  const closed = new GateClosedError(refused, { name: 'tenant', explanation: lacksFeature, command: undefined });
  return reworded(closed, { message: `${host} lacks the anonymous sessions feature: ${missing}` });
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
