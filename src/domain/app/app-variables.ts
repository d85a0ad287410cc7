import { jwksPath } from '../../wire/discovery.ts';

/** What an app needs to know about a tenant. */
export interface AppValues {
  /** Where it is served, without a slash at the end. */
  readonly url: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret?: string | undefined;
  readonly audience: string;
  /** The file with the certificate to trust; undefined over plain HTTP. */
  readonly authority: string | undefined;
}

/** The variables of Auth0's SDKs, for an app that uses the local tenant. */
export function appVariables(values: AppValues): Readonly<Record<string, string>> {
  const { url, issuer, clientId, clientSecret, audience, authority } = values;
  const { host, protocol } = new URL(url);
  return {
    // A domain alone means HTTPS; anon-cli takes one of this machine with its scheme.
    AUTH0_DOMAIN: protocol === 'http:' ? url : host,
    AUTH0_ISSUER_BASE_URL: url,
    AUTH0_ISSUER: issuer,
    AUTH0_JWKS_URI: `${url}${jwksPath}`,
    AUTH0_CLIENT_ID: clientId,
    ...(clientSecret !== undefined && { AUTH0_CLIENT_SECRET: clientSecret }),
    AUTH0_AUDIENCE: audience,
    ...(authority !== undefined && { NODE_EXTRA_CA_CERTS: authority }),
  };
}

/** The variables of the control endpoints, for tests; none where they cannot be reached. */
export function controlVariables(
  control: { readonly url: string; readonly token: string | undefined } | undefined,
): Readonly<Record<string, string>> {
  return {
    ...(control && { ANON_CONTROL_URL: control.url }),
    ...(control?.token !== undefined && { ANON_CONTROL_TOKEN: control.token }),
  };
}
