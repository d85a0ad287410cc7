import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freshMachine, openMachine, servedTenant, useRemote } from '../../../support/command.ts';
import { testKeys } from '../../../support/local.ts';

const first = testKeys.signing.kid;

describe('local key', () => {
  it('rotates, lists and revokes a signing key; tokens are verified until then', async () => {
    const machine = await openMachine();
    const { stdout: token } = await machine.done('token', 'create', '--app', 'web', '--field', 'access_token');
    const { stdout } = await machine.done('local', 'key', 'rotate');
    expect(stdout).toMatch(
      /^✔ Created signing key [\w-]{22}\n {2}The previous one, test-key-one, stays in the JWKS until 2026-06-02 12:00:00 UTC,/,
    );
    expect(stdout).toContain('anon-cli local key revoke test-key-one\n');
    expect(
      (await machine.done('local', 'key', 'list')).stdout.split('\n').map((line) => line.split('\t').slice(1)),
    ).toEqual([
      ['signing', 'current', '2026-06-01 12:00:00 UTC', 'after a rotation'],
      ['session', 'current', 'with the tenant', 'after a rotation'],
      ['signing', 'previous', 'with the tenant', '2026-06-02 12:00:00 UTC'],
      [],
    ]);
    machine.terminal.stdin = token;
    expect((await machine.done('token', 'verify', '-')).stdout).toContain('✔ Valid');
    expect((await machine.done('token', 'decode', '-')).stdout).toContain('verified');
    const { json } = await machine.done('local', 'key', 'revoke', first, '--yes', '--json');
    expect(json).toEqual({ kid: first, use: 'signing', revoked: true });
    expect((await machine.run('token', 'verify', '-')).code).toBe(3);
    expect((await machine.done('token', 'decode', '-')).stdout).not.toContain('verified');
  });

  it('leaves a saved session usable after the session key was rotated, and decodes it', async () => {
    const machine = await openMachine();
    const { stdout: token } = await machine.done('token', 'create', '--app', 'web', '--field', 'session_token');
    expect((await machine.done('local', 'key', 'rotate', 'session')).stdout).toContain(
      'opens its tokens until it is revoked',
    );
    await machine.done('token', 'renew');
    machine.terminal.stdin = token;
    const { json } = await machine.done('token', 'decode', '-', '--json');
    expect(json.seal).toMatchObject({ state: 'opened', key: 'an earlier session key of the local tenant' });
  });

  it('asks before it revokes, and refuses a current key', async () => {
    const machine = await freshMachine();
    await machine.done('local', 'key', 'rotate');
    expect(await machine.run('local', 'key', 'revoke', first)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('The tokens that were made with signing key test-key-one will be refused, and'),
    });
    const [{ kid }] = (await machine.done('local', 'key', 'list', '--json')).json;
    expect(await machine.run('local', 'key', 'revoke', kid, '--yes')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Rotate it first: anon-cli local key rotate signing'),
    });
    expect(await machine.run('local', 'key', 'revoke', 'test-key-on', '--yes')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("Did you mean 'test-key-one'?"),
    });
    expect(await machine.run('local', 'key', 'rotate', 'all')).toMatchObject({
      code: 2,
      stderr: "error: 'all' is not a kind of key.\nhint:  Kinds: signing, session\n",
    });
  });

  it.each(['-KkVbq0X3nq2Zb1o4n6v8w', '--kVbq0X3nq2Zb1o4n6v8w'])(
    'takes %s for a key, and not for an option',
    async (kid) => {
      const machine = await freshMachine();
      expect(await machine.run('local', 'key', 'revoke', kid, '--yes')).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(`Key '${kid}' not found`),
      });
      expect(await machine.run('local', 'key', 'revoke', kid, '--yess')).toMatchObject({
        code: 2,
        stderr: expect.stringContaining("Unknown option '--yess'"),
      });
    },
  );

  it('is for the local tenant alone', async () => {
    const machine = await freshMachine();
    await useRemote(machine, await servedTenant(machine.clock));
    expect((await machine.run('local', 'key', 'rotate', '--profile', 'remote')).code).toBe(7);
  });

  it('that is revoked leaves no saved token that the tenant refuses', async () => {
    const machine = await openMachine();
    await machine.done('token', 'create', '--session', 'cart');
    const kids = async (use: string) =>
      (await machine.done('local', 'key', 'list', '--json')).json
        .filter((key: { use: string; state: string }) => key.use === use && key.state === 'previous')
        .map(({ kid }: { kid: string }) => kid);
    for (const use of ['signing', 'session']) await machine.done('local', 'key', 'rotate', use);
    await machine.done('local', 'key', 'revoke', (await kids('signing'))[0], '--yes');
    const { stdout } = await machine.done('token', 'get', '--session', 'cart');
    machine.terminal.stdin = stdout;
    expect((await machine.run('token', 'verify', '--guest')).code).toBe(0);
    // A world may bring other keys, too.
    await machine.done('local', 'seed', machine.file('world.yaml', 'keys: { seed: 7 }'));
    expect((await machine.done('session', 'list', '--json')).json).toEqual([]);
  });

  it('goes along with an export, and an import tells whether tokens stay valid', async () => {
    const machine = await openMachine();
    const [before, after] = [join(machine.folder, 'before.json'), join(machine.folder, 'after.json')];
    await machine.done('local', 'export', '--output', before);
    for (const use of ['signing', 'session']) await machine.done('local', 'key', 'rotate', use);
    await machine.done('local', 'export', '--output', after);
    const { json: keys } = await machine.done('local', 'key', 'list', '--json');
    // The tenant of before knows none of the new keys.
    expect((await machine.done('local', 'import', before, '--yes', '--json')).json.new_keys).toBe(true);
    expect((await machine.done('local', 'import', after, '--yes', '--json')).json.new_keys).toBe(false);
    expect((await machine.done('local', 'key', 'list', '--json')).json).toEqual(keys);
  });
});
