import { createHash, timingSafeEqual } from 'node:crypto';
import { loopbackNames } from '../http/admission.ts';
import { type Connection, isFromThisMachine } from '../http/connection.ts';
import { oauthRefusal, type Refusal } from '../http/refusal.ts';

/** Who may use the control endpoints. */
export interface ControlAccess {
  /** The bearer token that requests must have; undefined: none is needed. */
  readonly token: string | undefined;
}

/** What proxies add: the address of the connection is then the proxy's. @see RFC 7239; RFC 9110, section 7.6.3 */
const proxyHeaders = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'via'];

/**
 * Why a request may not use the control endpoints; undefined where it may. `connection` is undefined for a request from this
 * process.
 */
export function controlRefusal(
  { url, headers }: Request,
  { token }: ControlAccess,
  connection: Connection | undefined,
): Refusal | undefined {
  if (connection && !isFromThisMachine(connection)) return forbidden('answer on loopback connections only');
  if (proxyHeaders.some((name) => headers.has(name))) return forbidden('answer no request that a proxy has forwarded');
  if (!loopbackNames.includes(new URL(url).hostname)) return forbidden('are served as localhost only');
  if (isFromPage(headers)) return forbidden('answer no request from a page: it must have no Origin header');
  if (token === undefined || isSame(bearerIn(headers), token)) return undefined;
  return oauthRefusal(401, 'invalid_token', tokenHint, { 'www-authenticate': 'Bearer' });
}

/**
 * Every page that runs in a browser of this machine can reach localhost. A GET without CORS has no origin, but says that it is from
 * a page. @see Fetch Metadata Request Headers, section 2.3
 */
function isFromPage(headers: Headers): boolean {
  return headers.has('origin') || (headers.get('sec-fetch-site') ?? 'none') !== 'none';
}

const tokenHint =
  'The control token is missing or wrong. anon-cli local env prints it: Authorization: Bearer $ANON_CONTROL_TOKEN';

function forbidden(what: string): Refusal {
  return oauthRefusal(403, 'access_denied', `The control endpoints ${what}.`);
}

/** @see RFC 6750, section 2.1 */
function bearerIn(headers: Headers): string {
  return /^bearer +([\w.~+/-]+=*)$/i.exec(headers.get('authorization') ?? '')?.[1] ?? '';
}

/** In a time that does not depend on where the texts differ. */
function isSame(given: string, expected: string): boolean {
  const [one, other] = [given, expected].map((text) => createHash('sha256').update(text).digest());
  return one !== undefined && other !== undefined && timingSafeEqual(one, other);
}
