import { AnonError } from '../../errors.ts';

/** The host names of this machine. */
export const loopback = /^(localhost|127\.0\.0\.1|\[::1\])$/;

/** What a name that can be looked up is made of; a URL takes more, such as the `$` of a variable that nothing replaced. */
const hostLike = /^([a-z0-9._-]+|\[[0-9a-f:.]+\])$/;

/**
 * A tenant's domain as a profile keeps it: a host, with its port where it has one. A tenant on this
 * machine may be given as `http://localhost:PORT`, and stays so; no other goes unencrypted.
 * @throws {AnonError} `usage`
 */
export function parseTenantDomain(text: string): string {
  const url = toUrl(text);
  const isPlain = url.protocol === 'http:';
  if (url.protocol !== 'https:' && !isPlain) throw refused(text, 'only https is supported');
  if (isPlain && !loopback.test(url.hostname)) throw refused(text, 'plain http is allowed only for this machine');
  if (url.username || url.password) throw refused(text, 'a user name is not allowed');
  if (!hostLike.test(url.hostname)) throw refused(text, 'not a host name');
  if (url.pathname !== '/' || url.search || url.hash) throw refused(text, 'give only the host, without a path');
  return isPlain ? url.origin : url.host;
}

/**
 * What a tenant is called in tokens, `https://DOMAIN/`, and where it is reached, without a slash at the end.
 * @throws {AnonError} `usage` for a domain that {@link parseTenantDomain} does not take
 */
export function addressOf(domain: string): { issuer: string; baseUrl: string } {
  const parsed = parseTenantDomain(domain);
  const baseUrl = parsed.startsWith('http://') ? parsed : `https://${parsed}`;
  return { issuer: `https://${new URL(baseUrl).host}/`, baseUrl };
}

/** Where the requests of a profile with this domain go; `embedded` without one. Its secrets are for nowhere else. */
export function originOf(domain: string | undefined): string {
  return domain === undefined ? 'embedded' : addressOf(domain).baseUrl;
}

/** The host of an issuer, the same whichever name of this machine is in it. */
export function sameHost(issuer: string): string {
  const { hostname, host } = new URL(issuer);
  return loopback.test(hostname) ? host.replace(hostname, 'localhost') : host;
}

function toUrl(text: string): URL {
  try {
    return new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`);
  } catch {
    throw refused(text, 'not a host name');
  }
}

function refused(text: string, reason: string): AnonError {
  const shown = text.replace(/^(\w[\w+.-]*:\/\/)?.*@/s, '$1***@').slice(0, 80);
  return new AnonError('usage', `Invalid tenant domain '${shown}': ${reason}.`, { hint: 'Example: acme.eu.auth0.com' });
}
