import { describe, expect, it } from 'vitest';
import { readErrorBody } from '../../../src/domain/exchange/error-body.ts';
import { managementRequest } from '../../../src/domain/exchange/management/request.ts';
import { UnreachableError } from '../../../src/errors.ts';
import { tenantSettings, tenantSettingsPath } from '../../../src/wire/tenant-settings.ts';
import { failureOf, json, managementToken, scriptedConnection, secretAccess } from '../../support/domain.ts';
import { ec } from '../../support/tokens.ts';

describe('the words of a refusal', () => {
  it.each([
    [
      { error: 'invalid_request', error_description: 'No.' },
      { error: 'invalid_request', description: 'No.' },
    ],
    [{ error: 'invalid_request' }, { error: 'invalid_request', description: '' }],
    [
      { statusCode: 400, error: 'Bad Request', message: 'No.', errorCode: 'invalid_body' },
      { error: 'invalid_body', description: 'No.' },
    ],
    [
      { statusCode: 400, error: 'Bad Request', message: 'No.' },
      { error: 'Bad Request', description: 'No.' },
    ],
    [{ message: 'Forbidden by the gateway' }, { error: 'http_400', description: 'Forbidden by the gateway' }],
    [{ error: { code: 'E1', message: 'Nested.' } }, { error: 'E1', description: 'Nested.' }],
    [
      { type: 'about:blank', detail: 'A problem.' },
      { error: 'http_400', description: 'A problem.' },
    ],
    [undefined, { error: 'http_400', description: '' }],
    [null, { error: 'http_400', description: '' }],
    ['text', { error: 'http_400', description: '' }],
    [['a'], { error: 'http_400', description: '' }],
    [
      { error: 7, error_description: ['x'], message: {} },
      { error: 'http_400', description: '' },
    ],
    [
      { error: 'e', error_description: '  ', message: 'Behind an empty one.' },
      { error: 'e', description: 'Behind an empty one.' },
    ],
  ])('in the body %j are %o', (body, words) => {
    expect(readErrorBody({ status: 400, body })).toMatchObject(words);
  });

  it('have a limited length', () => {
    const { error, description } = readErrorBody({
      status: 400,
      body: { error: 'e'.repeat(1000), error_description: 'd'.repeat(1e6) },
    });
    expect(error).toHaveLength(80);
    expect(description).toBe(`${'d'.repeat(300)}…`);
  });
});

it('a secret at the end of a truncated description is masked as a whole', () => {
  const secret = 'secret-of-the-application';
  const body = { error: `${'e'.repeat(70)}${secret}`, error_description: `${'d'.repeat(290)}${secret} and more` };
  const { error, description } = readErrorBody({ status: 400, body }, [secret]);
  expect(error).toBe(`${'e'.repeat(70)}***`);
  expect(description).toBe(`${'d'.repeat(290)}*** and mo…`);
});

const settings = { method: 'GET', path: tenantSettingsPath } as const;

describe('a refusal by /oauth/token', () => {
  it.each([
    [401, 'invalid_client', 'Client assertion is not valid: unknown key'],
    [401, 'access_denied', 'Unauthorized'],
    [403, 'unauthorized_client', "Grant type 'client_credentials' not allowed for the client."],
    [403, 'access_denied', 'Client is not authorized to access "https://acme.example/api/v2/".'],
    [403, 'access_denied', 'Service not enabled within domain: https://acme.example/api/v2/'],
    [400, 'invalid_request', 'Something of its own'],
    [404, 'not_found', 'No such tenant here'],
    [429, 'too_many_requests', 'Policy "ci" allows 5 a minute'],
    [503, 'temporarily_unavailable', 'Down for maintenance until noon'],
  ])('keeps its own words next to our explanation: %i %s %s', async (status, error, description) => {
    const answer = json({ error, error_description: description }, status);
    const tenant = scriptedConnection([answer], { maxWaitMs: 0 });
    const { message } = await failureOf(() => managementRequest(tenant, tenantSettings, settings));
    expect(message).toContain(description);
    expect(message.split(description)).toHaveLength(2);
  });

  it('does not repeat a secret in its words', async () => {
    const error_description = 'Wrong secret the-secret-of-the-tool';
    const tenant = scriptedConnection([json({ error: 'access_denied', error_description }, 401)]);
    const { message } = await failureOf(() => managementRequest(tenant, tenantSettings, settings));
    expect(message).toContain('The tenant reported: "Wrong secret ***"');
  });
});

describe('a tenant that is unavailable at /oauth/token', () => {
  const html = (status: number) => () => new Response('<html>Sorry</html>', { status });
  const reset = (): never => {
    throw new UnreachableError('The tenant acme.example did not answer.', { sent: true, broken: true });
  };
  const statuses = [408, 500, 502, 503, 504, 520, 522, 525, 530];

  it.each([
    ...statuses.map(
      (status) => [`${status} as JSON`, json({ error: 'x', error_description: 'Later.' }, status)] as const,
    ),
    ...statuses.map((status) => [`${status} as a page`, html(status)] as const),
    ['a reset', reset] as const,
  ])('is asked three more times, and is not reported as a wrong secret: %s', async (_, answer) => {
    const tenant = scriptedConnection([answer, answer, answer, answer]);
    const error = await failureOf(() => managementRequest(tenant, tenantSettings, settings));
    expect(error.code).toBe(answer === reset ? 'tenant_unreachable' : 'server_error');
    expect(error.message).not.toMatch(/credentials|secret|is not an Auth0 tenant/);
    expect(error.hint).toMatch(/Try again later|Run the command again/);
    expect(tenant.sent).toHaveLength(4);

    const recovered = scriptedConnection([answer, managementToken, json({ friendly_name: 'Acme' })]);
    expect(await managementRequest(recovered, tenantSettings, settings)).toEqual({ friendly_name: 'Acme' });
  });

  it('gets a new assertion each time, because an assertion works once', async () => {
    const seen: string[] = [];
    const record =
      (answer: () => Response) =>
      ({ body = '' }: { body?: string | undefined }) => {
        seen.push(JSON.parse(body).client_assertion);
        return answer();
      };
    const tenant = scriptedConnection([record(html(503)), record(managementToken), json({ friendly_name: 'Acme' })], {
      management: secretAccess('tool', String(ec.privateKey.export({ type: 'pkcs8', format: 'pem' })), {
        credentials: { kind: 'private_key', clientId: 'tool', alg: 'ES256' },
      }),
    });
    await managementRequest(tenant, tenantSettings, settings);
    expect(new Set(seen).size).toBe(2);
  });
});

describe('a redirect at /oauth/token', () => {
  const redirect = (location: string, status = 301) =>
    scriptedConnection([() => new Response(null, { status, headers: { location } })]);

  it.each([
    ['https://www.acme.example/login?next=%2F&token=private', 'https://www.acme.example/login', 'www.acme.example'],
    ['//acme.eu.auth0.com/oauth/token', 'https://acme.eu.auth0.com/oauth/token', 'acme.eu.auth0.com'],
    ['https://user:private@portal.example:8443/a#private', 'https://portal.example:8443/a', 'portal.example:8443'],
  ])('is reported with its target and how to use it: %s', async (location, target, host) => {
    const error = await failureOf(() => managementRequest(redirect(location), tenantSettings, settings));
    expect(error).toMatchObject({
      code: 'tenant_unreachable',
      message: `acme.example is not an Auth0 tenant: it has no token endpoint. The tenant answered POST /oauth/token with 301 and a redirect to ${target}, which is not followed.`,
      hint: `If ${host} is the tenant, use that domain: anon-cli login acme --domain ${host}`,
    });
    expect(`${error.message}${error.hint}`).not.toContain('private');
  });

  it.each(['/somewhere/else', 'javascript:alert(1)', 'http://[', ''])(
    'without another target is still reported: %s',
    async (location) => {
      expect(await failureOf(() => managementRequest(redirect(location, 308), tenantSettings, settings))).toMatchObject(
        {
          code: 'tenant_unreachable',
          message: expect.stringContaining('with 308 and a redirect'),
          hint: expect.stringContaining('Check the domain'),
        },
      );
    },
  );
});
