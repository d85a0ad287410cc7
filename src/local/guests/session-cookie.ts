const name = 'auth0_anon';

/** Assumed: every attribute. Pages call from other sites, so it must travel between sites. @see wire contract, section 4 */
const attributes = 'HttpOnly; Secure; SameSite=None; Path=/';

/** Sets the guest's session for as long as it has left. */
export function sessionCookie(sessionToken: string, lifetimeSeconds: number): string {
  return `${name}=${sessionToken}; ${attributes}; Max-Age=${lifetimeSeconds}`;
}

export const clearedSessionCookie = `${name}=; ${attributes}; Max-Age=0`;

/** The session token in a `Cookie` header, the first of several. @see RFC 6265, section 5.4 */
export function readSessionCookie(header: string | undefined): string | undefined {
  const pairs = header?.split(';').map((pair) => pair.trim()) ?? [];
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}
