import { jwksPath } from '../../wire/discovery.ts';
import type { LocalTenant } from './tenant.ts';

/** The variables of `anon-cli local env`, except that of the file with certificates: nothing is saved here. */
export function environment({
  url,
  issuer,
  clientId,
  audience,
}: Pick<LocalTenant, 'url' | 'issuer' | 'clientId' | 'audience'>): Record<string, string> {
  return {
    AUTH0_DOMAIN: new URL(issuer).host,
    AUTH0_ISSUER_BASE_URL: url,
    AUTH0_ISSUER: issuer,
    AUTH0_JWKS_URI: `${url}${jwksPath}`,
    AUTH0_CLIENT_ID: clientId,
    AUTH0_AUDIENCE: audience,
  };
}
