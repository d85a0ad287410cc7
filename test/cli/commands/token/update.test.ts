import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { tokenUpdateCommand } from '../../../../src/cli/commands/token/update.ts';
import {
  documentNamed,
  freshMachine,
  type Machine,
  openMachine,
  parsed,
  type Ran,
  servedTenant,
  useRemote,
} from '../../../support/command.ts';

const metadata = ['--field', 'decoded.session_token.claims.metadata'];

/** A machine that remembers a session with this metadata. */
async function withSession(...assignments: string[]): Promise<{ machine: Machine; created: Ran['json'] }> {
  const machine = await openMachine();
  const options = assignments.flatMap((assignment) => ['--meta', assignment]);
  const { json } = await machine.done('token', 'create', ...options, '--json');
  return { machine, created: json };
}

describe('token update', () => {
  it('needs only what is to change, and returns two new tokens for the same guest and session', async () => {
    const { machine, created } = await withSession('language=en');
    machine.clock.forward(60);
    const { json } = await machine.done('token', 'update', '--meta', 'country=US', '--json');
    const { user_id, session_id, created_at, iat, exp } = created.decoded.session_token.claims;
    expect(json.decoded.session_token.claims).toMatchObject({
      ...{ user_id, session_id, created_at, metadata: { language: 'en', country: 'US' } },
      // A full lifetime again.
      ...{ iat: iat + 60, exp: exp + 60 },
    });
    expect(json.decoded.access_token.claims.sub).toBe(user_id);
    expect(json.session_token).not.toBe(created.session_token);
    expect(json.access_token).not.toBe(created.access_token);
  });

  it('shows both tokens, decoded', async () => {
    const { machine } = await withSession();
    const { stdout } = await machine.done('token', 'update', '--meta', 'language=en', '--meta', 'country=US');
    expect(stdout).toMatch(/^✔ Session updated: a new session token and a new access token\n/);
    expect(stdout).toMatch(/metadata +\{"language":"en","country":"US"\}\n/);
    expect(stdout).toContain('✔ signature verified: ');
  });

  it('merges top-level keys, replaces nested objects whole, and removes with --unset', async () => {
    const { machine } = await withSession('language=en', 'cart.items:=3', 'cart.total:=9');
    const update = async (...options: string[]) =>
      (await machine.done('token', 'update', ...options, ...metadata)).json;
    expect(await update('--meta', 'cart.items:=4')).toEqual({ language: 'en', cart: { items: 4 } });
    expect(await update('--unset', 'cart', '--meta', 'country=US')).toEqual({ language: 'en', country: 'US' });
    expect(await update('--unset', 'language', '--unset', 'never-there')).toEqual({ country: 'US' });
    expect(await update('--meta', 'country:=null')).toEqual({});
    expect(await update()).toEqual({});
  });

  it('saves the new tokens for the next command', async () => {
    const { machine } = await withSession();
    for (const key of ['a', 'b', 'c']) await machine.done('token', 'update', '--meta', `${key}=1`);
    const { json } = await machine.done('token', 'decode', '--json');
    expect(json.session_token.claims.metadata).toEqual({ a: '1', b: '1', c: '1' });
  });

  it('asks for the same scopes again, or for the given ones', async () => {
    const { machine } = await withSession();
    const scope = ['--field', 'decoded.access_token.claims.scope'];
    await machine.done('token', 'create', '--scope', 'read:catalog');
    expect((await machine.done('token', 'update', ...scope)).stdout).toBe('read:catalog\n');
    expect((await machine.done('token', 'update', '--scope', 'write:cart', ...scope)).stdout).toBe('write:cart\n');
    expect((await machine.done('token', 'update', ...scope)).stdout).toBe('write:cart\n');
  });

  it("gets another API's access token with --api, and uses that API from then on", async () => {
    const { machine } = await withSession();
    await machine.done('api', 'create', 'news', '--audience', 'urn:news', '--scopes', 'read:articles');
    await machine.done('api', 'enable', 'news', '--scopes', 'read:articles');
    const audience = ['--field', 'decoded.access_token.claims.aud'];
    expect((await machine.done('token', 'update', '--api', 'news', ...audience)).stdout).toBe('urn:news\n');
    expect((await machine.done('token', 'update', ...audience)).stdout).toBe('urn:news\n');
  });

  it('updates a session whose token is an argument or comes from stdin, and leaves the saved one alone', async () => {
    const { machine, created } = await withSession('other=yes');
    const elsewhere = created.session_token;
    await machine.done('token', 'create', '--meta', 'mine=yes');
    const remembered = readFileSync(`${machine.folder}/data/credentials/session~local~default.json`, 'utf8');
    expect(
      (await machine.done('token', 'update', '--session-token', elsewhere, '--meta', 'a=1', ...metadata)).json,
    ).toEqual({ other: 'yes', a: '1' });
    machine.terminal.stdin = `${elsewhere}\n`;
    expect((await machine.done('token', 'update', '--session-token', '-', '--meta', 'b=1', ...metadata)).json).toEqual({
      other: 'yes',
      b: '1',
    });
    expect(readFileSync(`${machine.folder}/data/credentials/session~local~default.json`, 'utf8')).toBe(remembered);
  });

  it('also reads a session token from a file, and warns about one on the command line', async () => {
    const { machine, created } = await withSession('other=yes');
    const path = machine.file('token.txt', `\ufeff${created.session_token}\r\n`);
    const update = ['token', 'update', '--meta', 'a=1', ...metadata, '--session-token'];
    expect(await machine.done(...update, `@${path}`)).toMatchObject({
      stdout: '{"other":"yes","a":"1"}\n',
      stderr: '',
    });
    machine.terminal.stdin = created.session_token;
    expect(await machine.done(...update, '-')).toMatchObject({ stderr: '' });
    const { stderr } = await machine.done(...update, created.session_token);
    expect(stderr).toMatch(/^warning: Other users of this machine can read a token on the command line/);
  });

  it('also works with a JWT-format session token', async () => {
    const machine = await openMachine();
    await machine.done('tenant', 'set-format', 'jwt');
    await machine.done('token', 'create', '--meta', 'a=1');
    await machine.done('tenant', 'set-format', 'jwe');
    const { json } = await machine.done('token', 'update', '--meta', 'b=2', '--json');
    expect(json.decoded.session_token).toMatchObject({ form: 'jwe', claims: { metadata: { a: '1', b: '2' } } });
  });
});

describe('what token update refuses', () => {
  it('includes guessing a session if none is saved', async () => {
    const { run } = await openMachine();
    expect(await run('token', 'update', '--meta', 'a=1')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: "error: Session 'default' not found in profile 'local'.\nhint:  Create it: anon-cli token create\n",
    });
  });

  it('includes a session that has expired', async () => {
    const { machine } = await withSession();
    machine.clock.forward(30 * 86_400);
    const { code, jsonError } = await machine.run('token', 'update', '--json');
    expect(code).toBe(3);
    expect(jsonError).toMatchObject({
      code: 'token_unacceptable',
      service_error: 'session_expired',
      hint: 'Start a new session: anon-cli token create',
    });
  });

  it("includes another tenant's session token, a modified token, and something that is not a token", async () => {
    const { machine, created } = await withSession();
    const changed = `${created.session_token.slice(0, -8)}AAAAAAAA`;
    for (const token of [changed, created.access_token, 'no token at all']) {
      const { code, jsonError } = await machine.run('token', 'update', '--session-token', token, '--json');
      expect(code).toBe(3);
      expect(jsonError).toMatchObject({ status: 400, service_error: 'invalid_session_token' });
    }
  });

  it('includes an empty session token from any source', async () => {
    const { machine } = await withSession();
    const path = machine.file('empty', '\ufeff\n');
    for (const [value, source] of [
      ['-', 'stdin'],
      [`@${path}`, path],
      ['', '--session-token'],
    ] as const) {
      machine.terminal.stdin = ' \n';
      const { code, stderr } = await machine.run('token', 'update', '--session-token', value);
      expect({ code, stderr }).toEqual({ code: 3, stderr: `error: ${source} is empty; expected a token.\n` });
    }
  });

  it('includes reading two values from one stdin', async () => {
    const { machine } = await withSession();
    machine.terminal.stdin = '{"a":1}';
    const { code, stderr } = await machine.run('token', 'update', '--session-token', '-', '--meta-file', '-');
    expect(code).toBe(2);
    expect(stderr).toContain('stdin');
  });

  it('includes a change that makes the metadata too large, with the excess', async () => {
    const { machine } = await withSession(`first=${'a'.repeat(600)}`);
    const { code, stderr } = await machine.run('token', 'update', '--meta', `second=${'b'.repeat(600)}`);
    expect(code).toBe(2);
    expect(stderr).toContain(
      "With this update, the session's metadata is 1224 bytes as JSON, 200 over the limit of 1024.",
    );
    // The same change fits once the other key goes.
    await machine.done('token', 'update', '--meta', `second=${'b'.repeat(600)}`, '--unset', 'first');
  });

  it.each([
    [['--unset', 'cart.items'], "--unset takes a top-level key; 'cart.items' is nested."],
    [['--unset', 'a', '--meta', 'a=1'], "'a' can't be both set and unset."],
    [['--unset', ''], "'' has an empty key."],
  ])('includes %j', async (options, message) => {
    const { machine } = await withSession();
    expect(await machine.run('token', 'update', ...options)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`error: ${message}\n`),
    });
  });

  it('includes a session of another application', async () => {
    const { machine } = await withSession();
    await machine.done('app', 'create', 'kiosk', '--enable');
    const { code, jsonError } = await machine.run('token', 'update', '--app', 'kiosk', '--json');
    expect(code).toBe(3);
    expect(jsonError.service_error).toBe('invalid_session_token');
  });

  it('includes a gate that was closed since, which is named', async () => {
    const { machine } = await withSession();
    await machine.done('app', 'disable', 'web');
    const { code, jsonError } = await machine.run('token', 'update', '--json');
    expect(code).toBe(5);
    expect(jsonError).toMatchObject({ gate: 'application', command: 'anon-cli app enable web' });
  });
});

describe('concurrent token update commands', () => {
  it('lose no update', async () => {
    const { machine } = await withSession();
    const keys = Array.from({ length: 12 }, (_, index) => `k${index}`);
    await Promise.all(keys.map((key) => machine.done('token', 'update', '--meta', `${key}=1`)));
    const { json } = await machine.done('token', 'decode', '--field', 'session_token.claims.metadata');
    expect(Object.keys(json).sort()).toEqual([...keys].sort());
  });
});

describe('token update on a remote tenant', () => {
  it('saves a session for each profile', async () => {
    const machine = await freshMachine();
    const tenant = await servedTenant(machine.clock);
    await useRemote(machine, tenant);
    await machine.open();
    await machine.done('token', 'create', '--meta', 'where=remote');
    expect(await machine.run('token', 'update', '--profile', 'local')).toMatchObject({ code: 1 });
    const { json } = await machine.done('token', 'update', '--meta', 'a=1', '--json');
    const request = tenant.requests.findLast(({ path }) => path === '/anonymous/token');
    expect(JSON.parse(request?.body ?? '')).toMatchObject({
      client_id: (await documentNamed(tenant.store, 'client', 'web')).client_id,
      metadata: { a: '1' },
    });
    // Its session key is not available, and that is no error.
    expect(json.decoded.session_token.seal.state).toBe('sealed');
  });
});

describe('what token update parses', () => {
  it('are all of its options, with --meta and --unset repeated', async () => {
    expect(await parsed(tokenUpdateCommand)).toEqual([{ save: true }]);
    expect(
      await parsed(
        tokenUpdateCommand,
        ...['--meta', 'a=1', '--unset', 'b', '--unset', 'c', '--session-token', '-', '--app', 'web', '--api', 'shop'],
        ...['--session', 'cart', '--no-save', '--replace'],
        ...['--scope', 'x', '--meta-file', '-', '--client-secret', '-', '--json'],
      ),
    ).toEqual([
      {
        ...{ meta: ['a=1'], unset: ['b', 'c'], sessionToken: '-', app: 'web', api: 'shop', scopes: 'x' },
        ...{ metaFile: '-', clientSecret: '-', json: true, session: 'cart', save: false, replace: true },
      },
    ]);
  });
});
