import { base64urlJson } from '../../jose/base64url.ts';
import { isJsonObject } from '../../wire/schema.ts';
import type { SessionTokenClaims } from '../../wire/session-token.ts';
import { sealedSessionTokenHeader } from '../../wire/session-token-format.ts';
import { readSessionCookie } from '../http/session-cookie.ts';
import { type Random, randomToken } from '../random.ts';
import type { Moment, TenantScope } from '../scope.ts';
import { seal, unseal } from '../tokens/sealed-token.ts';
import type { AuthorizationRequest } from './authorization-request.ts';

/**
 * A login between /authorize and its end: what the login page has to know. It travels with the page, sealed, so that any
 * instance can go on with it and nothing is saved for a login that is given up.
 */
export interface Transaction {
  readonly request: AuthorizationRequest;
  /** The guest who comes along. */
  readonly guest: SessionTokenClaims | undefined;
  /**
   * The browser that began. A page of another site can't log its own user in here. Undefined until a page of the login is visited,
   * where it began with a form on another site: that comes without the browser's cookie.
   */
  readonly browser: string | undefined;
  readonly endSeconds: number;
}

const header = base64urlJson({ ...sealedSessionTokenHeader, typ: 'login+jwe' });

/** Assumed: how long a login page can be left open. */
const lifetimeSeconds = 3600;

export function sealTransaction(
  { random }: TenantScope,
  { keys, nowSeconds }: Moment,
  transaction: Omit<Transaction, 'endSeconds'>,
): string {
  return seal(keys, random, header, { ...transaction, endSeconds: nowSeconds + lifetimeSeconds });
}

/** Undefined for one of another tenant or browser, and for one that has expired. One without a browser only opens pages. */
export function readTransaction(moment: Moment, request: Request, sealed: string): Transaction | undefined {
  // Only this file seals with this header.
  const opened = unseal(moment.keys, header, sealed);
  if (!isJsonObject(opened)) return undefined;
  const transaction = opened as unknown as Transaction;
  const isLive = moment.nowSeconds < transaction.endSeconds;
  const { browser } = transaction;
  const isTheirs = browser === undefined ? request.method === 'GET' : browser === browserOf(request);
  return isLive && isTheirs ? transaction : undefined;
}

/** The service's name for a cookie that recognises a browser. */
const browserCookie = 'did';
const browserSeconds = 31_536_000;

export function browserOf(request: Request): string | undefined {
  return readSessionCookie(browserCookie, request.headers.get('cookie') ?? '');
}

/** The id of the browser of a request, and the cookie to set where it has none yet. Never sent with a form on another site. */
export function recognise(random: Random, request: Request): { readonly browser: string; readonly cookies: string[] } {
  const known = browserOf(request);
  if (known !== undefined) return { browser: known, cookies: [] };
  const browser = randomToken(random, 24);
  const secure = new URL(request.url).protocol === 'https:' ? '; Secure' : '';
  const cookie = `${browserCookie}=${browser}; HttpOnly${secure}; SameSite=Lax; Path=/; Max-Age=${browserSeconds}`;
  return { browser, cookies: [cookie] };
}
