import type { SecretKey, SecretStore } from '../../domain/profile/profile.ts';
import { AnonError, isAnonError } from '../../errors.ts';
import { exactJson, readExactJson } from '../../wire/exact-json.ts';

/** The profile whose secrets they are, and where its requests go. */
export interface Binding {
  readonly profile: string;
  /** Scheme, host and port of its tenant; `embedded` for the one in this process. */
  readonly origin: string;
}

/**
 * The same store for the secrets of one tenant: each is saved with the tenant's origin, and is given to no other. So a
 * profile whose domain was edited in `profiles.json` sends nothing of the old tenant to the new one. What an earlier version
 * saved is bound when it is first used, unless it tells itself that it is another tenant's.
 * @throws {AnonError} `not_authorised` for what is another tenant's
 */
export function boundSecrets(store: SecretStore, binding: Binding): SecretStore {
  const { origin } = binding;

  const put = (key: SecretKey, secret: string) => store.put(key, written(key, secret, origin));

  /** What an earlier version saved. */
  const unbound = async (key: SecretKey, text: string): Promise<string> => {
    const told = isBare(key) ? await store.get(`management-token/${binding.profile}`) : text;
    const issuer = issuerOf(told ?? '');
    if (issuer !== undefined && !isIssuerAt(issuer, origin)) throw otherTenant(key, binding, issuer);
    // A session is bound by its next write: another process may be at it now.
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

/** Credentials are saved as they were given; the others are JSON objects, which take the origin as a member. */
function isBare(key: SecretKey): boolean {
  return key.startsWith('credentials/');
}

function written(key: SecretKey, secret: string, origin: string): string {
  return exactJson(isBare(key) ? { origin, secret } : { ...members(secret), origin });
}

/** Undefined for what is bound to no tenant. */
function read(key: SecretKey, text: string): { origin: string; secret: string } | undefined {
  const { origin, ...others } = members(text);
  if (typeof origin !== 'string') return undefined;
  if (!isBare(key)) return { origin, secret: exactJson(others) };
  const { secret, ...more } = others;
  return typeof secret === 'string' && Object.keys(more).length === 0 ? { origin, secret } : undefined;
}

/** A disk that takes no files is no reason to ask for a login. */
function ignoreUnwritable(error: unknown): void {
  if (!isAnonError(error)) throw error;
}

/** Whose a Management API token or a session says it is: by what was saved with it, else by its access token. */
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

/** A tenant on this machine may be reached by a name that is not in its issuer, and the embedded one by none. */
function isIssuerAt(issuer: string, origin: string): boolean {
  if (!URL.canParse(issuer) || !URL.canParse(origin)) return true;
  const [one, other] = [new URL(issuer), new URL(origin)];
  const isHere = loopback.test(one.hostname) && loopback.test(other.hostname);
  return one.host === other.host || (isHere && one.port === other.port);
}

const loopback = /^(localhost|127\.0\.0\.1|\[::1\])$/;

function otherTenant(key: SecretKey, { profile, origin }: Binding, from: string): AnonError {
  const session = key.startsWith('session/') ? key.slice(`session/${profile}/`.length) : undefined;
  const what =
    session === undefined ? `The saved credentials of profile '${profile}' are` : `The saved session '${session}' is`;
  const was = from === 'embedded' ? 'the embedded tenant' : from;
  return new AnonError(
    'not_authorised',
    `${what} for ${was}, and the profile now names ${origin === 'embedded' ? 'no tenant' : origin}: nothing was sent there.`,
    {
      hint: `If that is your tenant, log in to it: anon-cli login ${profile}`,
    },
  );
}
