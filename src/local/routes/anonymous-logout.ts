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

/** POST /anonymous/logout. Assumed: an edition without a cookie has it too, because SDKs call it. @see wire contract, section 3 */
export function anonymousLogoutRoute({ store }: TenantScope): Hono<CorsVariables> {
  return new Hono<CorsVariables>().post(anonymousLogoutPath, async (c) => {
    const members = await readMembers(c.req.raw);
    const refused = refusedMembers.find((name) => name in members);
    if (refused) throw anonymousTokenRefusal('invalid_request', `${refused} cannot be provided.`);
    const checked = check(anonymousLogoutRequest, members);
    if (!checked.ok) throw anonymousTokenRefusal('invalid_request', `${checked.problem}.`);
    const { client_id: clientId } = checked.value;
    c.set('clientId', clientId);
    note(c.env, { clientId });
    if (clientId !== undefined) {
      const client = await store.get('client', clientId);
      // Assumed: a client id in the request must exist.
      if (!client) throw anonymousTokenRefusal('invalid_client', 'Unknown client.');
      note(c.env, { app: String(client.name) });
    }
    const cleared = c.env.edition.hasCookie && { 'set-cookie': clearedCookies(guestCookie) };
    return c.body(null, 204, { ...cleared, 'cache-control': 'no-store' });
  });
}
