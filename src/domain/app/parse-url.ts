import { AnonError } from '../../errors.ts';
import { loopback } from '../../wire/url.ts';
import { mostSimilar } from '../did-you-mean.ts';
import { shellWord } from '../shell-word.ts';
import { hasPlaceholder, originOf, urlParts, withoutUser } from './origin.ts';

const exampleOrigin = 'Example: http://localhost:3000';
const exampleUrl = 'Example: http://localhost:3000/callback';
const exampleWildcard = "Example: 'https://*.example.com'";

/** Schemes that no page and no application has. */
const uselessSchemes = ['about', 'blob', 'data', 'file', 'ftp', 'javascript', 'mailto', 'vbscript', 'ws', 'wss'];

/** What a tenant accepts. */
export interface OriginRules {
  /** Only the local tenant accepts a wildcard as the port. */
  readonly anyPort: boolean;
}

/**
 * Reads an allowed origin as the user wrote it. It must be written as browsers send it, because the service may compare the
 * texts; otherwise the error offers the corrected one.
 * @throws {AnonError} `usage`
 */
export function parseOrigin(text: string, rules: OriginRules): string {
  const refuse = refusing('origin', text);
  if (text === '') throw new AnonError('usage', 'The origin is empty.', { hint: exampleOrigin });
  if (text === '*') throw refuse('browsers refuse it for requests with cookies', `Name each origin. ${exampleOrigin}`);
  if (text === 'null') throw refuse('every sandboxed page has it', `Serve the page over HTTP. ${exampleOrigin}`);
  checkText(text, refuse);
  if (!urlParts(text) && !/^https?:/i.test(text))
    throw refuse('it has no scheme', didYouMean(originOf(withScheme(text))));
  checkScheme(text, refuse);
  const origin = originOf(text);
  if (origin === undefined) throw refuse('not an origin', exampleOrigin);
  checkWildcard(text, rules, refuse);
  checkPlaceholders(text, { organizations: false }, refuse);
  checkHost(text, refuse);
  if (origin !== text) throw refuse(differenceOf(text), didYouMean(origin));
  return origin;
}

/** Reads the origin of one page, which no wildcard or placeholder can be. @throws {AnonError} `usage` */
export function parsePageOrigin(text: string): string {
  const origin = parseOrigin(text, { anyPort: true });
  if (!/[*{]/.test(origin)) return origin;
  throw refusing('origin', text)('a page has exactly one origin, without a wildcard', exampleOrigin);
}

/** The rules of one list. */
export interface RedirectRules {
  /** `callback` */
  readonly noun: string;
  /** Fragments are ignored there, and not refused. */
  readonly fragments: boolean;
}

/**
 * Reads a URL that a login or logout may lead to. It may have any scheme that a native application can register.
 * @throws {AnonError} `usage`
 * @see RFC 6749, section 3.1.2
 */
export function parseRedirectUrl(text: string, { noun, fragments }: RedirectRules): string {
  const refuse = refusing(noun, text);
  if (text === '') throw new AnonError('usage', `The ${noun} is empty.`, { hint: exampleUrl });
  checkText(text, refuse);
  // A host with a port looks like a scheme: localhost:3000.
  if (!/^[a-z][a-z0-9+.-]*:/i.test(text) || /^[\w.-]+:\d+(\/|$)/.test(text)) {
    const url = /^\/(?!\/)/.test(text) ? `http://localhost:3000${text}` : withScheme(text);
    throw refuse('it has no scheme', didYouMean(url));
  }
  checkScheme(text, refuse);
  if (/^https?:/i.test(text) && originOf(text) === undefined) throw refuse('not a URL', exampleUrl);
  const { scheme = '', authority = '', rest = '' } = urlParts(text) ?? {};
  if (authority.includes('@')) {
    throw refuse('it has a user name', didYouMean(`${scheme}://${withoutUser(authority)}${rest}`));
  }
  if (!fragments && text.includes('#')) throw refuse('it has a fragment', didYouMean(text.replace(/#.*/s, '')));
  checkWildcard(text, { anyPort: false }, refuse);
  checkPlaceholders(text, { organizations: true }, refuse);
  checkHost(text, refuse);
  return text;
}

type Refuse = (reason: string, hint?: string) => AnonError;

function refusing(noun: string, text: string): Refuse {
  return (reason, hint) => new AnonError('usage', `Invalid ${noun} '${withoutPassword(text)}': ${reason}.`, { hint });
}

/** A URL for a message: the beginning of it, without a user name and password. */
export function withoutPassword(url: string): string {
  const text = url.replace(/^([\w+.-]+:\/\/)?[^/?#]*@/s, '$1***@');
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function didYouMean(url: string | undefined): string {
  return url === undefined ? exampleOrigin : `Did you mean ${shellWord(url)}?`;
}

function checkText(text: string, refuse: Refuse): void {
  if (/[\s\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(text)) throw refuse('it has a space or an invisible character');
  if (/,[a-z][a-z0-9+.-]*:\/\//i.test(text)) throw refuse('this is more than one', 'Separate them with spaces.');
}

/** Plain HTTP for this machine, otherwise HTTPS. */
function withScheme(text: string): string {
  const host = text.replace(/^\/\//, '');
  const [name = ''] = /^(\[[^\]]*\]|[^:/?#]*)/.exec(host) ?? [];
  return `${loopback.test(name.toLowerCase()) ? 'http' : 'https'}://${host}`;
}

function checkScheme(text: string, refuse: Refuse): void {
  const colon = text.indexOf(':');
  const scheme = text.slice(0, colon).toLowerCase();
  const rest = text.slice(colon);
  if (uselessSchemes.includes(scheme)) throw refuse(`the scheme ${scheme} is not allowed`, 'Use http or https.');
  if (scheme === 'http' || scheme === 'https') {
    if (rest.startsWith('://')) return;
    throw refuse('after the scheme, // is missing', didYouMean(`${scheme}://${rest.replace(/^:\/*/, '')}`));
  }
  const similar = mostSimilar(scheme, ['https', 'http']);
  if (similar) throw refuse(`unknown scheme ${scheme}`, didYouMean(`${similar}${rest}`));
}

/** URLs accept more than host names do, such as the `$` of a variable that was not substituted. */
function checkHost(text: string, refuse: Refuse): void {
  const host = /^(https?):\/\/(.*)$/i.test(text) ? originOf(text)?.replace(/^\w+:\/\//, '') : undefined;
  if (host === undefined) return;
  const plain = host.replaceAll(/\{[^{}]*\}|\*/g, 'x');
  if (!/^([a-z0-9._-]+|\[[0-9a-f:.]+\])(:\w+)?$/i.test(plain)) throw refuse('its host is not a host name');
}

/** @see https://auth0.com/docs/get-started/applications/wildcards-for-subdomains */
function checkWildcard(text: string, { anyPort }: OriginRules, refuse: Refuse): void {
  const { scheme = '', authority = '', rest = '' } = urlParts(text) ?? {};
  const count = text.split('*').length - 1;
  if (count === 0) return;
  if (!/^https?$/i.test(scheme)) throw refuse('only http and https URLs may have a wildcard', exampleWildcard);
  if (rest.includes('*'))
    throw refuse('a wildcard stands for a subdomain, not for a part of the path', exampleWildcard);
  if (count > 1) throw refuse('it has more than one wildcard', exampleWildcard);
  if (authority.endsWith(':*')) {
    if (anyPort) return;
    throw refuse('a wildcard stands for a subdomain, not for a port', `Name the port. ${exampleOrigin}`);
  }
  const [first = '', ...others] = authority.replace(/:\d*$/, '').split('.');
  if (!first.includes('*')) throw refuse('the wildcard must be in the first part of the host', exampleWildcard);
  if (others.length < 2) throw refuse('the wildcard must stand for a subdomain', exampleWildcard);
}

const organization = '{organization_name}';

/**
 * A call for a guest names no organization, so an origin with an organization's name would never match.
 * @see https://auth0.com/docs/get-started/applications/wildcards-for-subdomains
 */
function checkPlaceholders(text: string, { organizations }: { organizations: boolean }, refuse: Refuse): void {
  if (!hasPlaceholder(text)) return;
  if (text.includes('*')) throw refuse('it has a placeholder and a wildcard', 'Use one of them.');
  for (const [one] of text.matchAll(/\{[^{}]*\}/g)) {
    if (/^\{custom_domain\.metadata\.public_\w+\}$/i.test(one) || (one === organization && organizations)) continue;
    if (one === organization) throw refuse('a call for a guest names no organization', exampleWildcard);
    const known = `{custom_domain.metadata.public_<key>}${organizations ? ` and ${organization}` : ''}`;
    throw refuse(`unknown placeholder ${one.slice(0, 40)}`, `Known: ${known}`);
  }
}

/** Why a text is not the origin that browsers send. */
function differenceOf(text: string): string {
  const { authority = '', rest = '' } = urlParts(text) ?? {};
  if (authority.includes('@')) return 'an origin has no user name';
  if (rest === '/') return 'an origin ends without a slash';
  if (rest.startsWith('?')) return 'an origin has no query';
  if (rest.startsWith('#')) return 'an origin has no fragment';
  if (rest !== '') return 'an origin has no path';
  return /:(80|443)?$/.test(authority) ? 'browsers leave a default port out' : 'browsers write it differently';
}
