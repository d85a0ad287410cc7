import { Hono } from 'hono/quick';
import { anonymousLogoutPath, anonymousLogoutRequest } from '../../wire/anonymous-logout.ts';
import { check } from '../../wire/schema.ts';
import { guestCookie } from '../guests/session.ts';
import { anonymousTokenRefusal } from '../http/refusal.ts';
import { clearedCookies } from '../http/session-cookie.ts';
import { note, type TenantScope } from '../scope.ts';
import { readMembers } from './anonymous-request.ts';
import type { CorsVariables } from './cors.ts';

/** Refused in the body, because logging out revokes no token. */
const refusedMembers = ['session_token', 'client_secret'];

/** POST /anonymous/logout, where the edition has a cookie to clear. @see wire contract, section 3 */
export function anonymousLogoutRoute({ store }: TenantScope): Hono<CorsVariables> {
  return new Hono<CorsVariables>().post(anonymousLogoutPath, async (c) => {
    if (!c.env.edition.hasCookie) return c.notFound();
    const members = await readMembers(c.req.raw);
    const refused = refusedMembers.find((name) => name in members);
    if (refused) throw anonymousTokenRefusal('invalid_request', `${refused} cannot be provided.`);
    const checked = check(anonymousLogoutRequest, members);
    if (!checked.ok) throw anonymousTokenRefusal('invalid_request', `${checked.problem}.`);
    const { client_id: clientId } = checked.value;
    c.set('clientId', clientId);
    note(c.env, { clientId });
    // Assumed: a client id in the request must exist.
    if (clientId !== undefined && (await store.get('client', clientId)) === undefined) {
      throw anonymousTokenRefusal('invalid_client', 'Unknown client.');
    }
    return c.body(null, 204, { 'set-cookie': clearedCookies(guestCookie), 'cache-control': 'no-store' });
  });
}
