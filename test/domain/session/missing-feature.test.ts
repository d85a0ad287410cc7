import { describe, expect, it } from 'vitest';
import { explainRefusal } from '../../../src/domain/gates/explain-refusal.ts';
import { logOut } from '../../../src/domain/session/logout.ts';
import { createSession } from '../../../src/domain/session/token-request.ts';
import { freshMachine, servedAnswer } from '../../support/command.ts';
import { failureOf, json, scriptedConnection } from '../../support/domain.ts';

const request = {
  app: { clientId: 'abc', name: 'web', clientSecret: undefined },
  api: { audience: 'https://shop', name: 'shop' },
  ...{ scope: undefined, metadata: undefined, userId: undefined },
};
const page = (status: number) => () =>
  new Response('<html>Not here</html>', { status, headers: { 'content-type': 'text/html' } });
const text = (status: number) => () => new Response('Not Found', { status });
const discovery = json({ issuer: 'https://acme.example/' });

const missing = [404, 405, 501].flatMap((status) => [
  [`${status} and a page`, page(status), ''] as const,
  [`${status} and a text`, text(status), ''] as const,
  [
    `${status} and JSON`,
    json({ error: 'Not Found', message: 'Cannot POST /anonymous/token' }, status),
    ' The tenant reported: "Cannot POST /anonymous/token"',
  ] as const,
]);

describe('a tenant that has no /anonymous/token', () => {
  it.each(missing)('lacks the feature, and nothing is wrong with the request: %s', async (name, answer, words) => {
    const tenant = scriptedConnection([answer, discovery], { management: undefined });
    expect(await failureOf(() => createSession(tenant, request, explainRefusal))).toMatchObject({
      code: 'gate_closed',
      gate: 'tenant',
      command: undefined,
      message: `acme.example lacks the anonymous sessions feature: no POST /anonymous/token (${name.slice(0, 3)}).${words}`,
      hint: 'Gate 1, the tenant: it does not have anonymous sessions. Auth0 enables them on request.',
    });
    expect(tenant.sent).toEqual(['POST /anonymous/token', 'GET /.well-known/openid-configuration']);
  });

  it.each([
    ['another page', page(404)],
    ['JSON of something else', json({ hello: 'world' })],
  ])('is not a tenant if the host does not describe itself as one: %s', async (_, other) => {
    const tenant = scriptedConnection([page(404), other], { management: undefined });
    expect(await failureOf(() => createSession(tenant, request, explainRefusal))).toMatchObject({
      code: 'tenant_unreachable',
      message:
        'acme.example does not look like an Auth0 tenant: no OpenID configuration and no POST /anonymous/token (404).',
      hint: expect.stringContaining('Check the domain'),
    });
  });

  it('has no /anonymous/logout either', async () => {
    const tenant = scriptedConnection([text(404), discovery], { edition: 'ea' });
    expect(await failureOf(() => logOut(tenant, { clientId: 'abc' }))).toMatchObject({
      code: 'gate_closed',
      message: 'acme.example lacks the anonymous sessions feature: no POST /anonymous/logout (404).',
    });
    const unknown = scriptedConnection([text(404)], { edition: undefined, management: undefined });
    expect(await logOut(unknown, { clientId: 'abc' })).toBe(false);
  });

  it('ends token create with 5, and doctor --probe finds the feature closed', async () => {
    const machine = await freshMachine();
    const { url } = await servedAnswer(async (asked) =>
      asked.url.endsWith('/openid-configuration')
        ? Response.json({ issuer: `https://${new URL(asked.url).host}/` })
        : new Response('Not Found', { status: 404 }),
    );
    await machine.done('login', 'plain', '--no-check', '--domain', url);
    expect(await machine.run('token', 'create', '--app', 'abc', '--api', 'https://shop')).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('lacks the anonymous sessions feature'),
    });
    const doctor = await machine.run('doctor', '--probe', '--app', 'abc', '--api', 'https://shop', '--json');
    expect(doctor.code).toBe(5);
    const { checks } = JSON.parse(doctor.stdout);
    const feature = checks.find(({ check }: { check: string }) => check === 'feature');
    expect(feature).toMatchObject({ state: 'closed', finding: 'the tenant does not have anonymous sessions' });
  });
});

it('a page with 403 leaves the cause unknown: the feature may be missing, or a firewall refused', async () => {
  const tenant = scriptedConnection([page(403)], { management: undefined });
  expect(await failureOf(() => createSession(tenant, request, explainRefusal))).toMatchObject({
    code: 'response_invalid',
    message: 'The tenant answered POST /anonymous/token with 403 and an HTML page, not JSON.',
    hint: expect.stringMatching(/may lack the anonymous sessions feature, or a firewall/),
  });
});

it.each([500, 502, 503, 504, 520, 530, 408])('a page with %i is a failure of the service', async (status) => {
  for (const answer of [page(status), json({ message: 'Upstream timed out' }, status)]) {
    const error = await failureOf(() =>
      createSession(scriptedConnection([answer], { management: undefined }), request, explainRefusal),
    );
    expect(error.code).toBe('server_error');
    expect(error.hint).toMatch(/try again/i);
    expect(error.hint).not.toContain('doctor');
  }
});

it('a refusal without a code of the service still has its words', async () => {
  const tenant = scriptedConnection([json({ message: 'Blocked by policy 7' }, 403)], { management: undefined });
  expect((await failureOf(() => createSession(tenant, request, explainRefusal))).message).toBe(
    'The tenant answered POST /anonymous/token with 403. The tenant reported: "Blocked by policy 7"',
  );
});
