import { createHash, timingSafeEqual } from 'node:crypto';

/** The client credentials of a request. @see RFC 6749, section 2.3 */
export interface ClientCredentials {
  readonly clientId: string | undefined;
  /** The authentication method; undefined for a request that only names its client. */
  readonly method: 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | undefined;
  /** Never empty: the empty secret of a public application may be left out. @see RFC 6749, section 2.3.1 */
  readonly secret: string | undefined;
  readonly assertion: ClientAssertion | undefined;
}

export interface ClientAssertion {
  readonly type: string | undefined;
  readonly jwt: string;
}

/** Two authentication methods in one request, or an Authorization header that RFC 7617 does not allow. */
export class CredentialsError extends Error {}

interface CredentialMembers {
  readonly client_id?: string | undefined;
  readonly client_secret?: string | undefined;
  readonly client_assertion?: string | undefined;
  readonly client_assertion_type?: string | undefined;
}

/** @throws {CredentialsError} when methods are mixed or cannot be read */
export function readClientCredentials(authorization: string | null, body: CredentialMembers): ClientCredentials {
  const basic = authorization && /^basic(?: |$)/i.test(authorization) ? readBasic(authorization) : undefined;
  const [secret, assertion] = [body.client_secret || undefined, body.client_assertion || undefined];
  const presented = [basic?.secret, secret, assertion].filter((proof) => proof !== undefined);
  if (presented.length > 1) throw new CredentialsError('Multiple authentication methods provided, please use one.');
  if (basic && body.client_id !== undefined && body.client_id !== basic.clientId) {
    throw new CredentialsError('client_id does not match the Authorization header.');
  }
  const inBody = secret === undefined ? undefined : 'client_secret_post';
  return {
    clientId: basic?.clientId ?? body.client_id,
    method: assertion === undefined ? (inBody ?? (basic && 'client_secret_basic')) : 'private_key_jwt',
    secret: basic?.secret ?? secret,
    assertion: assertion === undefined ? undefined : { type: body.client_assertion_type, jwt: assertion },
  };
}

/** The id and the secret are form-encoded before they are joined. @see RFC 6749, section 2.3.1 */
function readBasic(authorization: string): { clientId: string; secret: string | undefined } {
  const joined = Buffer.from(authorization.slice('basic '.length), 'base64').toString('utf8');
  const colon = joined.indexOf(':');
  if (colon < 1) throw new CredentialsError('The Authorization header is malformed.');
  try {
    return { clientId: formDecode(joined.slice(0, colon)), secret: formDecode(joined.slice(colon + 1)) || undefined };
  } catch (cause) {
    throw new CredentialsError('The Authorization header is malformed.', { cause });
  }
}

/** What a 401 adds for an application that used the header. @see RFC 6749, section 5.2 */
export function challengeFor({ method }: ClientCredentials): Record<string, string> {
  return method === 'client_secret_basic' ? { 'www-authenticate': 'Basic realm="local"' } : {};
}

function formDecode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}

/** Compares in constant time: neither the place of a difference nor the lengths can be measured. */
export function sameSecret(presented: string | undefined, expected: unknown): boolean {
  if (presented === undefined || typeof expected !== 'string') return false;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(presented), digest(expected));
}
