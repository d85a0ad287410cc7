import { coversOrigin, originPattern, readUrl } from './allowed-origin.ts';
import { parseUrl } from './url.ts';

/** Any path, after a wildcard for the port. Not the service's, like that wildcard. */
const anyPath = '/*';

/**
 * Whether a URL in `callbacks` or `allowed_logout_urls` stands for one that a request names: it is the same text, or it has a
 * wildcard in its host as origins may have, and is otherwise the same.
 * @see https://auth0.com/docs/get-started/applications/wildcards-for-subdomains
 */
export function coversUrl(allowed: string, url: string): boolean {
  if (allowed === url) return !allowed.includes('*');
  const pattern = originPattern(allowed, 'callbacks');
  if (!pattern?.includes('*') || !/^[\x21-\x7e]+$/.test(url) || url.includes('\\')) return false;
  const [listed, given] = [readUrl(allowed), parseUrl(url)];
  if (!listed || !given || !beginsWith(url, given.origin)) return false;
  if (!coversOrigin(pattern, given.origin)) return false;
  const isAnyPath = pattern.endsWith(':*') && `${listed.pathname}${listed.search}` === anyPath;
  return isAnyPath || (listed.pathname === given.pathname && listed.search === given.search);
}

/**
 * What a browser reads in another way than the text has it could lead elsewhere: a user name before the host, or `http:` without
 * slashes, which is relative at a tenant over HTTP.
 */
function beginsWith(url: string, origin: string): boolean {
  return url.startsWith(origin) && /^(?:[/?#]|$)/.test(url.slice(origin.length));
}
