import { parseUrl } from '../../wire/url.ts';

const parts = /^([a-z][a-z0-9+.-]*):\/\/([^/?#\\]*)(.*)$/is;

/** A URL with `//`, in three parts, each as it is written. Undefined for any other text. */
export function urlParts(text: string): { scheme: string; authority: string; rest: string } | undefined {
  const [, scheme, authority = '', rest = ''] = parts.exec(text) ?? [];
  return scheme === undefined ? undefined : { scheme, authority, rest };
}

/**
 * The origin of a URL as browsers write it: in lower case, without a default port. A wildcard stays as it is, as does a
 * host with a placeholder. Undefined for a text without an origin.
 * @see RFC 6454, section 4
 */
export function originOf(text: string): string | undefined {
  const found = urlParts(text);
  if (!found) return undefined;
  const scheme = found.scheme.toLowerCase();
  const host = withoutUser(found.authority);
  if (host === '') return undefined;
  if (hasPlaceholder(host)) return `${scheme}://${host}`;
  const anyPort = host.endsWith(':*');
  const url = parseUrl(`${scheme}://${anyPort ? host.slice(0, -2) : host}`);
  return url && `${scheme}://${url.host}${anyPort ? ':*' : ''}`;
}

/** The host and port of an authority. @see RFC 3986, section 3.2 */
export function withoutUser(authority: string): string {
  return authority.slice(authority.lastIndexOf('@') + 1);
}

/** Whether the service fills in a part of the URL, so that nothing here can tell what it covers. */
export function hasPlaceholder(text: string): boolean {
  return /\{[^{}]*\}/.test(text);
}

const defaultPorts: Readonly<Record<string, string>> = { http: ':80', https: ':443' };

/**
 * What a URL is compared by to find it in a list. The service compares texts, so only a default port and the letter case of
 * the scheme and host make no difference.
 */
export function comparable(text: string): string {
  const found = urlParts(text);
  if (!found) return text;
  const scheme = found.scheme.toLowerCase();
  const authority = found.authority.toLowerCase();
  const port = defaultPorts[scheme];
  const host = port !== undefined && authority.endsWith(port) ? authority.slice(0, -port.length) : authority;
  return `${scheme}://${host}${found.rest}`;
}
