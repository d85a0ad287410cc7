import { randomBytes } from 'node:crypto';
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

/** What an app that is built with a framework needs. */
interface FrameworkValues extends AppValues {
  /** What encrypts the cookies of the app. */
  readonly sessionSecret?: string | undefined;
}

interface Framework {
  /** The package that reads the variables. */
  readonly sdk: string;
  /** Whether it can't do without the secret of an application. */
  readonly needsClientSecret?: true;
  /** The variables with secrets. */
  readonly secrets: { readonly client?: string; readonly session?: string };
  /** What the variables alone cannot set. */
  readonly hintFor?: (values: AppValues) => string | undefined;
  readonly others: (values: AppValues) => Readonly<Record<string, string>>;
}

/** Where frameworks serve an app on this machine by default. */
const appUrl = 'http://localhost:3000';

function trusted({ authority }: AppValues): Readonly<Record<string, string>> {
  return authority === undefined ? {} : { NODE_EXTRA_CA_CERTS: authority };
}

/** As each SDK names its variables: those that it reads, or that its documentation passes on to it. */
const frameworks = {
  next: {
    sdk: '@auth0/nextjs-auth0',
    needsClientSecret: true,
    secrets: { client: 'AUTH0_CLIENT_SECRET', session: 'AUTH0_SECRET' },
    hintFor: ({ url }) =>
      new URL(url).hostname === 'localhost'
        ? '@auth0/nextjs-auth0 4.28 and later accept localhost with new Auth0Client({ allowInsecureRequests: true }).'
        : undefined,
    others: (values) => ({
      // It accepts a port only in a URL.
      AUTH0_DOMAIN: new URL(values.url).port === '' ? new URL(values.url).host : values.url,
      AUTH0_CLIENT_ID: values.clientId,
      AUTH0_AUDIENCE: values.audience,
      APP_BASE_URL: appUrl,
      ...trusted(values),
    }),
  },
  nuxt: {
    sdk: '@auth0/auth0-nuxt',
    needsClientSecret: true,
    secrets: { client: 'NUXT_AUTH0_CLIENT_SECRET', session: 'NUXT_AUTH0_SESSION_SECRET' },
    others: (values) => ({
      NUXT_AUTH0_DOMAIN: new URL(values.url).host,
      NUXT_AUTH0_CLIENT_ID: values.clientId,
      NUXT_AUTH0_AUDIENCE: values.audience,
      NUXT_AUTH0_APP_BASE_URL: appUrl,
      ...trusted(values),
    }),
  },
  // Vite shows pages only variables with this prefix. A browser does not read files of certificates.
  spa: {
    sdk: '@auth0/auth0-spa-js',
    secrets: {},
    others: ({ url, clientId, audience }) => ({
      VITE_AUTH0_DOMAIN: new URL(url).host,
      VITE_AUTH0_CLIENT_ID: clientId,
      VITE_AUTH0_AUDIENCE: audience,
    }),
  },
  express: {
    sdk: 'express-openid-connect',
    secrets: { client: 'CLIENT_SECRET', session: 'SECRET' },
    others: (values) => ({
      ISSUER_BASE_URL: values.url,
      CLIENT_ID: values.clientId,
      BASE_URL: appUrl,
      ...trusted(values),
    }),
  },
  // It would take the SECRET of the one above for a key that tokens are signed with.
  'express-api': {
    sdk: 'express-oauth2-jwt-bearer',
    secrets: {},
    others: (values) => ({ ISSUER_BASE_URL: values.url, AUDIENCE: values.audience, ...trusted(values) }),
  },
} as const satisfies Record<string, Framework>;

export type FrameworkName = keyof typeof frameworks;
export const frameworkNames = Object.keys(frameworks) as FrameworkName[];

/** What the framework's SDK is, and how it names its secrets. */
export function frameworkFacts(name: FrameworkName): Omit<Framework, 'others'> {
  return frameworks[name];
}

/** The variables of an app that is built with the framework. Secrets that are not given are left out. */
export function frameworkVariables(name: FrameworkName, values: FrameworkValues): Readonly<Record<string, string>> {
  const { secrets, others }: Framework = frameworks[name];
  const { clientSecret, sessionSecret } = values;
  return {
    ...others(values),
    ...(secrets.client !== undefined && clientSecret !== undefined && { [secrets.client]: clientSecret }),
    ...(secrets.session !== undefined && sessionSecret !== undefined && { [secrets.session]: sessionSecret }),
  };
}

/** A new secret for the cookies of an app: 32 bytes in hexadecimal, as the documentation of Auth0's SDKs makes it. */
export function newSessionSecret(): string {
  return randomBytes(32).toString('hex');
}
