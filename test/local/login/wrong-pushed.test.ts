import { describe, expect, it } from 'vitest';
import { basic } from '../../support/local.ts';
import { answerIn } from '../../support/login-browser.ts';
import { type Changes, formOf, type LoginTenant, loginTenant, rightRequest } from '../../support/login-tenant.ts';

// Pushed authorization requests, RFC 9126.

async function push(tenant: LoginTenant, changes: Changes = {}, client = tenant.app.client_id) {
  const form = Object.fromEntries(formOf({ ...rightRequest(client), ...changes }));
  return tenant.send('POST', '/oauth/par', { form });
}

async function pushed(tenant: LoginTenant, changes?: Changes): Promise<string> {
  const { status, body } = await push(tenant, changes);
  expect(status).toBe(201);
  return body.request_uri;
}

const spent = 'The request_uri is unknown, has expired, or was used before.';

async function expectSpent(tenant: LoginTenant, parameters: Changes): Promise<void> {
  const path = `/authorize?${formOf({ client_id: tenant.app.client_id, ...parameters })}`;
  const headers = { accept: 'application/json' };
  const visit = await (await tenant.loggedIn()).visit(path, { headers });
  expect(visit.target).toBeUndefined();
  expect(visit.status).toBe(400);
  expect(visit.text).toContain('invalid_request_uri');
  expect(visit.text).toContain(spent);
}

describe('a request_uri', () => {
  it('is good for one use', async () => {
    const tenant = await loginTenant();
    const request_uri = await pushed(tenant);
    const browser = await tenant.loggedIn();
    const path = `/authorize?${formOf({ client_id: tenant.app.client_id, request_uri })}`;
    expect(answerIn(await browser.visit(path))).toMatchObject({ code: expect.any(String) });
    await expectSpent(tenant, { request_uri });
  });

  it('is good for one of two uses at once', async () => {
    const tenant = await loginTenant();
    const request_uri = await pushed(tenant);
    const browser = await tenant.loggedIn();
    const path = `/authorize?${formOf({ client_id: tenant.app.client_id, request_uri })}`;
    const visits = await Promise.all([browser.visit(path), browser.visit(path), browser.visit(path)]);
    expect(visits.filter((visit) => answerIn(visit).code !== undefined)).toHaveLength(1);
  });

  it('expires after the seconds that its answer names', async () => {
    const tenant = await loginTenant();
    const { body } = await push(tenant);
    tenant.clock.forward(body.expires_in);
    await expectSpent(tenant, { request_uri: body.request_uri });
  });

  it.each([
    ['unknown', 'urn:ietf:params:oauth:request_uri:unknown'],
    ['empty at its end', 'urn:ietf:params:oauth:request_uri:'],
  ])('that is %s is refused', async (_, request_uri) => {
    const tenant = await loginTenant();
    await expectSpent(tenant, { request_uri });
  });

  it('of another application is refused, even with that callback', async () => {
    const tenant = await loginTenant();
    const request_uri = await pushed(tenant);
    await expectSpent(tenant, { ...rightRequest(tenant.server.client_id), request_uri });
  });

  it('needs the client_id again', async () => {
    const tenant = await loginTenant();
    const request_uri = await pushed(tenant);
    const visit = await (await tenant.loggedIn()).visit(`/authorize?${formOf({ request_uri })}`);
    expect(visit).toMatchObject({ status: 400, target: undefined });
    expect(visit.text).toContain('Missing required parameter: client_id');
  });

  it.each(['request_uri', 'client_id'])('is refused where %s is given twice', async (name) => {
    const tenant = await loginTenant();
    const query = formOf({ client_id: tenant.app.client_id, request_uri: await pushed(tenant) });
    const again = formOf({ [name]: query.get(name) ?? '' });
    const visit = await (await tenant.loggedIn()).visit(`/authorize?${query}&${again}`);
    expect(visit).toMatchObject({ status: 400, target: undefined });
    expect(visit.text).toContain(`The parameter ${name} is given more than once.`);
  });

  it('is the whole request: what stands beside it does not count', async () => {
    const tenant = await loginTenant();
    const request_uri = await pushed(tenant, { nonce: undefined, state: 'pushed' });
    const visit = await (await tenant.loggedIn()).visit(
      tenant.authorizePath({
        request_uri,
        state: 'beside',
        redirect_uri: 'https://evil.example/',
        response_mode: 'fragment',
      }),
    );
    expect(visit.target?.origin).toBe('https://shop.example');
    expect(answerIn(visit)).toEqual({ code: expect.any(String), state: 'pushed' });
  });
});

describe('a pushed request is refused', () => {
  it.each<[string, (tenant: LoginTenant) => Changes, number, string]>([
    ['of an unknown application', () => ({ client_id: 'nobody' }), 401, 'invalid_client'],
    ['of no application', () => ({ client_id: undefined }), 401, 'invalid_client'],
    ['with a wrong secret', ({ server }) => ({ ...server, client_secret: 'wrong' }), 401, 'invalid_client'],
    ['without the secret', ({ server }) => ({ client_id: server.client_id }), 401, 'invalid_client'],
    [
      "with another application's secret",
      ({ server, app }) => ({ client_id: server.client_id, client_secret: app.client_secret }),
      401,
      'invalid_client',
    ],
    [
      'with a request_uri in it',
      () => ({ request_uri: 'urn:ietf:params:oauth:request_uri:x' }),
      400,
      'invalid_request',
    ],
    ['with a foreign request_uri in it', () => ({ request_uri: 'https://evil.example' }), 400, 'invalid_request'],
  ])('%s', async (_, changes, status, error) => {
    const tenant = await loginTenant();
    const { client_id, client_secret, ...others } = changes(tenant) as Record<string, string>;
    const named = 'client_id' in changes(tenant) ? { client_id, client_secret } : {};
    const answer = await push(tenant, { ...others, ...named });
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({ error, error_description: expect.any(String) });
    expect(answer.body).not.toHaveProperty('request_uri');
  });

  it('with two authentication methods', async () => {
    const tenant = await loginTenant();
    const { client_id, client_secret } = tenant.server;
    const answer = await tenant.send('POST', '/oauth/par', {
      form: { ...rightRequest(client_id), client_secret },
      headers: basic(client_id, client_secret),
    });
    expect(answer.status).toBe(400);
    expect(answer.body.error_description).toBe('Multiple authentication methods provided, please use one.');
  });

  it('with a parameter twice', async () => {
    const tenant = await loginTenant();
    const form = `${formOf(rightRequest(tenant.app.client_id))}&state=again`;
    const answer = await tenant.send('POST', '/oauth/par', { form });
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });

  it('in a query', async () => {
    const tenant = await loginTenant();
    const answer = await tenant.send('GET', `/oauth/par?${formOf(rightRequest(tenant.app.client_id))}`);
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
    expect(answer.body).toEqual({ error: 'invalid_request', error_description: expect.any(String) });
  });
});

describe('what was pushed is checked like any request', () => {
  it('also when it is used: a callback that was removed since gets a page', async () => {
    const tenant = await loginTenant();
    const browser = await tenant.loggedIn();
    const request_uri = await pushed(tenant);
    await tenant.change('client', tenant.app.client_id, { callbacks: [] });
    const path = `/authorize?${formOf({ client_id: tenant.app.client_id, request_uri })}`;
    expect(await browser.visit(path)).toMatchObject({ status: 403, target: undefined });
  });

  it('an application that must push is refused otherwise', async () => {
    const tenant = await loginTenant();
    const browser = await tenant.loggedIn();
    await tenant.change('client', tenant.app.client_id, { require_pushed_authorization_requests: true });
    expect(answerIn(await browser.visit(tenant.authorizePath()))).toEqual({
      error: 'invalid_request',
      error_description: 'Pushed authorization requests are required for this application.',
      state: 'state of the application',
    });
    const request_uri = await pushed(tenant);
    const path = `/authorize?${formOf({ client_id: tenant.app.client_id, request_uri })}`;
    expect(answerIn(await browser.visit(path))).toMatchObject({ code: expect.any(String) });
  });
});
