import { describe, expect, it } from 'vitest';
import type { ServedRequest } from '../../src/local/http/served-request.ts';
import { DatabaseUnavailableError } from '../../src/local/store/database.ts';
import type { TenantOptions } from '../../src/local/tenant.ts';
import type { EditionName } from '../../src/wire/edition/edition.ts';
import type { JsonObject } from '../../src/wire/schema.ts';
import { openTenant, testTenant } from '../support/local.ts';
import { callback, jane, loginTenant } from '../support/login.ts';
import { memoryStore } from '../support/memory-store.ts';

/** What a tenant reports of the requests that follow. */
async function observed(
  edition: EditionName,
  options: Partial<Omit<TenantOptions, 'clock'>> & { closed?: boolean } = {},
) {
  const served: ServedRequest[] = [];
  const { closed, ...doors } = options;
  const open = closed ? testTenant : openTenant;
  const tenant = await open({ ...doors, edition, onServed: (one) => void served.push(one) });
  return { tenant, served };
}

describe.each<EditionName>(['preview', 'ea'])('what edition %s reports of a request', (edition) => {
  it('names the application, the guest and what happened to the session', async () => {
    const { tenant, served } = await observed(edition);
    const { app, api } = tenant;
    const { session_token } = await tenant.session({ metadata: { secret_hobby: 'chess' } });
    await tenant.anonymousToken({ session_token });
    const about = {
      ...{ method: 'POST', path: '/anonymous/token', status: 200 },
      ...{ clientId: app.client_id, app: 'web', audience: api.identifier, guest: expect.stringMatching(/^anon[|@]/) },
      tokens: expect.anything(),
    };
    expect(served).toEqual([
      { ...about, session: 'created' },
      { ...about, session: edition === 'preview' ? 'updated' : 'renewed' },
    ]);
    expect(served[0]?.guest).toBe(served[1]?.guest);
    const text = JSON.stringify(served);
    for (const secret of [session_token, 'chess', app.client_secret]) expect(text).not.toContain(secret);
  });

  it('has the error code of a refusal', async () => {
    const { tenant, served } = await observed(edition, { closed: true });
    await tenant.anonymousToken({ scope: 'read:catalog' });
    await tenant.anonymousToken({ client_id: 'unknown' });
    await tenant.send('POST', '/anonymous/token', { text: '{' });
    await tenant.send('GET', '/api/v2/clients?token=s3cret');
    const { client_id: clientId } = tenant.app;
    const token = { method: 'POST', path: '/anonymous/token', audience: tenant.api.identifier };
    expect(served.map(withoutUndefined)).toEqual([
      { ...token, status: 403, clientId, app: 'web', scope: 'read:catalog', error: 'unauthorized_client' },
      { ...token, status: 401, clientId: 'unknown', error: 'invalid_client' },
      { method: 'POST', path: '/anonymous/token', status: 400, error: 'invalid_request' },
      { method: 'GET', path: '/api/v2/clients', status: 401, error: 'Unauthorized' },
    ]);
  });
});

it('reports the client of a Management API token', async () => {
  const { tenant, served } = await observed('ea');
  const manage = await tenant.management();
  await manage('GET', '/api/v2/clients');
  const { client_id: clientId } = tenant.admin;
  expect(served.map(withoutUndefined)).toEqual([
    expect.objectContaining({ path: '/oauth/token', status: 200, clientId, app: 'All Applications' }),
    { method: 'GET', path: '/api/v2/clients', status: 200, clientId, tokens: [expect.anything()] },
  ]);
});

it('reports a transfer', async () => {
  const { tenant, served } = await observed('ea');
  const { session_token } = await tenant.session();
  await tenant.anonymousToken({ session_token, audience: 'urn:auth0:anon_transfer' });
  expect(served.at(-1)).toMatchObject({ session: 'transferred', status: 200, guest: served[0]?.guest });
});

it('names the application of a logout, and the user whose session ends', async () => {
  const served: ServedRequest[] = [];
  const tenant = await loginTenant({
    app: { callbacks: [callback], allowed_logout_urls: [callback] },
    autoLogin: jane.email,
    onServed: (one) => void served.push(one),
  });
  const clientId = tenant.app.client_id;
  const request = { client_id: clientId, redirect_uri: callback, response_type: 'code', scope: 'openid' };
  const { headers } = await tenant.send('GET', `/authorize?${new URLSearchParams(request)}`);
  const cookie = headers.getSetCookie().map((line) => line.split(';')[0]);
  const query = new URLSearchParams({ client_id: clientId, returnTo: callback });
  await tenant.send('GET', `/v2/logout?${query}`, { headers: { cookie: cookie.join('; ') } });
  await tenant.send('POST', '/anonymous/logout', { json: { client_id: clientId } });
  expect(served.slice(1).map(withoutUndefined)).toEqual([
    { method: 'GET', path: '/v2/logout', status: 302, clientId, app: 'web', user: jane.email },
    { method: 'POST', path: '/anonymous/logout', status: 204, clientId, app: 'web' },
  ]);
});

it('reports requests while the database cannot be reached, but no health check', async () => {
  const store = memoryStore();
  const { tenant, served } = await observed('ea', { store });
  store.refresh = async () => {
    throw new DatabaseUnavailableError('down', { retryAfterSeconds: 1 });
  };
  await tenant.anonymousToken();
  await tenant.send('GET', '/health');
  expect(served).toEqual([{ method: 'POST', path: '/anonymous/token', status: 503 }]);
});

function withoutUndefined(served: ServedRequest): JsonObject {
  return JSON.parse(JSON.stringify(served));
}
