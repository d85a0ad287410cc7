import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Explain } from '../../../src/local/http/served-request.ts';
import type { TenantOptions } from '../../../src/local/tenant.ts';
import type { RequestsAnswer } from '../../../src/wire/recorded-request.ts';
import { controlToken } from '../../support/clock-control.ts';
import { withFault } from '../../support/faults.ts';
import { openTenant, type TestTenant, testTenant } from '../../support/local.ts';
import { callback, jane, loginTenant } from '../../support/login.ts';

const control = { token: controlToken };

type Tenant = Pick<TestTenant, 'send'>;

async function asked({ send }: Tenant, query: Record<string, string | number> = {}) {
  const search = new URLSearchParams(
    Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
  );
  return send('GET', `/_anon/requests?${search}`, { headers: { authorization: `Bearer ${controlToken}` } });
}

async function recorded(tenant: Tenant, query: Record<string, string | number> = {}): Promise<RequestsAnswer> {
  const { status, body } = await asked(tenant, query);
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body;
}

const shortHash = (token: string) => createHash('sha256').update(token).digest('hex').slice(0, 8);
const issued = (kind: string, token: string) => ({ kind, use: 'issued', sha256: shortHash(token) });
const presented = (kind: string, token: string) => ({ kind, use: 'presented', sha256: shortHash(token) });
const paths = ({ requests }: RequestsAnswer) => requests.map(({ path }) => path);

describe('a recorded request', () => {
  it('names the faults that hit it, and whether something was sent', async () => {
    const tenant = await openTenant({ control });
    await withFault(tenant, { kind: 'reset', name: 'flaky', count: 1 });
    for (const _ of [1, 2]) await tenant.anonymousToken();
    const { requests } = await recorded(tenant);
    expect(requests.map(({ fault, unanswered }) => [fault, unanswered])).toEqual([
      ['flaky', true],
      [null, false],
    ]);
  });

  it('names the API of the default audience, where the request named none', async () => {
    const tenant = await openTenant({ control });
    await tenant.change('tenant', 'settings', { default_audience: tenant.api.identifier });
    await tenant.anonymousToken({ audience: undefined });
    const { requests } = await recorded(tenant);
    expect(requests.map(({ status, audience }) => [status, audience]).at(-1)).toEqual([200, tenant.api.identifier]);
  });

  it('has who made it, what happened, when, and its tokens as short hashes', async () => {
    const tenant = await openTenant({ control });
    const { session_token, access_token } = await tenant.session({
      scope: 'read:catalog',
      metadata: { hobby: 'chess' },
    });
    const { requests, next } = await recorded(tenant);
    const nothing = {
      error: null,
      gate: null,
      command: null,
      user: null,
      refused_origin: null,
      actions: [],
      fault: null,
      unanswered: false,
    };
    expect(requests).toEqual([
      {
        ...{ seq: 1, time: '2026-06-01T12:00:00.000Z', duration_ms: 0, method: 'POST', status: 200 },
        ...{ path: '/anonymous/token', route: '/anonymous/token', outcome: 'created', ...nothing },
        ...{ client_id: tenant.app.client_id, app: 'web', audience: tenant.api.identifier, scope: 'read:catalog' },
        guest: expect.stringMatching(/^anon\|/),
        tokens: [issued('session_token', session_token), issued('access_token', access_token)],
      },
    ]);
    expect(next).toBe(2);
    const text = JSON.stringify(requests);
    for (const secret of [session_token, access_token, 'chess']) expect(text).not.toContain(secret);
  });

  it('has the tokens that were presented', async () => {
    const tenant = await openTenant({ control, edition: 'ea' });
    const { session_token } = await tenant.session();
    const { body } = await tenant.anonymousToken({ session_token, audience: 'urn:auth0:anon_transfer' });
    await (await tenant.management())('GET', '/api/v2/clients/unknown');
    const { requests } = await recorded(tenant, { since: 2 });
    expect(requests.map(({ route, outcome }) => [route, outcome])).toEqual([
      ['/anonymous/token', 'transferred'],
      ['/oauth/token', 'answered'],
      ['/api/v2/clients/{id}', 'refused'],
    ]);
    const [transfer, granted, read] = requests.map(({ tokens }) => tokens);
    expect(transfer).toEqual([
      presented('session_token', session_token),
      issued('anon_transfer_token', body.anon_transfer_token),
    ]);
    expect(granted).toEqual([expect.objectContaining({ kind: 'access_token', use: 'issued' })]);
    expect(read).toEqual([{ ...granted?.[0], use: 'presented' }]);
  });

  it('has the tokens of a login, and of what follows it', async () => {
    const tenant = await loginTenant({
      ...{ control, autoLogin: jane.email },
      app: { callbacks: [callback], jwt_configuration: { alg: 'RS256' } },
    });
    const hybrid = { response_type: 'code id_token', nonce: 'n', response_mode: 'form_post', scope: 'openid' };
    const query = new URLSearchParams({ client_id: tenant.app.client_id, redirect_uri: callback, ...hybrid });
    await tenant.send('GET', `/authorize?${query}&anon_session_token=nonsense&session_token=nonsense`);
    await tenant.send('GET', '/userinfo', { headers: { authorization: 'Bearer wrong' } });
    const { requests } = await recorded(tenant);
    expect(requests.at(-2)).toMatchObject({ route: '/authorize', user: jane.email });
    expect(requests.at(-2)?.tokens.at(-1)).toMatchObject({ kind: 'id_token', use: 'issued' });
    expect(requests.at(-1)).toMatchObject({
      ...{ path: '/userinfo', status: 401, outcome: 'refused', tokens: [presented('access_token', 'wrong')] },
    });
  });

  it('has the time of the tenant, also where its clock was moved', async () => {
    const tenant = await openTenant({ control });
    const headers = { authorization: `Bearer ${controlToken}` };
    await tenant.send('POST', '/_anon/clock', { json: { freeze: '2028-02-29T12:00Z' }, headers });
    await tenant.session();
    expect((await recorded(tenant)).requests[0]?.time).toBe('2028-02-29T12:00:00.000Z');
  });

  it('has the explanation of a refusal, also one that is still to come', async () => {
    const explain: Explain = (served) =>
      served.error === undefined
        ? undefined
        : Promise.resolve({ gate: 'application', command: `anon-cli app enable ${served.app}` });
    const tenant = await testTenant({ control, explain });
    await tenant.anonymousToken();
    const [refused] = (await recorded(tenant)).requests;
    expect(refused).toMatchObject({
      ...{ status: 403, outcome: 'refused', error: 'unauthorized_client' },
      ...{ gate: 'application', command: 'anon-cli app enable web' },
    });
  });

  it('is recorded without an explanation where there is none', async () => {
    const tenant = await testTenant({ control, explain: () => Promise.reject(new Error('unreachable')) });
    await tenant.anonymousToken();
    expect((await recorded(tenant)).requests).toMatchObject([{ gate: null, command: null, status: 403 }]);
  });

  it('has no route where the tenant has none, and is a request of a tenant alone', async () => {
    const tenant = await testTenant({ control });
    await tenant.send('GET', '/nothing?secret=x');
    await tenant.send('DELETE', '/anonymous/token');
    await tenant.send('GET', '/health');
    const { requests } = await recorded(tenant);
    expect(requests.map(({ path, route, status, outcome }) => [path, route, status, outcome])).toEqual([
      ['/nothing', null, 404, 'refused'],
      ['/anonymous/token', '/anonymous/token', 404, 'refused'],
    ]);
  });
});

describe('GET /_anon/requests', () => {
  /** A tenant with five requests: 200, 403, 404, 200 and 401. */
  async function busy(options: Partial<Omit<TenantOptions, 'clock'>> = {}) {
    const tenant = await openTenant({ control, ...options });
    const { access_token } = await tenant.session();
    const guest = JSON.parse(Buffer.from(access_token.split('.')[1] ?? '', 'base64url').toString()).sub as string;
    await tenant.anonymousToken({ scope: 'x', audience: 'nothing' });
    await tenant.send('GET', '/nothing');
    await tenant.send('GET', '/.well-known/jwks.json');
    await tenant.send('GET', '/api/v2/clients/1');
    return { tenant, guest, clientId: tenant.app.client_id };
  }

  it('has the last ones, the oldest first', async () => {
    const { tenant } = await busy();
    const { requests, next } = await recorded(tenant, { limit: 2 });
    expect([requests.map(({ seq }) => seq), next]).toEqual([[4, 5], 6]);
  });

  it('has those since a number, page by page', async () => {
    const { tenant } = await busy();
    const pages: number[][] = [];
    for (let since = 1; since < 6; ) {
      const { requests, next } = await recorded(tenant, { since, limit: 2 });
      pages.push(requests.map(({ seq }) => seq));
      since = next;
    }
    expect(pages).toEqual([[1, 2], [3, 4], [5]]);
    expect(await recorded(tenant, { since: 6 })).toEqual({ requests: [], next: 6 });
  });

  it('filters', async () => {
    const { tenant, guest, clientId } = await busy();
    const found = async (query: Record<string, string>) =>
      (await recorded(tenant, query)).requests.map(({ seq }) => seq);
    expect(await found({ path: '/nothing' })).toEqual([3]);
    expect(await found({ path: '/api/v2/clients/{id}' })).toEqual([5]);
    expect(await found({ status: '404' })).toEqual([3]);
    expect(await found({ status: '4xx' })).toEqual([2, 3, 5]);
    expect(await found({ status: '4xx', app: 'web' })).toEqual([2]);
    expect(await found({ app: clientId })).toEqual([1, 2]);
    expect(await found({ guest })).toEqual([1]);
    expect(await found({ guest: 'anon|other' })).toEqual([]);
  });

  it.each([
    [{ since: '0' }, 'since must be a whole number from 1 to 9007199254740991.'],
    [{ since: '1.5' }, 'since must be a whole number from 1 to 9007199254740991.'],
    [{ since: '7' }, 'since must be at most 6: the server has started again.'],
    [{ limit: '10001' }, 'limit must be a whole number from 1 to 10000.'],
    [{ wait: '31' }, 'wait must be seconds, at most 30.'],
    [{ wait: '-1' }, 'wait must be seconds, at most 30.'],
    [{ status: '4x' }, 'status must be a status such as 403 or 4xx.'],
    [{ method: 'GET' }, 'The query takes since, limit, wait, status, path, app, guest.'],
    [{ __proto__: null, toString: '1' }, 'The query takes since, limit, wait, status, path, app, guest.'],
  ])('refuses %j', async (query, description) => {
    const { tenant } = await busy();
    const { status, body } = await asked(tenant, query as Record<string, string>);
    expect([status, body]).toEqual([400, { error: 'invalid_request', error_description: description }]);
  });

  it('refuses a repeated parameter', async () => {
    const { status, body } = await (await testTenant({ control })).send('GET', '/_anon/requests?app=a&app=b', {
      headers: { authorization: `Bearer ${controlToken}` },
    });
    expect([status, body.error_description]).toEqual([400, 'app is repeated.']);
  });

  it('needs the control token', async () => {
    expect((await (await testTenant({ control })).send('GET', '/_anon/requests')).status).toBe(401);
  });

  it('waits for the next request that is wanted', async () => {
    const { tenant } = await busy();
    const waiting = recorded(tenant, { wait: 30, status: '404' });
    await tenant.send('GET', '/.well-known/jwks.json');
    await tenant.send('GET', '/later');
    await tenant.send('GET', '/latest');
    const answer = await waiting;
    expect([paths(answer), answer.next]).toEqual([['/later'], 8]);
    expect(paths(await recorded(tenant, { since: answer.next, wait: 30, status: '404' }))).toEqual(['/latest']);
  });

  it('does not wait where there is one since a number', async () => {
    const { tenant } = await busy();
    expect(paths(await recorded(tenant, { since: 1, wait: 30, status: '404' }))).toEqual(['/nothing']);
  });

  it('ends a wait with nothing, and skips what nobody wanted', async () => {
    const { tenant } = await busy();
    expect(await recorded(tenant, { since: 4, wait: 0.01, status: '404' })).toEqual({ requests: [], next: 6 });
  });

  it('ends a wait when the server stops', async () => {
    const stopping = new AbortController();
    const tenant = await testTenant({ control, stopping: stopping.signal });
    const waiting = recorded(tenant, { wait: 30 });
    await tenant.send('GET', '/_anon/requests');
    stopping.abort();
    expect(await waiting).toEqual({ requests: [], next: 1 });
    expect(await recorded(tenant, { wait: 30 })).toEqual({ requests: [], next: 1 });
  });
});
