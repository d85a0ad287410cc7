/**
 * Cookies by which browsers carry a session to the tenant, also from pages of other sites. Each is set twice, as the
 * service does for its login session: browsers that do not know `SameSite=None` drop that cookie, or never send it from
 * another site, and get along with the second, which leaves the attribute out. Assumed: it is the same for guests.
 * @see https://auth0.com/docs/manage-users/cookies/samesite-cookie-attribute-changes
 */
const twinEnd = '_compat';

/** The `Set-Cookie` values of a session, for the rest of its lifetime. */
export function sessionCookies(name: string, session: string, lifetimeSeconds: number): string[] {
  return [
    `${name}=${session}; HttpOnly; Secure; SameSite=None; Path=/; Max-Age=${lifetimeSeconds}`,
    `${name}${twinEnd}=${session}; HttpOnly; Secure; Path=/; Max-Age=${lifetimeSeconds}`,
  ];
}

/** The `Set-Cookie` values that remove a session from the browser. */
export function clearedCookies(name: string): string[] {
  return sessionCookies(name, '', 0);
}

/** The session in a `Cookie` header: the first cookie with the name, otherwise the first of its twins. @see RFC 6265, section 5.4 */
export function readSessionCookie(name: string, header: string): string | undefined {
  const pairs = header.split(';').map((pair) => pair.trim());
  const named = (cookie: string) => pairs.find((pair) => pair.startsWith(`${cookie}=`))?.slice(cookie.length + 1);
  return named(name) || named(`${name}${twinEnd}`);
}
