import { describe, expect, it } from 'vitest';
import { listApps } from '../../../../src/domain/app/read.ts';
import { editionOf, managementRequest } from '../../../../src/domain/exchange/management/request.ts';
import { client, clientPath } from '../../../../src/wire/client.ts';
import { tenantSettings, tenantSettingsPath } from '../../../../src/wire/tenant-settings.ts';
import {
  connectionTo,
  failureOf,
  json,
  managementToken,
  scriptedConnection,
  secretAccess,
} from '../../../support/domain.ts';
import { openTenant, testTenant } from '../../../support/local.ts';

const settings = { method: 'GET', path: tenantSettingsPath } as const;

describe('a Management API request', () => {
  it('gets a token once, and uses it for the whole command', async () => {
    const tenant = connectionTo(await openTenant());
    await Promise.all([managementRequest(tenant, tenantSettings, settings), listApps(tenant)]);
    await managementRequest(tenant, tenantSettings, settings);
    expect(tenant.sent.filter((line) => line === 'POST /oauth/token')).toHaveLength(1);
    expect(tenant.sent).toHaveLength(4);
  });

  it("requests the token with the service's parameters", async () => {
    const bodies: unknown[] = [];
    const tenant = scriptedConnection([
      ({ body }) => {
        bodies.push(JSON.parse(body ?? ''));
        return managementToken();
      },
      ({ headers }) => {
        expect(headers.authorization).toBe('Bearer a-management-token');
        return json({ friendly_name: 'Acme' })();
      },
    ]);
    expect(await managementRequest(tenant, tenantSettings, settings)).toEqual({ friendly_name: 'Acme' });
    expect(bodies).toEqual([
      {
        grant_type: 'client_credentials',
        client_id: 'tool',
        client_secret: 'the-secret-of-the-tool',
        audience: 'https://acme.example/api/v2/',
      },
    ]);
  });

  it('is not sent without credentials', async () => {
    const tenant = scriptedConnection([], { management: undefined });
    expect(await failureOf(() => managementRequest(tenant, tenantSettings, settings))).toMatchObject({
      code: 'not_authorised',
      message: "Profile 'acme' has no Management API credentials.",
      hint: 'Add them: anon-cli login acme --client-id <id> --client-secret -',
    });
    expect(tenant.sent).toEqual([]);
  });

  it('keeps unknown members', async () => {
    const tenant = scriptedConnection([managementToken, json({ friendly_name: 'Acme', sandbox_version: '22' })]);
    expect(await managementRequest(tenant, tenantSettings, settings)).toMatchObject({ sandbox_version: '22' });
  });
});

describe('credentials', () => {
  it('that are wrong are refused by the local tenant, and the secret is not repeated', async () => {
    const open = await openTenant();
    const management = secretAccess(open.admin.client_id, 'a-wrong-secret');
    const error = await failureOf(() =>
      managementRequest(connectionTo(open, { management }), tenantSettings, settings),
    );
    expect(error).toMatchObject({ code: 'not_authorised', status: 401, error: 'access_denied' });
    expect(error.message).toBe(
      'The tenant refused the credentials of profile \'local\': wrong client id or secret, or the secret was rotated (401). The tenant reported: "Unauthorized"',
    );
    expect(error.hint).toContain('anon-cli login local');
    expect(JSON.stringify(error)).not.toContain('a-wrong-secret');
  });

  it.each([
    [
      json({ error: 'access_denied', error_description: 'Not the-secret-of-the-tool.' }, 403),
      'not_authorised',
      /Not \*\*\*\./,
    ],
    [json({ error: 'access_denied' }, 403), 'not_authorised', /: access_denied \(403\)\.$/],
    [json({}, 400), 'not_authorised', /: http_400 \(400\)\.$/],
  ])('may be refused with %s: %s', async (answer, code, message) => {
    const error = await failureOf(() => managementRequest(scriptedConnection([answer]), tenantSettings, settings));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  it('can lead to an answer without a token', async () => {
    const tenant = scriptedConnection([json({ token_type: 'Bearer', expires_in: 1 })]);
    expect(await failureOf(() => managementRequest(tenant, tenantSettings, settings))).toMatchObject({
      code: 'response_invalid',
      message: "The tenant's answer to POST /oauth/token is not valid: access_token is required.",
    });
  });
});

describe('a refusal of the Management API', () => {
  it('names the scope that is missing, and whose client needs it', async () => {
    const tenant = await openTenant();
    const app = { client_id: 'reader', client_secret: 'readers-secret' };
    await tenant.change('client', app.client_id, { ...app, grant_types: ['client_credentials'] });
    await tenant.change('client_grant', 'reader', {
      client_id: app.client_id,
      audience: `${tenant.issuer}api/v2/`,
      scope: ['read:tenant_settings'],
    });
    const connection = connectionTo(tenant, {
      profile: 'acme',
      management: secretAccess(app.client_id, app.client_secret),
    });
    await managementRequest(connection, tenantSettings, settings);
    expect(await failureOf(() => listApps(connection))).toMatchObject({
      code: 'not_authorised',
      status: 403,
      error: 'insufficient_scope',
      hint: expect.stringMatching(
        /^Grant the client of profile 'acme' one of the Management API scopes read:clients\b.* \(needed for .*\bapp list\b.*\)\.$/,
      ),
    });
  });

  it('for an unknown application is not_found', async () => {
    const tenant = connectionTo(await openTenant());
    const path = clientPath('nobody');
    expect(await failureOf(() => managementRequest(tenant, client, { method: 'GET', path }))).toMatchObject({
      code: 'not_found',
      status: 404,
      error: 'inexistent_client',
      message: 'The tenant refused: The client does not exist (404).',
      hint: undefined,
    });
  });

  it('for an unknown member is a failure with its own words', async () => {
    const tenant = connectionTo(await openTenant());
    const patch = { method: 'PATCH', path: tenantSettingsPath, body: { lifetime: 1 } } as const;
    expect(await failureOf(() => managementRequest(tenant, tenantSettings, patch))).toMatchObject({
      code: 'failed',
      status: 400,
      description: "Payload validation error: 'Additional properties not allowed: lifetime'.",
    });
  });

  it.each([
    [401, 'not_authorised'],
    [403, 'not_authorised'],
    [404, 'not_found'],
    [409, 'failed'],
    [500, 'server_error'],
    [503, 'server_error'],
  ])('with status %i is %s', async (status, code) => {
    const body = {
      statusCode: status,
      error: 'Word',
      message: 'With the-secret-of-the-tool in it.',
      errorCode: 'word',
    };
    const tenant = scriptedConnection([managementToken, json(body, status)], { maxWaitMs: 0 });
    const words =
      status < 500
        ? { message: expect.stringMatching(new RegExp(`refused: With \\*\\*\\* in it \\(${status}\\)\\.$`)) }
        : {
            message: `The tenant failed to answer the request (${status}). The tenant reported: "With *** in it."`,
            hint: 'The service or a proxy in between failed, not your request. Try again later; see https://status.auth0.com',
          };
    expect(await failureOf(() => managementRequest(tenant, tenantSettings, settings))).toMatchObject({
      ...{ code, status, error: 'word' },
      ...words,
    });
  });

  it('in an unknown shape is reported by its status', async () => {
    const tenant = scriptedConnection([managementToken, json({ oops: true }, 418)]);
    expect(await failureOf(() => managementRequest(tenant, tenantSettings, settings))).toMatchObject({
      code: 'failed',
      error: 'http_418',
      message: 'The tenant refused: no reason given (418).',
    });
  });

  it('may be a redirect, which is not followed', async () => {
    const moved = () => new Response(null, { status: 302, headers: { location: 'https://elsewhere.example/' } });
    const tenant = scriptedConnection([managementToken, moved]);
    expect(await failureOf(() => managementRequest(tenant, tenantSettings, settings))).toMatchObject({
      code: 'failed',
      status: 302,
    });
    expect(tenant.sent).toHaveLength(2);
  });

  it('differs from an answer of an unexpected shape, which is an error too', async () => {
    const tenant = scriptedConnection([managementToken, json({ friendly_name: 7 })]);
    expect(await failureOf(() => managementRequest(tenant, tenantSettings, settings))).toMatchObject({
      code: 'response_invalid',
      message: "The tenant's answer to GET /api/v2/tenants/settings is not valid: friendly_name must be a string.",
    });
  });
});

describe('the edition of a tenant', () => {
  it('is detected from its settings, and saved', async () => {
    const tenant = connectionTo(await testTenant(), { edition: undefined });
    expect((await editionOf(tenant)).name).toBe('preview');
    expect(tenant.remembered).toEqual(['preview']);
  });

  it('is not requested if it is known', async () => {
    const tenant = connectionTo(await testTenant());
    expect((await editionOf(tenant)).name).toBe('preview');
    expect(tenant.sent).toEqual([]);
  });

  it("'ea' is detected and saved", async () => {
    const today = json({ sessions: { anonymous: { lifetime_in_minutes: 43_200 } } });
    const tenant = scriptedConnection([managementToken, today], { edition: undefined });
    expect((await editionOf(tenant)).name).toBe('ea');
    expect(tenant.remembered).toEqual(['ea']);
  });
});
