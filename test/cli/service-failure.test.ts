import { describe, expect, it } from 'vitest';
import { failureHint } from '../../src/domain/exchange/answer.ts';
import { freshMachine, openMachine, servedAnswer } from '../support/command.ts';

const errorIn = (stderr: string) => JSON.parse(stderr).error;

const listed = 'To see the faults of the local tenant: anon-cli local fault list';

describe('a tenant that fails ends a command with 6, whatever the endpoint', () => {
  const guest = ['token', 'create', '--app', 'web', '--api', 'shop'];

  describe.each([
    ['/oauth/token', ['app', 'list']],
    ['/api/v2/*', ['app', 'list']],
    ['/anonymous/token', guest],
    ['/anonymous/logout', ['token', 'logout']],
    ['/.well-known/jwks.json', ['token', 'verify']],
    ['/*', ['doctor']],
  ])('%s', (route, command) => {
    it.each([500, 502, 503, 504, 408])('%i, with JSON, a page or nothing', async (status) => {
      for (const body of [[], ['--body', '<html>Down</html>'], ['--body', '']]) {
        const machine = await openMachine({ edition: 'ea' });
        await machine.done(...guest);
        await machine.done('local', 'fault', 'add', '--route', route, '--status', String(status), ...body);
        const { code, stderr } = await machine.run(...command, '--json');
        expect([code, errorIn(stderr)]).toEqual([6, expect.objectContaining({ code: 'server_error', hint: listed })]);
      }
    });

    it('429 with 1: the tenant works, and says when to try again', async () => {
      const machine = await openMachine({ edition: 'ea' });
      await machine.done(...guest);
      await machine.done('local', 'fault', 'add', '--route', route, '--status', '429', '--body', '<html>Slowly</html>');
      const { code, stderr } = await machine.run(...command, '--json');
      expect([code, errorIn(stderr)]).toEqual([1, expect.objectContaining({ code: 'rate_limited' })]);
    });
  });
});

it.each([[], ['--body', '<html>Down</html>']])(
  'doctor goes on where only the OpenID configuration fails, and names the cause: %j',
  async (...body) => {
    const machine = await openMachine();
    const route = '/.well-known/openid-configuration';
    await machine.done('local', 'fault', 'add', '--route', route, '--status', '503', ...body);
    const { json } = await machine.done('doctor', '--json');
    expect(json).toMatchObject({ ok: true, scopes: ['read:catalog', 'write:cart'] });
    const [reachable] = json.checks;
    expect(reachable).toMatchObject({
      check: 'reachable',
      state: 'unknown',
      finding: expect.stringMatching(/^The tenant localhost:4400 is unavailable: it answered GET .* with 503/),
      advice: listed,
    });
  },
);

describe('the hint after a failure', () => {
  it('asks whether it is the local tenant, where the server is on this machine', async () => {
    const machine = await freshMachine();
    const { url } = await servedAnswer(async () => Response.json({}, { status: 503 }));
    await machine.done('login', 'here', '--no-check', '--domain', url);
    const { code, stderr } = await machine.run('token', 'create', '--profile', 'here', '--app', 'a', '--api', 'b');
    expect([code, stderr]).toEqual([6, expect.stringContaining('If that is the local tenant')]);
    expect(stderr).toMatch(/anon-cli local fault list/);
    expect(stderr).not.toContain('auth0.com');
  });

  it('leads to the status of Auth0 for any other', () => {
    const hint = failureHint({ baseUrl: 'https://acme.eu.auth0.com', sessionKeys: undefined });
    expect(hint).toMatch(/https:\/\/status\.auth0\.com$/);
  });
});

it.each(['invalid_session_token', 'invalid_target', 'invalid_client', 'session_expired'])(
  'a 503 is a failure, even with the words of a refusal: %s',
  async (error) => {
    const machine = await openMachine({ edition: 'ea' });
    await machine.done('token', 'create', '--app', 'web', '--api', 'shop');
    await machine.done('local', 'fault', 'add', '--status', '503', '--body', JSON.stringify({ error }));
    for (const command of [
      ['token', 'renew'],
      ['token', 'logout'],
      ['app', 'list'],
    ]) {
      const { code, stderr } = await machine.run(...command, '--json');
      expect([code, errorIn(stderr)]).toEqual([6, expect.objectContaining({ code: 'server_error', hint: listed })]);
    }
  },
);

it('doctor ends at a rate limit, and calls the tenant neither closed nor unreachable', async () => {
  const machine = await openMachine();
  await machine.done('local', 'fault', 'add', '--status', '429');
  const { code, stdout } = await machine.run('doctor', '--json');
  const [reachable, ...others] = JSON.parse(stdout).checks;
  expect([code, reachable.state]).toEqual([1, 'unknown']);
  for (const check of others) {
    expect(check).toMatchObject({ state: 'skipped', finding: "the tenant's rate limit was reached" });
  }
});
