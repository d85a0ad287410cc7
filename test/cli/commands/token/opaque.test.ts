import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CompactEncrypt, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { freshMachine, type Machine, servedTenant, useRemote } from '../../../support/command.ts';
import { openGates, otherTenantKeys } from '../../../support/local.ts';
import { part, rsa } from '../../../support/tokens.ts';

const shop = 'https://api.shop.example';
const opaque = 'V1StGXR8_Z5jdHi6B-myT0pAqu3';

type Members = Record<string, unknown>;

/** A tenant whose answers for tokens are changed by `change`, as the current profile; what is asked of it is counted. */
async function tenantWith(
  change: (answer: Members, request: Members) => Members,
  edition: 'preview' | 'ea' = 'preview',
  answer: (request: Request) => Response | undefined = () => undefined,
) {
  const machine = await freshMachine();
  const tenant = await servedTenant(machine.clock, { edition, tokens: change, answer });
  const [client] = (await tenant.store.list('client')).filter(({ name }) => name === 'web');
  const [server] = (await tenant.store.list('resource_server')).filter(({ name }) => name === 'shop');
  await openGates(tenant.store, { client: String(client?.client_id), resource_server: String(server?.id) });
  await useRemote(machine, tenant);
  const create = (...args: string[]) => machine.run('token', 'create', '--app', 'web', '--api', 'shop', ...args);
  return { machine, tenant, create };
}

const withAccess = (access_token: unknown) => (answer: Members) => ({ ...answer, access_token });

async function savedToken(machine: Machine): Promise<unknown> {
  return (await machine.done('session', 'export', '--json')).json.sessions[0].access_token;
}

describe('an access token that is not a JWT', () => {
  it.each([
    ['a random text', opaque],
    ['a short one', 'abc'],
    ['one with dots', 'ya29.a0AfH6SMBx'],
    ['three parts of nothing', 'x.y.z'],
    ['one that begins as a JWT', 'eyJhbGciOiJSUzI1NiJ9'],
    ['one with padding', 'b3BhcXVl/dG9r+w=='],
  ])('is saved and shown like any other: %s', async (_, token) => {
    const { machine, create } = await tenantWith(withAccess(token));
    const { code, stdout, stderr } = await create();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /\nAccess token {2}\S*… \(opaque, \d+ characters\)\n {2}▪ Opaque: only its issuer can read it \(not a JWT: .+\)\n/,
    );
    expect(await savedToken(machine)).toBe(token);
  });

  it('is reported as opaque in every output format', async () => {
    const { machine, create } = await tenantWith(withAccess(opaque));
    const { json } = await create('--json');
    expect(json).toMatchObject({
      access_token: opaque,
      decoded: {
        access_token: { form: 'opaque', header: {}, times: {}, notes: [expect.stringContaining('not a JWT')] },
      },
    });
    expect((await create('--field', 'access_token')).stdout).toBe(`${opaque}\n`);
    expect((await create('--field', 'decoded.access_token.form')).stdout).toBe('opaque\n');
    expect((await create('--format', 'header')).stdout).toBe(`Authorization: Bearer ${opaque}\n`);
    expect((await create('--format', 'env')).stdout).toContain(`export ACCESS_TOKEN='${opaque}'`);
    expect((await create('--format', 'dotenv')).stdout).toContain(`ACCESS_TOKEN=${opaque}\n`);
    expect((await create('--format', 'ndjson')).stdout).toContain(`"access_token":"${opaque}"`);
    machine.env.GITHUB_OUTPUT = machine.file('output', '');
    expect((await create('--format', 'github')).stdout).toContain(`::add-mask::${opaque}\n`);
    expect((await create('--format', 'curl')).code).toBe(0);
  });

  it('works with every command', async () => {
    const { machine, create } = await tenantWith(withAccess(opaque));
    await create('--meta', 'language=en');
    const { done, run } = machine;
    for (const args of [['show'], ['list'], ['show', '--json'], ['list', '--json']]) await done('session', ...args);
    expect((await done('token', 'get')).stdout).toBe(`${opaque}\n`);
    expect((await done('token', 'get', '--json')).json).toMatchObject({ access_token: opaque, origin: 'kept' });
    for (const command of ['renew', 'update']) {
      expect((await done('token', command)).stdout).toContain('▪ Opaque: ');
      expect((await done('token', command, '--json')).json.decoded.access_token.form).toBe('opaque');
    }
    expect((await done('token', 'decode')).stdout).toMatch(/\nAccess token .*\n {2}▪ Opaque/);
    expect((await done('token', 'decode', '--json')).json.access_token.form).toBe('opaque');
    const answer = (await create('--json')).stdout;
    expect((await done('token', 'decode', answer, '--json')).json).toMatchObject([
      { name: 'session_token' },
      { name: 'access_token', form: 'opaque' },
    ]);
    machine.terminal.stdin = answer;
    expect((await done('token', 'diff', '-', '--json')).json.compared).not.toContain('access_token.header');
    machine.terminal.stdin = undefined;
    const exported = (await done('session', 'export', '--json')).stdout;
    machine.terminal.stdin = exported;
    await done('session', 'import', '--session', 'copy');
    machine.terminal.stdin = undefined;
    expect((await done('token', 'get', '--session', 'copy')).stdout).toBe(`${opaque}\n`);
    await done('claims', 'list', '--app', 'web');
    const probed = await run('doctor', '--probe', '--app', 'web', '--api', 'shop', '--json');
    expect(probed.json.checks.find(({ check }: Members) => check === 'probe')).toMatchObject({ state: 'warning' });
    const many = await done('token', 'create', '--app', 'web', '--api', 'shop', '--count', '3');
    expect(many.stdout.match(new RegExp(opaque, 'g'))).toHaveLength(3);
    const set = await done('setup', '--app', 'web', '--api', 'shop', '--scopes', 'read:catalog', '--yes', '--json');
    expect(set.json.decoded.access_token.form).toBe('opaque');
  });

  it('leaves the guest id to the session token, or unknown if that cannot be read either', async () => {
    const sealed = await tenantWith(withAccess(opaque));
    await sealed.create();
    expect((await sealed.machine.done('session', 'show', '--json')).json.guest_id).toBeNull();
    expect((await sealed.machine.done('session', 'show')).stdout).toMatch(/guest +unknown\n/);
    const readable = await tenantWith(withAccess(opaque));
    await readable.machine.done('tenant', 'set-format', 'jwt', '--yes');
    await readable.create();
    expect((await readable.machine.done('session', 'show', '--json')).json.guest_id).toMatch(/^anon\|/);
    const { stdout } = await readable.create('--count', '1');
    expect(JSON.parse(stdout).guest).toMatch(/^anon\|/);
  });

  it('cannot be verified here, but is not reported as wrong', async () => {
    const { machine, create } = await tenantWith(withAccess('abc'));
    await create();
    const { code, stdout, stderr } = await machine.run('token', 'verify');
    expect(code).toBe(3);
    expect(stdout).toMatch(/^\? unknown {2}form {7}opaque, not a JWT/);
    expect(stdout).toMatch(
      /\n– 12 checks skipped \(form not checked\)\n\n\? Unknown: the token may or may not be valid\n$/,
    );
    expect(stderr).toContain('error: The token could not be checked: form (opaque, not a JWT');
    expect(`${stdout}${stderr}`).not.toMatch(/failed|not valid/i);
    const asJson = await machine.run('token', 'verify', opaque, '--json');
    expect(asJson.json.valid).toBe(false);
    expect(asJson.json.checks[0]).toEqual({ check: 'form', not_checked: true, detail: expect.any(String) });
    expect(asJson.code).toBe(3);
  });

  it('may be encrypted', async () => {
    const token = await new CompactEncrypt(Buffer.from('{"sub":"anon|1"}'))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', iss: 'https://acme.example/' })
      .encrypt(Buffer.from(otherTenantKeys.session.k, 'base64url'));
    const { machine, create } = await tenantWith(withAccess(token));
    expect((await create()).stdout).toMatch(/\nAccess token .*\(JWE, \d+ characters\)\n {2}▪ Encrypted/);
    expect(await savedToken(machine)).toBe(token);
    const { code, stderr } = await machine.run('token', 'verify');
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: expect.stringContaining('could not be checked: kind (encrypted'),
    });
  });
});

describe('a session token of an unknown form', () => {
  it.each(['opaque-session', 'a.b', 'ANONYMOUS_SESSION_x', 'eyJhbGciOiJkaXIifQ..x'])(
    'is saved, shown and sent again: %s',
    async (token) => {
      const sent: unknown[] = [];
      const { machine, create } = await tenantWith((answer, request) => {
        sent.push(request.session_token);
        return { ...answer, session_token: token };
      });
      const { code, stdout } = await create();
      expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/Session token {2}\S*…/) });
      await machine.done('session', 'list');
      await machine.done('token', 'decode');
      expect((await machine.done('session', 'export', '--json')).json.sessions[0].session_token).toBe(token);
      await machine.run('token', 'renew');
      expect(sent).toEqual([undefined]);
      expect((await machine.run('token', 'renew')).stderr).toContain('invalid_session_token');
    },
  );
});

describe('an unusual answer loses nothing', () => {
  it.each<[string, unknown, string]>([
    ['no access token', undefined, 'access_token is required'],
    ['null for one', null, 'access_token must be a non-empty string'],
    ['nothing for one', '', 'access_token must be a non-empty string'],
    ['a number for one', 7, 'access_token must be a non-empty string'],
    ['what would end a line for one', 'a\n::error::b', 'access_token must be a token that fits into a header'],
  ])('%s: the session is saved, the answer is shown, and the command ends with an error', async (_, token, problem) => {
    let good = false;
    const { machine, create } = await tenantWith((answer) => (good ? answer : { ...answer, access_token: token }));
    const { code, json, stderr } = await create('--json');
    expect(code).toBe(1);
    expect(json.session_token).toMatch(/^eyJ/);
    expect(json).not.toHaveProperty('access_token');
    expect(JSON.parse(stderr).error).toMatchObject({
      code: 'response_invalid',
      message: expect.stringContaining(problem),
    });
    const exported = (await machine.done('session', 'export', '--json')).stdout;
    expect(JSON.parse(exported).sessions[0]).not.toHaveProperty('access_token');
    expect((await machine.run('token', 'verify')).stderr).toContain('The saved session has no access token');
    await machine.done('token', 'decode');
    expect(await machine.run('token', 'get')).toMatchObject({ code: 1, stdout: '' });
    good = true;
    expect((await machine.done('token', 'get')).stdout).toMatch(/^eyJ/);
    machine.terminal.stdin = exported;
    await machine.done('session', 'import', '--session', 'copy');
  });

  it.each([
    ['--format', 'header'],
    ['--field', 'access_token'],
  ])('a missing value for %s is an error of the answer, not of the command line', async (...options) => {
    const { create } = await tenantWith((answer) => ({ ...answer, access_token: undefined }));
    const { code, stderr } = await create(...options);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('access_token is required') });
  });

  it.each<[string, Members, Members]>([
    ['seconds as text', { expires_in: '7200' }, { expires_in: 7200 }],
    ['no seconds', { expires_in: undefined }, {}],
    ['null for seconds', { expires_in: null }, {}],
    ['another type of token', { token_type: 'DPoP' }, { token_type: 'DPoP' }],
    ['a type in small letters', { token_type: 'bearer' }, { token_type: 'bearer' }],
    ['no type', { token_type: undefined }, { token_type: 'Bearer' }],
    ['a scope that is null', { scope: null }, {}],
    ['members that nobody knows', { refresh_token: 'x', id_token: null }, {}],
  ])('%s is a normal answer', async (_, members, shown) => {
    const { machine, create } = await tenantWith((answer) => ({ ...answer, ...members }));
    const { code, json } = await create('--json');
    expect({ code, json }).toEqual({ code: 0, json: expect.objectContaining(shown) });
    await machine.done('token', 'renew');
    await machine.done('token', 'get');
  });

  it('a token of another type gets no Bearer header, also when it is saved', async () => {
    const { machine, create } = await tenantWith((answer) => ({ ...answer, token_type: 'DPoP' }));
    expect((await create('--format', 'header')).stdout).toMatch(/^Authorization: DPoP eyJ/);
    expect((await machine.done('token', 'get', '--format', 'header')).stdout).toMatch(/^Authorization: DPoP eyJ/);
  });

  it('tokens are saved and shown even if their keys cannot be fetched, or after Ctrl-C', async () => {
    const keys = (work: () => Response | undefined) => (request: Request) =>
      request.url.endsWith('/.well-known/jwks.json') ? work() : undefined;
    const broken = await tenantWith(
      (answer) => answer,
      'preview',
      keys(() => new Response('<html>', { status: 404 })),
    );
    expect((await broken.create('--json')).json.decoded.access_token.signature.state).toBe('not_checked');
    const stopped = await tenantWith(
      (answer) => answer,
      'preview',
      keys(() => void stopped.machine.interrupt()),
    );
    const { code, json } = await stopped.create('--json');
    expect({ code, json }).toMatchObject({ code: 130, json: { access_token: expect.stringMatching(/^eyJ/) } });
    const folder = join(stopped.machine.folder, 'data', 'credentials');
    const saved = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
    expect(saved.join('')).toContain(json.access_token);
  });
});

describe('an access token that differs from the request', () => {
  const jwt = async (claims: Members) =>
    new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'JWT' }).sign(rsa.privateKey);
  const foreign = (members: Members) => async () => {
    let issuer = '';
    const context = await tenantWith((answer) => ({ ...answer, access_token: token }));
    issuer = context.tenant.issuer;
    const token = await jwt({ iss: issuer, aud: shop, sub: 'anon|1', exp: 4_000_000_000, ...members });
    return context;
  };
  const unsigned = async () => {
    let token = '';
    const context = await tenantWith((answer) => ({ ...answer, access_token: token }));
    token = `${part({ alg: 'none' })}.${part({ iss: context.tenant.issuer, aud: shop, sub: 'anon|1' })}.`;
    return context;
  };
  const stripped = async () => {
    let token = '';
    const context = await tenantWith((answer) => ({ ...answer, access_token: token }));
    token = (await jwt({ iss: context.tenant.issuer, aud: shop, sub: 'anon|1' })).replace(/[^.]*$/, '');
    return context;
  };

  it.each<[string, () => ReturnType<typeof tenantWith>, string]>([
    ['unsigned', unsigned, "it is not signed (alg 'none')"],
    ['without its signature', stripped, 'it has a wrong signature: it was stripped from the token'],
    ['of another issuer', foreign({ iss: 'https://evil.example/' }), 'it has issuer https://evil.example/, not '],
    ['of no issuer', foreign({ iss: undefined }), 'it has no issuer, not '],
    ['for another API', foreign({ aud: 'https://other.example' }), `it is for https://other.example, not for ${shop}`],
    ['for other APIs', foreign({ aud: ['a', 'b'] }), `it is for a, b, not for ${shop}`],
    ['for no API', foreign({ aud: undefined }), `it is for no API, not for ${shop}`],
  ])('is saved and shown with a warning; with --strict it ends with 3: %s', async (_, make, doubt) => {
    const { machine, create } = await make();
    const loose = await create();
    expect({ code: loose.code, stderr: loose.stderr }).toEqual({
      code: 0,
      stderr: expect.stringContaining(`warning: The access token is not as requested: ${doubt}`),
    });
    const strict = await create('--strict');
    expect({ code: strict.code, stderr: strict.stderr }).toEqual({
      code: 3,
      stderr: expect.stringContaining(`error: The access token is not as requested: ${doubt}`),
    });
    expect(strict.stdout).toContain('Access token');
    expect(await savedToken(machine)).toMatch(/^eyJ/);
    for (const command of [['renew'], ['update'], ['get'], ['get', '--json']]) {
      const { code, stdout } = await machine.run('token', ...command, '--strict');
      expect({ code, stdout }).toEqual({ code: 3, stdout: expect.stringMatching(/./) });
    }
    expect((await machine.run('token', 'renew')).stderr).toContain(doubt);
    expect((await machine.run('token', 'get')).stderr).toBe('');
    machine.clock.forward(86_400);
    expect((await machine.run('token', 'get')).stderr).toContain(doubt);
    const setup = ['setup', '--app', 'web', '--api', 'shop', '--scopes', 'read:catalog', '--yes'];
    expect(await machine.run(...setup)).toMatchObject({ code: 0, stderr: expect.stringContaining(doubt) });
    expect(await machine.run(...setup, '--strict')).toMatchObject({ code: 3, stderr: expect.stringContaining(doubt) });
    const many = await create('--count', '2');
    expect(many).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('2 of 2 access tokens are not as requested'),
    });
    expect((await create('--count', '2', '--strict')).code).toBe(3);
  });

  it('causes no warning if it matches, and a note with --strict if that is unknown', async () => {
    const fine = await tenantWith((answer) => answer);
    expect(await fine.create('--strict')).toMatchObject({ code: 0, stderr: '' });
    expect(await fine.machine.run('token', 'get', '--strict')).toMatchObject({ code: 0, stderr: '' });
    const hidden = await tenantWith(withAccess(opaque));
    expect(await hidden.create()).toMatchObject({ code: 0, stderr: '' });
    expect(await hidden.create('--count', '2', '--strict')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(
        'Cannot tell whether all access tokens are as requested: for at least one, it is opaque',
      ),
    });
    expect(await hidden.create('--strict')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('Cannot tell whether the access token is as requested: it is opaque'),
    });
  });
});
