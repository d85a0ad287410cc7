import type { ManagementAccess, ManagementCredentials } from '../../domain/exchange/management/credentials.ts';
import { parseSigningAlgorithm } from '../../domain/exchange/management/private-key.ts';
import { parseTenantDomain } from '../../domain/profile/address.ts';
import { hostName } from '../../domain/profile/name.ts';
import type { Profile, SecretStore } from '../../domain/profile/profile.ts';
import { AnonError, isAnonError, withHint } from '../../errors.ts';
import { tokenCache } from '../../io/store/caches.ts';
import type { Context } from './context.ts';
import { credentialVariables, type Env } from './environment.ts';

/** Credentials and access to their secret. */
export interface FoundCredentials {
  readonly credentials: ManagementCredentials;
  readonly secret: () => Promise<string>;
}

/**
 * Refuses an environment with credentials but no tenant: another tenant must not be used instead of the intended one.
 * @throws {AnonError} `usage`
 */
export function checkDomainIsSet(env: Env): void {
  if (env.AUTH0_DOMAIN) return;
  const set = credentialVariables.filter((name) => env[name]);
  if (set.length === 0) return;
  throw new AnonError('usage', `${and(set)} ${set.length === 1 ? 'is' : 'are'} set, but AUTH0_DOMAIN is not.`, {
    hint: 'Set AUTH0_DOMAIN to the tenant of these credentials, or choose a profile: --profile <name> or ANON_PROFILE',
  });
}

/**
 * The environment's Management API credentials for the tenant at `domain`. They are for the tenant of AUTH0_DOMAIN and go to no
 * other. `client`: looks for the secret of this client instead of AUTH0_CLIENT_ID.
 * @throws {AnonError} `usage` where a part is missing, or two exclude each other
 */
export function environmentCredentials(
  { env, readFile }: Pick<Context, 'env' | 'readFile'>,
  domain: string | undefined,
  client?: string,
): FoundCredentials | undefined {
  if (!isDomainOfEnvironment(env, domain)) return undefined;
  const token = client === undefined ? env.AUTH0_ACCESS_TOKEN : undefined;
  if (token) return { credentials: { kind: 'access_token' }, secret: async () => token };
  const clientId = client ?? env.AUTH0_CLIENT_ID;
  const { AUTH0_CLIENT_SECRET: clientSecret, AUTH0_CLIENT_SIGNING_KEY_PATH: path } = env;
  if (clientSecret && path) {
    throw new AnonError('usage', 'AUTH0_CLIENT_SECRET and AUTH0_CLIENT_SIGNING_KEY_PATH are both set.', {
      hint: 'Set only the one that the client authenticates with.',
    });
  }
  if (clientSecret) {
    const credentials = { kind: 'client_secret', clientId: clientIdBeside('AUTH0_CLIENT_SECRET', clientId) } as const;
    return { credentials, secret: async () => clientSecret };
  }
  if (path) {
    const alg = parseSigningAlgorithm(env.AUTH0_CLIENT_SIGNING_ALGORITHM || 'RS256', 'AUTH0_CLIENT_SIGNING_ALGORITHM');
    const beside = clientIdBeside('AUTH0_CLIENT_SIGNING_KEY_PATH', clientId);
    const secret = () => readFile(path).catch(namedBy('AUTH0_CLIENT_SIGNING_KEY_PATH'));
    return { credentials: { kind: 'private_key', clientId: beside, alg }, secret };
  }
  if (client !== undefined || !clientId) return undefined;
  throw new AnonError(
    'usage',
    'AUTH0_CLIENT_ID is set, but neither AUTH0_CLIENT_SECRET nor AUTH0_CLIENT_SIGNING_KEY_PATH is.',
    { hint: bothOrNeither },
  );
}

/**
 * The profile for the tenant of AUTH0_DOMAIN: the current one if it is for that tenant, otherwise another one for it, otherwise
 * an unsaved one named after its host.
 * @throws {AnonError} `usage`
 */
export function profileOfDomain(text: string, profiles: readonly Profile[], current: string): Profile {
  const domain = domainOf(text);
  const known = profiles.filter((profile) => profile.domain === domain);
  const found = known.find(({ name }) => name === current) ?? known[0];
  return found ?? { name: freeName(domain, profiles), domain, adHoc: true };
}

/** A valid profile name that no saved profile has, so that their saved data stays separate. */
function freeName(domain: string, profiles: readonly Profile[]): string {
  const base = hostName(domain).slice(0, 60);
  let name = base;
  for (let count = 2; profiles.some((profile) => profile.name === name); count += 1) name = `${base}-${count}`;
  return name;
}

function domainOf(text: string): string {
  try {
    return parseTenantDomain(text);
  } catch (cause) {
    const message = cause instanceof AnonError ? cause.message : '';
    throw new AnonError('usage', `AUTH0_DOMAIN: ${message}`, {
      hint: 'Example: acme.eu.auth0.com',
      cause,
    });
  }
}

/** Whether `domain` is the tenant of AUTH0_DOMAIN. */
export function isDomainOfEnvironment({ AUTH0_DOMAIN: text }: Env, domain: string | undefined): boolean {
  if (!text || domain === undefined) return false;
  try {
    return parseTenantDomain(text) === domain;
  } catch {
    return false;
  }
}

function namedBy(variable: string): (error: unknown) => never {
  return (error) => {
    throw isAnonError(error) ? withHint(error, `The path is from ${variable}.`) : error;
  };
}

const bothOrNeither = 'Set both, or neither and use a profile: anon-cli login';

function clientIdBeside(variable: string, clientId: string | undefined): string {
  if (clientId) return clientId;
  throw new AnonError('usage', `${variable} is set, but AUTH0_CLIENT_ID is not.`, { hint: bothOrNeither });
}

/** `A`, `A and B`, `A, B and C` */
function and(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/**
 * How commands get Management API tokens for a profile: with the environment's credentials for its tenant, otherwise with the
 * profile's. Credentials from the environment, and tokens obtained with them, are never saved.
 */
export function managementAccess(
  context: Pick<Context, 'env' | 'readFile' | 'warn'>,
  profile: Profile,
  secrets: () => Promise<SecretStore>,
): ManagementAccess | undefined {
  const { name, domain, credentials } = profile;
  const found = environmentCredentials(context, domain);
  if (found) return { ...found, source: 'environment', cache: undefined };
  if (!credentials) return undefined;
  return {
    credentials,
    source: 'profile',
    async secret() {
      const secret = await (await secrets()).get(`credentials/${name}`);
      if (secret !== undefined) return secret;
      throw missingCredentials(profile);
    },
    cache: credentials.kind === 'access_token' ? undefined : tokenCache(secrets, name, context.warn),
  };
}

function missingCredentials({ name, secrets }: Profile): AnonError {
  if (secrets !== 'keyring') {
    return new AnonError('not_authorised', `No saved credentials found for profile '${name}'.`, {
      hint: `Sign in again: anon-cli login ${name}`,
    });
  }
  return new AnonError('not_authorised', `The keyring does not return the credentials of profile '${name}'.`, {
    hint: `Unlock the keyring, unset ANON_KEYRING, or sign in again: anon-cli login ${name}`,
  });
}
