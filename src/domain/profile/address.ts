import { AnonError } from '../../errors.ts';
import { loopback } from '../../wire/url.ts';

/** The characters of a resolvable host name. URLs accept more, such as the `$` of a variable that was not substituted. */
const hostLike = /^([a-z0-9._-]+|\[[0-9a-f:.]+\])$/;

/**
 * A tenant's domain as a profile saves it: a host, with its port if any. A tenant on this machine may be given as
 * `http://localhost:PORT`, which stays plain http; all others use https.
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
 * The tenant's issuer in tokens, `https://DOMAIN/`, and its base URL, without a trailing slash.
 * @throws {AnonError} `usage` for a domain that {@link parseTenantDomain} refuses
 */
export function addressOf(domain: string): { issuer: string; baseUrl: string } {
  const parsed = parseTenantDomain(domain);
  const baseUrl = parsed.startsWith('http://') ? parsed : `https://${parsed}`;
  return { issuer: `https://${new URL(baseUrl).host}/`, baseUrl };
}

/** The origin of a profile's requests; `embedded` without a domain. Its secrets are bound to this origin. */
export function originOf(domain: string | undefined): string {
  return domain === undefined ? 'embedded' : addressOf(domain).baseUrl;
}

/** The host of an issuer, with every name of this machine as `localhost`. */
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
