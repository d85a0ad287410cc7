import { AuthClient } from '@auth0/auth0-auth-js';
import { ServerClient } from '@auth0/auth0-server-js';
import { describe, expect, it } from 'vitest';
import type { EditionName } from '../../src/wire/edition/edition.ts';
import { type HttpsTenant, httpsTenant } from '../support/https-tenant.ts';
import { guestOf } from '../support/sdk.ts';

const audience = 'https://api.shop.example';

function anonymousClient({ domain, app, fetch }: HttpsTenant) {
  return new AuthClient({ domain, clientId: app.client_id, customFetch: fetch }).anonymous;
}

describe.each<EditionName>(['preview', 'ea'])('@auth0/auth0-auth-js over HTTPS, edition %s', (edition) => {
  it('creates and renews a session', async () => {
    const tenant = await httpsTenant(edition);
    const anonymous = anonymousClient(tenant);
    const session = await anonymous.createSession({ audience, scope: 'read:catalog', metadata: { cart: 'a' } });
    expect(session).toMatchObject({ sessionToken: expect.any(String), accessToken: expect.any(String) });
    const renewed = await anonymous.getAccessToken({ audience, sessionToken: session.sessionToken });
    expect(guestOf(renewed.accessToken)).toBe(guestOf(session.accessToken));
  });

  it('learns that a session has expired', async () => {
    const tenant = await httpsTenant(edition);
    const anonymous = anonymousClient(tenant);
    const { sessionToken } = await anonymous.createSession({ audience });
    tenant.clock.forward(31 * 86_400);
    await expect(anonymous.getAccessToken({ audience, sessionToken })).rejects.toMatchObject({
      cause: { error: 'session_expired' },
    });
  });

  it('logs out', async () => {
    const anonymous = anonymousClient(await httpsTenant(edition));
    await anonymous.createSession({ audience });
    await expect(anonymous.logout()).resolves.toBeUndefined();
  });
});
