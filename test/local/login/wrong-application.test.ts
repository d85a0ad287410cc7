import { describe, expect, it } from 'vitest';
import { basic } from '../../support/local.ts';
import { codeFor, expectNoTokens } from '../../support/login-refusals.ts';
import {
  type Changes,
  formOf,
  type LoginTenant,
  loginTenant,
  rightExchange,
  rightRequest,
} from '../../support/login-tenant.ts';

// Who redeems a code. RFC 6749, sections 2.3 and 4.1.3.

const invalidCode = { status: 403, error: 'invalid_grant', error_description: 'Invalid authorization code' };

describe('the application of a code', () => {
  const serverRequest = (tenant: LoginTenant) => codeFor(tenant, rightRequest(tenant.server.client_id));

  it.each<[string, (tenant: LoginTenant) => Changes, object]>([
    ['is another, public one', ({ app }) => ({ client_id: app.client_id }), invalidCode],
    ['authenticates with no secret', ({ server }) => ({ client_id: server.client_id }), { status: 401 }],
    [
      'authenticates with an empty secret',
      ({ server }) => ({ ...credentials(server), client_secret: '' }),
      { status: 401 },
    ],
    [
      'authenticates with a wrong secret',
      ({ server }) => ({ ...credentials(server), client_secret: 'wrong' }),
      { status: 401 },
    ],
    [
      "authenticates with another's secret",
      ({ server, app }) => ({ client_id: server.client_id, client_secret: app.client_secret }),
      { status: 401 },
    ],
    [
      'names another, with its own secret',
      ({ server, app }) => ({ client_id: app.client_id, client_secret: server.client_secret }),
      { status: 401 },
    ],
    ['is unknown', () => ({ client_id: 'nobody' }), { status: 401 }],
    ['is not named', () => ({}), { status: 401 }],
    [
      'sends an assertion that it has no key for',
      ({ server }) => ({ client_id: server.client_id, ...assertion }),
      { status: 401 },
    ],
  ])('%s', async (_, named, refusal) => {
    const tenant = await loginTenant();
    const code = await serverRequest(tenant);
    expectNoTokens(await tenant.token(rightExchange({ code, ...named(tenant) })), {
      error: 'access_denied',
      ...refusal,
    } as typeof invalidCode);
    // A wrong attempt does not use the code up: anybody could.
    expect((await tenant.token(rightExchange({ code, ...credentials(tenant.server) }))).status).toBe(200);
  });

  it.each<[string, Changes, boolean]>([
    ['a header and a secret', { client_secret: 'x' }, true],
    ['a header and an assertion', { client_assertion: 'a.b.c' }, true],
    ['a secret and an assertion', { client_secret: 'x', client_assertion: 'a.b.c' }, false],
  ])('authenticates twice: %s', async (_, members, inHeader) => {
    const tenant = await loginTenant();
    const { client_id, client_secret } = tenant.server;
    const form = rightExchange({ code: await serverRequest(tenant), client_id, ...members });
    expectNoTokens(await tenant.token(form, inHeader ? basic(client_id, client_secret) : {}), {
      status: 400,
      error: 'invalid_request',
      error_description: 'Multiple authentication methods provided, please use one.',
    });
  });

  it('names another in the header than in the form', async () => {
    const tenant = await loginTenant();
    const { client_id, client_secret } = tenant.server;
    const form = rightExchange({ code: await serverRequest(tenant), client_id: tenant.app.client_id });
    const refusal = { status: 400, error: 'invalid_request' };
    expectNoTokens(await tenant.token(form, basic(client_id, client_secret)), refusal);
  });

  it('that is public sends a secret that is not its own', async () => {
    const tenant = await loginTenant();
    const form = rightExchange({
      code: await codeFor(tenant),
      client_id: tenant.app.client_id,
      client_secret: 'wrong',
    });
    expectNoTokens(await tenant.token(form), { status: 401, error: 'access_denied' });
  });

  it('may not use codes any more', async () => {
    const tenant = await loginTenant();
    const code = await codeFor(tenant);
    await tenant.change('client', tenant.app.client_id, { grant_types: ['implicit'] });
    expectNoTokens(await tenant.token(rightExchange({ client_id: tenant.app.client_id, code })), {
      status: 403,
      error: 'unauthorized_client',
      error_description: "Grant type 'authorization_code' not allowed for the client.",
    });
  });

  it.each([
    ['an unknown grant type', { grant_type: 'magic' }, 'unsupported_grant_type'],
    ['passwords', { grant_type: 'password', username: 'jane@example.com', password: 'x' }, 'unsupported_grant_type'],
    ['no grant type', { grant_type: undefined }, 'invalid_request'],
  ])('asks with %s', async (_, members, error) => {
    const tenant = await loginTenant();
    const answer = await tenant.token({ client_id: tenant.app.client_id, ...members });
    expect(answer.body.error).toBe(error);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
  });

  it.each(['code', 'redirect_uri', 'code_verifier', 'client_id', 'grant_type'])('gives %s twice', async (name) => {
    const tenant = await loginTenant();
    const form = formOf(rightExchange({ client_id: tenant.app.client_id, code: await codeFor(tenant) }));
    const twice = `${form}&${new URLSearchParams({ [name]: form.get(name) ?? '' })}`;
    expectNoTokens(await tenant.send('POST', '/oauth/token', { form: twice }), {
      status: 400,
      error: 'invalid_request',
    });
  });
});

const assertion = {
  client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  client_assertion: 'eyJhbGciOiJub25lIn0.e30.',
};

function credentials({ client_id, client_secret }: LoginTenant['server']): Changes {
  return { client_id, client_secret };
}
