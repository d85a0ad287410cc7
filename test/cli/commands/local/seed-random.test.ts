import { describe, expect, it } from 'vitest';
import { freshMachine, type Machine } from '../../../support/command.ts';
import { readyOf } from '../../../support/ready.ts';

/** What commands make after a reset with a seed. */
async function madeAfterReset(machine: Machine, seed: string) {
  const reset = await machine.done('local', 'reset', '--yes', '--seed-random', seed, '--json');
  expect(reset.stderr).toContain('anyone can make its tokens');
  await machine.done('local', 'clock', 'freeze', '2027-01-01T00:00Z');
  await machine.done('quickstart');
  const { json } = await machine.done('token', 'create', '--no-save', '--json');
  const app = (await machine.done('app', 'show', 'web', '--json')).json;
  return { accessToken: json.access_token, sessionToken: json.session_token, clientId: app.client_id };
}

describe('--seed-random', () => {
  it('makes the same tokens after each reset, and never the same twice in between', async () => {
    const machine = await freshMachine();
    const made = await madeAfterReset(machine, '42');
    const { json: next } = await machine.done('token', 'create', '--no-save', '--json');
    expect(next.session_token).not.toBe(made.sessionToken);
    expect(await madeAfterReset(machine, '42')).toEqual(made);
    const other = await madeAfterReset(machine, '43');
    expect(other.clientId).not.toBe(made.clientId);
  });

  it('ends with a reset without it', async () => {
    const machine = await freshMachine();
    const { clientId } = await madeAfterReset(machine, '42');
    const resets = [await machine.done('local', 'reset', '--yes', '--json')];
    expect(resets[0]?.stderr).toBe('');
    expect((await machine.done('app', 'show', 'web', '--json')).json.client_id).not.toBe(clientId);
  });

  it('also decides the keys of a rotation, and outlives a snapshot', async () => {
    const machine = await freshMachine();
    const rotated = async () => {
      await machine.done('local', 'reset', '--yes', '--seed-random', '42');
      await machine.done('local', 'snapshot', 'save', 'before', '--replace');
      await machine.done('local', 'snapshot', 'restore', 'before', '--yes');
      return (await machine.done('local', 'key', 'rotate', '--json')).json;
    };
    const { kid } = await rotated();
    expect(kid).toMatch(/^[\w-]{22}$/);
    expect((await rotated()).kid).toBe(kid);
  });

  it('is the same for a tenant in memory, which says so when it starts', async () => {
    const machine = await freshMachine({ seeded: false });
    const options = ['--http', '--port', '0', '--seed-random', '42'];
    const [one, two] = [await readyOf(machine, options), await readyOf(machine, options)];
    expect(one.json.client_id).toBe(two.json.client_id);
    expect(one.stderr).toContain('anyone can make its tokens');
    expect((await readyOf(machine, ['--http', '--port', '0'])).stderr).not.toContain('seed');
  });

  it.each([
    [['local', 'start', '--seed-random', '42'], '--seed-random is for a new tenant: it needs --ephemeral.'],
    [['local', 'reset', '--yes', '--seed-random', 'x'], "'x' is not a seed."],
    [['local', 'reset', '--yes', '--seed-random', '-1'], "'-1' is not a seed."],
    [['local', 'reset', '--yes', '--seed-random', '1234567890123456'], "'1234567890123456' is not a seed."],
  ])('%j is refused', async (args, message) => {
    const machine = await freshMachine();
    expect((await machine.run(...args, '--json')).jsonError).toMatchObject({ code: 'usage', message });
  });
});
