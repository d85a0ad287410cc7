import type { ManagementCredentials, Profile } from '../domain/ports.ts';
import { parseTenantDomain } from '../domain/profile/address.ts';
import { hostName } from '../domain/profile/name.ts';
import { parseSigningAlgorithm } from '../domain/profile/private-key.ts';
import { AnonError } from '../errors.ts';
import type { Context, Env } from './context.ts';

/** Credentials, and how to come by what is secret of them. */
export interface FoundCredentials {
  readonly credentials: ManagementCredentials;
  readonly secret: () => Promise<string>;
}

/**
 * The Management API credentials that the environment has for the tenant at `domain`. A secret in the
 * environment is for the tenant that AUTH0_DOMAIN names, and goes to no other.
 * @throws {AnonError} `usage` when a part is missing
 */
export function environmentCredentials(
  { env, readFile }: Pick<Context, 'env' | 'readFile'>,
  domain: string | undefined,
): FoundCredentials | undefined {
  if (!isDomainOfEnvironment(env, domain)) return undefined;
  const { AUTH0_ACCESS_TOKEN: token, AUTH0_CLIENT_SECRET: clientSecret, AUTH0_CLIENT_SIGNING_KEY_PATH: path } = env;
  if (token) return { credentials: { kind: 'access_token' }, secret: async () => token.trim() };
  if (clientSecret) {
    const clientId = clientIdBeside(env, 'AUTH0_CLIENT_SECRET');
    return { credentials: { kind: 'client_secret', clientId }, secret: async () => clientSecret };
  }
  if (!path) return undefined;
  const clientId = clientIdBeside(env, 'AUTH0_CLIENT_SIGNING_KEY_PATH');
  const alg = parseSigningAlgorithm(env.AUTH0_CLIENT_SIGNING_ALGORITHM || 'RS256', 'AUTH0_CLIENT_SIGNING_ALGORITHM');
  return { credentials: { kind: 'private_key', clientId, alg }, secret: () => readFile(path) };
}

/**
 * The profile for the tenant that AUTH0_DOMAIN names: the current one if it is that tenant's, else another of
 * that tenant, else one made up for the occasion and called after its host, which no file knows.
 * @throws {AnonError} `usage`
 */
export function profileOfDomain(text: string, profiles: readonly Profile[], current: string): Profile {
  const domain = domainOf(text);
  const known = profiles.filter((profile) => profile.domain === domain);
  const found = known.find(({ name }) => name === current) ?? known[0];
  return found ?? { name: freeName(domain, profiles), domain, adHoc: true };
}

/** Fit for a file's name and a command line, and no profile's: what is remembered of it must not get mixed up. */
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
    throw new AnonError('usage', `AUTH0_DOMAIN names no tenant: ${message}`, {
      hint: 'Such as acme.eu.auth0.com',
      cause,
    });
  }
}

/** Whether AUTH0_DOMAIN names the tenant at `domain`. */
export function isDomainOfEnvironment({ AUTH0_DOMAIN: text }: Env, domain: string | undefined): boolean {
  if (!text || domain === undefined) return false;
  try {
    return parseTenantDomain(text) === domain;
  } catch {
    return false;
  }
}

function clientIdBeside({ AUTH0_CLIENT_ID: clientId }: Env, variable: string): string {
  if (clientId) return clientId;
  throw new AnonError('usage', `${variable} is set, and AUTH0_CLIENT_ID is not.`, {
    hint: `Set both, or neither and use a profile: anon-cli login`,
  });
}
