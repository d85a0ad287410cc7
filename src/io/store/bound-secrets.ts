import type { SecretKey, SecretStore } from '../../domain/profile/profile.ts';
import { AnonError, isAnonError } from '../../errors.ts';
import { exactJson, readExactJson } from '../../wire/exact-json.ts';
import { loopback, parseUrl } from '../../wire/url.ts';

/** A profile and the tenant that its secrets are for. */
export interface Binding {
  readonly profile: string;
  /** Scheme, host and port of the tenant; `embedded` for the local tenant in this process. */
  readonly origin: string;
}

/**
 * A store that saves each secret with the origin of its tenant and returns it for no other tenant. So a profile whose domain
 * was edited in `profiles.json` sends no secret of the old tenant to the new one. A secret that an earlier version saved is
 * bound on first use, unless it names another tenant itself.
 * @throws {AnonError} `not_authorised` for another tenant's secret
 */
export function boundSecrets(store: SecretStore, binding: Binding): SecretStore {
  const { origin } = binding;

  const put = (key: SecretKey, secret: string) => store.put(key, written(key, secret, origin));

  /** A secret that an earlier version saved. */
  const unbound = async (key: SecretKey, text: string): Promise<string> => {
    const source = isBare(key) ? await store.get(`management-token/${binding.profile}`) : text;
    const issuer = issuerOf(source ?? '');
    if (issuer !== undefined && !isIssuerAt(issuer, origin)) throw otherTenant(key, binding, issuer);
    // A session is bound by its next write: another process may be writing it now.
    if (isBare(key)) await put(key, text).catch(ignoreUnwritable);
    return text;
  };

  return {
    async get(key) {
      const text = await store.get(key);
      if (text === undefined) return undefined;
      const saved = read(key, text);
      if (!saved) return unbound(key, text);
      if (saved.origin === origin) return saved.secret;
      throw otherTenant(key, binding, saved.origin);
    },
    put,
    remove: (key) => store.remove(key),
  };
}

/** Credentials are plain text; other secrets are JSON objects, which take the origin as a member. */
function isBare(key: SecretKey): boolean {
  return key.startsWith('credentials/');
}

function written(key: SecretKey, secret: string, origin: string): string {
  return exactJson(isBare(key) ? { origin, secret } : { ...members(secret), origin });
}

/** Undefined for a secret without an origin. */
function read(key: SecretKey, text: string): { origin: string; secret: string } | undefined {
  const { origin, ...others } = members(text);
  if (typeof origin !== 'string') return undefined;
  if (!isBare(key)) return { origin, secret: exactJson(others) };
  const { secret, ...more } = others;
  return typeof secret === 'string' && Object.keys(more).length === 0 ? { origin, secret } : undefined;
}

/** On a read-only disk the secret can still be used. */
function ignoreUnwritable(error: unknown): void {
  if (!isAnonError(error)) throw error;
}

/** The issuer of a Management API token or a session: saved with it, or from its access token. */
function issuerOf(text: string): string | undefined {
  const { issuer, accessToken } = members(text);
  if (typeof issuer === 'string') return issuer;
  if (typeof accessToken !== 'string') return undefined;
  const { iss } = members(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString('utf8'));
  return typeof iss === 'string' ? iss : undefined;
}

function members(text: string): Readonly<Record<string, unknown>> {
  try {
    const value = readExactJson(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** On this machine a tenant's host name may differ from its issuer's, and the tenant in this process has none. */
function isIssuerAt(issuer: string, origin: string): boolean {
  const [one, other] = [parseUrl(issuer), parseUrl(origin)];
  if (!one || !other) return true;
  const isHere = loopback.test(one.hostname) && loopback.test(other.hostname);
  return one.host === other.host || (isHere && one.port === other.port);
}

function otherTenant(key: SecretKey, { profile, origin }: Binding, from: string): AnonError {
  const session = key.startsWith('session/') ? key.slice(`session/${profile}/`.length) : undefined;
  const what =
    session === undefined ? `The saved credentials of profile '${profile}' are` : `The saved session '${session}' is`;
  const [saved, now] = [from, origin].map((tenant) => (tenant === 'embedded' ? 'the local tenant' : tenant));
  return new AnonError(
    'not_authorised',
    `${what} for ${saved}, but the profile is now for ${now}: nothing was sent there.`,
    {
      hint: `If that is your tenant, sign in again: anon-cli login ${profile}`,
    },
  );
}
