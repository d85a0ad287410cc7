import type { JsonObject } from './schema.ts';
import { parseUrl } from './url.ts';

/** The members of an application whose URLs allow pages to call the tenant. @see wire contract, section 4 */
export const originMembers = ['web_origins', 'allowed_origins', 'callbacks'] as const;

/** At this machine's own names any port may be allowed. Not the service's: there a port has no wildcard. */
const ownName = String.raw`https?://(?:localhost|127\.0\.0\.1|\[::1\])`;
const ownNameAtAnyPort = new RegExp(String.raw`^${ownName}:\*(?=[/?#]|$)`, 'i');
const originAtOwnName = new RegExp(String.raw`^(${ownName})(?::\d+)?$`);

/** One wildcard, in the first of at least three labels. @see https://auth0.com/docs/get-started/applications/wildcards-for-subdomains */
const wildcardHost = /^[^.*]*\*[^.*]*(?:\.[^.*]+){2,}$/;
const originAtSubdomain = /^(https?:\/\/)[^.:[\]]+((?:\.[^.:]+){2,}(?::\d+)?)$/;

/**
 * The origins for which a URL in one of these lists stands: an origin as browsers send it, with a `*` for the wildcard.
 * Undefined for none: what is not a URL with a host, a wildcard where the service reads none, and an entry of
 * `web_origins` or `allowed_origins` that is more than an origin.
 */
export function originPattern(url: string, member: (typeof originMembers)[number]): string | undefined {
  const isAnyPort = ownNameAtAnyPort.test(url);
  const read = readUrl(url);
  if (!read || (member !== 'callbacks' && !isBare(read))) return undefined;
  const origin = originOf(read);
  if (isAnyPort) return `${origin}:*`;
  return origin?.includes('*') && !(isWeb(read) && wildcardHost.test(read.hostname)) ? undefined : origin;
}

/** Reads a URL whose port may be a wildcard, without the wildcard. */
export function readUrl(url: string): URL | undefined {
  const text = ownNameAtAnyPort.test(url) ? url.replace(':*', '') : url;
  return parseUrl(text);
}

/** Paths may make the match fail on the service, so here they do. @see https://auth0.com/docs/get-started/applications/application-settings */
function isBare({ pathname, search, hash, username, password }: URL): boolean {
  return (pathname === '' || pathname === '/') && `${search}${hash}${username}${password}` === '';
}

function isWeb({ protocol }: URL): boolean {
  return protocol === 'http:' || protocol === 'https:';
}

/** The origin of a URL with a host. Pages of native applications have other schemes, such as `capacitor:`. */
function originOf(url: URL): string | undefined {
  if (isWeb(url)) return url.origin;
  return url.host === '' ? undefined : `${url.protocol}//${url.host}`;
}

/** All patterns of an application. */
export function originPatterns(client: JsonObject): string[] {
  return originMembers.flatMap((member) => {
    const urls = client[member];
    if (!Array.isArray(urls)) return [];
    return urls.flatMap((url) => originPattern(String(url), member) ?? []);
  });
}

/**
 * Whether a text is an origin exactly as a browser writes it: in lower case, without a default port or a final slash.
 * Not `null`, which sandboxed pages and files send. @see RFC 6454, section 6.2; Fetch, section 3.2
 */
export function isOrigin(text: string): boolean {
  return !text.includes('*') && originPattern(text, 'web_origins') === text;
}

/** Whether one of an application's URLs allows pages at an origin. */
export function allowsOrigin(client: JsonObject, origin: string): boolean {
  return originPatterns(client).some((pattern) => coversOrigin(pattern, origin));
}

/** Whether an origin, which may have a wildcard, stands for one that a browser sends. */
export function coversOrigin(pattern: string, origin: string): boolean {
  if (!pattern.includes('*')) return pattern === origin;
  if (pattern.endsWith(':*')) return originAtOwnName.exec(origin)?.[1] === pattern.slice(0, -2);
  const [start = '', end = ''] = pattern.split('*');
  const label = origin.slice(start.length, -end.length);
  return origin === `${start}${label}${end}` && label !== '' && !label.includes('.');
}

/** Under which value an application with a pattern is found: the pattern, without what surrounds a wildcard in its label. */
export function patternKey(pattern: string): string {
  return pattern.replace(/\/\/[^.]*\*[^.]*\./, '//*.');
}

/** The keys of all patterns that can match an origin. */
export function originKeys(origin: string): string[] {
  const [, ownNameOnly] = originAtOwnName.exec(origin) ?? [];
  if (ownNameOnly) return [origin, `${ownNameOnly}:*`];
  const [, scheme, parent] = originAtSubdomain.exec(origin) ?? [];
  return parent ? [origin, `${scheme}*${parent}`] : [origin];
}
