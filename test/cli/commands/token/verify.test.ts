import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tokenVerifyCommand } from '../../../../src/cli/commands/token/verify.ts';
import {
  freshMachine,
  type Machine,
  openMachine,
  parsed,
  servedAnswer,
  servedTenant,
  useRemote,
} from '../../../support/command.ts';
import { openGates, testKeys } from '../../../support/local.ts';
import { otherRsa, part, rsa, sign } from '../../../support/tokens.ts';
import { goodClaims, goodToken } from '../../../support/verification.ts';

const shop = 'https://api.shop.example';

interface Check {
  check: string;
  ok?: boolean;
  skipped?: true;
  detail: string;
}

function checkNamed(json: { checks: Check[] }, name: string): Check | undefined {
  return json.checks.find(({ check }) => check === name);
}

async function accessToken(machine: Machine): Promise<string> {
  return (await machine.done('token', 'create', '--field', 'access_token')).stdout.trim();
}

/** A tenant elsewhere, as the current profile, whose guests may have tokens; and one of those. */
async function remoteMachine() {
  const machine = await freshMachine();
  const tenant = await servedTenant(machine.clock);
  await useRemote(machine, tenant);
  const [client] = (await tenant.store.list('client')).filter(({ name }) => name === 'web');
  const [server] = (await tenant.store.list('resource_server')).filter(({ name }) => name === 'shop');
  await openGates(tenant.store, { client: String(client?.client_id), resource_server: String(server?.id) });
  const token = await accessToken(machine);
  const fetched = () => tenant.requests.filter(({ path }) => path === '/.well-known/jwks.json').length;
  const before = fetched();
  return { machine, tenant, token, fetched: () => fetched() - before };
}

describe('token verify --field', () => {
  it('ends with 3 for claims that a bad token cannot have, not with a usage error', async () => {
    const { run, done } = await openMachine();
    expect(await run('token', 'verify', 'a.b.c', '--field', 'claims.sub')).toMatchObject({ code: 3, stdout: '' });
    expect(await run('token', 'verify', 'a.b.c', '--field', 'claimsub')).toMatchObject({ code: 2, stdout: '' });
    const guest = (await done('token', 'create', '--field', 'access_token')).stdout.trim();
    const shown = await run('token', 'verify', guest, '--no-guest', '--field', 'claims.aud');
    expect(shown).toMatchObject({ code: 3, stdout: `${shop}\n` });
    expect((await run('token', 'verify', guest, '--field', 'clams')).code).toBe(2);
  });
});

describe('token verify with a valid token', () => {
  it('lists every check with its outcome', async () => {
    const machine = await openMachine();
    const { stdout, stderr } = await machine.done(
      'token',
      'verify',
      await accessToken(machine),
      '--guest',
      '--api',
      'shop',
    );
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^✔ ok {7}form {7}three parts of canonical base64url\n/);
    expect(stdout).toMatch(/\n✔ ok {7}signature {2}key \S+ of https:\/\/localhost:4400\/\n/);
    expect(stdout).toContain(`\n✔ ok       aud        ${shop}\n`);
    expect(stdout).toContain('\n– skipped  nbf        not set\n');
    expect(stdout).toContain("\n✔ ok       guest      a guest: 'sub' begins with anon|\n");
    expect(stdout).toMatch(/\n\n✔ Valid: every requested check passed\n$/);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('lists every check as JSON, with the claims', async () => {
    const machine = await openMachine();
    const token = await accessToken(machine);
    const { json } = await machine.done('token', 'verify', token, '--json');
    expect(Object.keys(json)).toEqual(['valid', 'checks', 'claims']);
    expect(json.valid).toBe(true);
    expect(json.claims).toMatchObject({ iss: 'https://localhost:4400/', aud: shop, scope: 'read:catalog write:cart' });
    expect(checkNamed(json, 'signature')).toEqual({ check: 'signature', ok: true, detail: expect.any(String) });
    expect(checkNamed(json, 'scope')).toEqual({
      check: 'scope',
      skipped: true,
      detail: 'no required scopes given (--scopes)',
    });
    expect((await machine.done('token', 'verify', token, '--field', 'valid')).stdout).toBe('true\n');
  });

  it.each(['preview', 'ea'] as const)('works in edition %s', async (edition) => {
    const machine = await openMachine({ edition });
    await machine.done('token', 'verify', await accessToken(machine), '--guest', '--scope', 'read:catalog,write:cart');
  });
});

describe('where token verify takes its token from', () => {
  it('can be stdin or a file, also after Bearer', async () => {
    const machine = await openMachine();
    const token = await accessToken(machine);
    await machine.done('token', 'verify', `@${machine.file('token.txt', `Bearer ${token}\n`)}`);
    await machine.done('token', 'verify', `Bearer ${token}`);
    for (const args of [['-'], []]) {
      machine.terminal.stdin = `${token}\n`;
      await machine.done('token', 'verify', ...args);
    }
  });

  it('defaults to the saved token, for its own API', async () => {
    const machine = await openMachine();
    await machine.done('token', 'create');
    const { json } = await machine.done('token', 'verify', '--json');
    expect(checkNamed(json, 'aud')).toEqual({ check: 'aud', ok: true, detail: shop });
    machine.terminal.interactive = true;
    await machine.done('token', 'verify');
  });

  it.each(['', '\n', ' \r\n\t', '\ufeff', '\ufeff\u200b\n'])(
    'is never the saved session if stdin is empty: %j',
    async (stdin) => {
      const machine = await openMachine();
      await machine.done('token', 'create');
      machine.terminal.stdin = stdin;
      expect(await machine.run('token', 'verify')).toMatchObject({
        code: 3,
        stdout: expect.stringContaining('empty'),
        stderr:
          'error: stdin is empty; expected a token.\n' +
          "hint:  Did the command before the pipe fail? To use the saved session instead, add '< /dev/null'\n",
      });
      const path = machine.file('token.txt', stdin);
      expect(await machine.run('token', 'verify', `@${path}`, '--json')).toMatchObject({
        code: 3,
        stdout: expect.stringContaining('"valid": false'),
        stderr: expect.stringContaining(`${path} is empty; expected a token.`),
      });
      expect(await machine.run('token', 'verify', stdin)).toMatchObject({
        code: 3,
        stdout: expect.stringContaining('form'),
      });
    },
  );

  it('is an error if nothing is saved either', async () => {
    const { run } = await freshMachine();
    expect(await run('token', 'verify')).toMatchObject({
      code: 2,
      stderr:
        'error: No token given, and no saved session to use instead.\n' +
        'hint:  Pass a token, or pipe it in. To create a session: anon-cli token create\n',
    });
  });

  it('is an error if the file does not exist, and an empty file or stdin is not a token', async () => {
    const machine = await freshMachine();
    expect(await machine.run('token', 'verify', '@/nowhere')).toMatchObject({
      code: 2,
      stderr: 'error: /nowhere cannot be read: no such file.\n',
    });
    machine.terminal.stdin = '';
    const { code, stdout } = await machine.run('token', 'verify', '-');
    expect({ code, stdout }).toMatchObject({ code: 3, stdout: expect.stringContaining('empty') });
  });
});

describe('token verify with a bad token ends with 3, and names the problem', () => {
  it('in text on stdout, and in a line on stderr without its contents', async () => {
    const machine = await openMachine();
    const token = await accessToken(machine);
    const { code, stdout, stderr } = await machine.run('token', 'verify', token, '--no-guest', '--scopes', 'admin');
    expect(code).toBe(3);
    expect(stdout).toContain('✘ failed   scope      lacks admin\n');
    expect(stdout).toMatch(/\n✘ Not valid: an API should reject this token\n$/);
    expect(stderr).toBe('error: The token is not valid: scope, guest.\n');
  });

  it('as JSON, on both', async () => {
    const machine = await openMachine();
    const { json, code, stderr } = await machine.run('token', 'verify', 'nonsense', '--json');
    expect(code).toBe(3);
    expect(Object.keys(json)).toEqual(['valid', 'checks']);
    expect(json.valid).toBe(false);
    expect(checkNamed(json, 'form')).toMatchObject({ ok: false });
    expect(checkNamed(json, 'exp')).toMatchObject({ skipped: true, detail: 'not reached: form failed' });
    expect(JSON.parse(stderr).error).toMatchObject({
      code: 'token_unacceptable',
      hint: 'Is the token complete and unchanged? To look inside: anon-cli token decode',
      exit_code: 3,
    });
  });

  it.each([
    [
      'the session token',
      'session_token',
      'kind',
      'Pass an access token. To look inside this one: anon-cli token decode',
    ],
    [
      'one of another tenant',
      'foreign',
      'signature',
      'Is the token from another tenant? Pass --profile <profile> or --jwks <url|file>.',
    ],
  ])('%s', async (_, which, check, hint) => {
    const machine = await openMachine();
    const { stdout } = await machine.done('token', 'create', '--field', which === 'foreign' ? 'access_token' : which);
    const foreign = await sign(goodClaims, otherRsa.privateKey, { alg: 'RS256', kid: String(testKeys.signing.kid) });
    machine.terminal.stdin = which === 'foreign' ? foreign : stdout;
    const { code, stderr } = await machine.run('token', 'verify', '-');
    expect({ code, stderr }).toEqual({ code: 3, stderr: `error: The token is not valid: ${check}.\nhint:  ${hint}\n` });
  });

  it('in one line for all checks that were not reached', async () => {
    const { run } = await openMachine();
    expect((await run('token', 'verify', 'nonsense')).stdout).toBe(
      '✘ failed   form       a signed JWT has 3 dot-separated parts; this has 1\n' +
        '– 12 checks skipped (not an access token)\n' +
        '\n✘ Not valid: an API should reject this token\n',
    );
  });

  it('a session token in the JWT format, whose signature is good', async () => {
    const machine = await openMachine();
    await machine.done('tenant', 'set-format', 'jwt');
    machine.terminal.stdin = (await machine.done('token', 'create', '--field', 'session_token')).stdout;
    const { json, code } = await machine.run('token', 'verify', '-', '--json');
    expect(code).toBe(3);
    expect(checkNamed(json, 'kind')?.detail).toContain("'typ' is that of a session token");
  });

  it('an expired one, unless the clock tolerance covers it', async () => {
    const machine = await openMachine();
    await machine.done('api', 'enable', 'shop', '--scopes', 'read:catalog', '--token-lifetime', '1h');
    const token = await accessToken(machine);
    machine.clock.forward(3610);
    expect(await machine.run('token', 'verify', token)).toMatchObject({
      code: 3,
      stderr: 'error: The token is not valid: exp.\nhint:  Get a new token: anon-cli token create\n',
    });
    await machine.done('token', 'verify', token, '--clock-tolerance', '11s');
    expect(await machine.run('token', 'verify', token, '--clock-tolerance', '10s')).toMatchObject({ code: 3 });
  });

  it('one for another API, or from another issuer', async () => {
    const machine = await openMachine();
    const token = await accessToken(machine);
    const { json } = await machine.run('token', 'verify', token, '--audience', 'x', '--issuer', 'https://y/', '--json');
    expect(checkNamed(json, 'aud')).toMatchObject({ ok: false, detail: `${shop}; expected x` });
    expect(checkNamed(json, 'iss')).toMatchObject({ ok: false });
  });
});

describe('which API a token must be for', () => {
  it("is the given one, then ANON_API, then the profile's; otherwise it is not checked", async () => {
    const machine = await openMachine();
    const token = await accessToken(machine);
    const audOf = async (...args: string[]) =>
      checkNamed((await machine.run('token', 'verify', token, '--json', ...args)).json, 'aud');
    expect(await audOf('--api', 'shop')).toMatchObject({ ok: true });
    await machine.done('api', 'create', 'other', '--audience', 'https://other.example');
    expect(await audOf('--api', 'other')).toMatchObject({ ok: false });
    machine.env.ANON_API = 'other';
    expect(await audOf()).toMatchObject({ ok: false });
    delete machine.env.ANON_API;
    expect(await audOf()).toMatchObject({ skipped: true });
    await machine.done('profile', 'set', 'api', 'other');
    expect(await audOf()).toMatchObject({
      ok: false,
      detail: expect.stringContaining('; expected https://other.example'),
    });
  });

  it('is an audience if there are no credentials to look it up', async () => {
    const { machine, tenant, token } = await remoteMachine();
    await machine.done('login', 'bare', '--no-check', '--domain', tenant.url);
    const before = tenant.requests.length;
    await machine.done('token', 'verify', token, '--api', shop, '--guest', '--profile', 'bare');
    expect(tenant.requests.slice(before).map(({ path }) => path)).toEqual(['/.well-known/jwks.json']);
  });
});

describe("a tenant's keys", () => {
  it('are fetched once, saved in a file, and used until they are too old', async () => {
    const { machine, token, fetched } = await remoteMachine();
    await machine.done('token', 'verify', token);
    await machine.done('token', 'verify', token);
    expect(fetched()).toBe(1);
    expect(readdirSync(join(machine.folder, 'data', 'keys'))).toHaveLength(1);
    machine.clock.forward(601);
    await machine.done('token', 'verify', token);
    expect(fetched()).toBe(2);
  });

  it('are fetched once more for tokens with unknown key ids, however many', async () => {
    const { machine, token, fetched } = await remoteMachine();
    await machine.done('token', 'verify', token);
    for (const kid of ['a', 'b', 'c', '__proto__']) {
      const forged = await sign(goodClaims, otherRsa.privateKey, { alg: 'RS256', kid });
      expect(await machine.run('token', 'verify', forged)).toMatchObject({ code: 3 });
    }
    expect(fetched()).toBe(2);
  });

  it('are not fetched with --offline, and nothing else is', async () => {
    const { machine, tenant, token } = await remoteMachine();
    const before = tenant.requests.length;
    expect(await machine.run('token', 'verify', token, '--offline')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`No saved keys for ${tenant.issuer}, and --offline prevents fetching them.`),
    });
    expect(tenant.requests).toHaveLength(before);
    await machine.done('token', 'verify', token);
    await tenant.close();
    machine.clock.forward(3600);
    await machine.done('token', 'verify', token, '--offline', '--api', shop);
    const [, ...rest] = token.split('.');
    const newer = [part({ alg: 'RS256', kid: 'newer' }), ...rest].join('.');
    expect((await machine.run('token', 'verify', newer, '--offline')).stderr).toMatch(
      /signature \(the saved key set of https:\S+ has no key newer\)\.\nhint: {2}The tenant may have new keys\. Verify once without --offline\./,
    );
  });

  it('that cannot be fetched leave the token unchecked', async () => {
    const { machine, tenant, token } = await remoteMachine();
    await tenant.close();
    expect(await machine.run('token', 'verify', token)).toMatchObject({ code: 6, stdout: '' });
  });

  it('are not fetched for something that is not a token', async () => {
    const { machine, tenant } = await remoteMachine();
    const before = tenant.requests.length;
    for (const text of ['x', 'a.b.c', 'ANONYMOUS_SESSION_x.y.z'])
      expect(await machine.run('token', 'verify', text, '--api', 'shop')).toMatchObject({ code: 3 });
    expect(tenant.requests).toHaveLength(before);
  });

  it('are available for the embedded tenant, so that nothing is saved', async () => {
    const machine = await openMachine();
    await machine.done('token', 'verify', await accessToken(machine), '--offline');
    expect(existsSync(join(machine.folder, 'data', 'keys'))).toBe(false);
  });
});

describe('with --jwks', () => {
  const set = JSON.stringify({ keys: [{ ...rsa.publicJwk, kid: 'k1' }] });

  it("any issuer's tokens can be checked: with a file, offline and without a profile", async () => {
    const { done, run, file, statePath } = await freshMachine({ seeded: false });
    const path = file('keys.json', set);
    const token = await goodToken();
    const { json } = await done('token', 'verify', token, '--jwks', path, '--json');
    expect(checkNamed(json, 'iss')).toMatchObject({ skipped: true });
    expect(checkNamed(json, 'aud')).toMatchObject({ skipped: true });
    await done('token', 'verify', token, '--jwks', path, '--issuer', goodClaims.iss, '--audience', goodClaims.aud);
    expect(await run('token', 'verify', token, '--jwks', path, '--issuer', 'https://other.example/')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('The token is not valid: iss.'),
    });
    const pem = file('key.pem', rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString());
    await done('token', 'verify', token, '--jwks', pem);
    const other = file('other.json', JSON.stringify(otherRsa.publicJwk));
    expect(await run('token', 'verify', token, '--jwks', other)).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("hint:  Does --jwks have the keys of the token's issuer?"),
    });
    expect(existsSync(statePath)).toBe(false);
  });

  it('the keys of an address are saved too', async () => {
    const { done, clock } = await freshMachine({ seeded: false });
    const asked: string[] = [];
    const { url } = await servedAnswer(async (request) => {
      asked.push(new URL(request.url).pathname + new URL(request.url).search);
      return new Response(set, { headers: { 'cache-control': 'max-age=120' } });
    });
    const args = ['token', 'verify', await goodToken(), '--jwks', `${url}/keys?a=b`];
    await done(...args);
    await done(...args);
    await done(...args, '--offline');
    expect(asked).toEqual(['/keys?a=b']);
    clock.forward(121);
    await done(...args);
    expect(asked).toHaveLength(2);
  });

  it.each<[string, () => Response]>([
    ['a page', () => new Response('<html>')],
    ['a redirect', () => new Response('', { status: 302, headers: { location: 'https://e.example/' } })],
    ['nothing', () => new Response('')],
    ['that there is nothing', () => new Response('{}', { status: 404 })],
  ])('an address that returns %s leaves the token unchecked', async (_, answer) => {
    const { run } = await freshMachine({ seeded: false });
    const { url } = await servedAnswer(async () => answer());
    expect(await run('token', 'verify', await goodToken(), '--jwks', `${url}/keys`)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^error: The tenant.+\nhint: {2}Does the address serve a JWK Set\? /),
    });
  });

  it.each([
    ['http://issuer.example/jwks.json'],
    ['https://user:hunter22@issuer.example/jwks.json'],
    ['ftp://issuer.example/jwks.json'],
    ['file:///etc/passwd'],
    ['https://'],
  ])('an address must be safe, which %s is not', async (address) => {
    const { run } = await freshMachine({ seeded: false });
    const { code, stderr } = await run('token', 'verify', await goodToken(), '--jwks', address);
    expect(code).toBe(2);
    expect(stderr).toContain('--jwks needs a file, or an https address (or http on this machine) without a user name.');
    expect(stderr).not.toContain('hunter22');
  });

  it('a file must contain a public key, not a shared secret', async () => {
    const { run, file } = await freshMachine({ seeded: false });
    const secret = Buffer.alloc(32, 1);
    const path = file('secret.json', JSON.stringify({ kty: 'oct', k: secret.toString('base64url') }));
    const token = await sign(goodClaims, secret, { alg: 'HS256' });
    expect(await run('token', 'verify', token, '--jwks', path)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /secret\.json has no public key for signatures\.\nhint: {2}Pass the issuer's JWK Set, a JWK or PEM\. A shared secret can't be used/,
      ),
    });
  });
});

describe('what token verify parses', () => {
  it('are at most one token, and its options', async () => {
    expect(await parsed(tokenVerifyCommand)).toEqual([undefined, {}]);
    expect(await parsed(tokenVerifyCommand, '-', '--no-guest', '--offline', '--jwks', 'k', '--scope', 'a')).toEqual([
      '-',
      { guest: false, offline: true, jwks: 'k', scopes: 'a' },
    ]);
    expect(await parsed(tokenVerifyCommand, '--guest')).toEqual([undefined, { guest: true }]);
    await expect(parsed(tokenVerifyCommand, 'a', 'b')).rejects.toMatchObject({ code: 'usage' });
  });

  it.each([
    [['--api', 'a', '--audience', 'b'], "--api and --audience can't be combined: both name the API."],
    [
      ['--api', 'a', '--jwks', 'b'],
      "--api and --jwks can't be combined: --api is looked up at the tenant, which --jwks does not use.",
    ],
    [['--guest', '--no-guest'], "--guest and --no-guest can't be combined."],
    [['--scopes', ' , '], '--scopes is empty.'],
    [['--clock-tolerance', '11m'], "--clock-tolerance can't be longer than 10 minutes."],
    [['--clock-tolerance', '-1'], "'-1' is not a valid duration."],
    [['--clock-tolerance', 'soon'], "'soon' is not a valid duration."],
  ])('and not %j', async (args, message) => {
    const { run } = await freshMachine({ seeded: false });
    const { code, stdout, stderr } = await run('token', 'verify', 'x', ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`error: ${message}\n`);
  });
});
