import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { freshMachine, type Machine } from '../../../support/command.ts';
import { readyOf } from '../../../support/ready.ts';

const world = `edition: ea
clock: { frozen-at: 2027-01-01T00:00Z }
apps:
  web: { client-id: pinned, enabled: true }
  other: {}
apis:
  https://shop.example/api: { open: true, scopes: [read:catalog] }
users:
  jane@example.com: {}
guests:
  anna: { id: anna }
`;

async function machineWith(text = world): Promise<{ machine: Machine; file: string }> {
  const machine = await freshMachine({ seeded: false });
  return { machine, file: machine.file('world.yaml', text) };
}

/** The environment of a command that `local exec` runs. */
async function environmentIn(machine: Machine, ...options: string[]): Promise<Record<string, string>> {
  const out = join(machine.folder, 'env.json');
  const program = 'require("node:fs").writeFileSync(process.argv[1], JSON.stringify(process.env))';
  await machine.done('local', 'exec', ...options, '--', process.execPath, '-e', program, out);
  return JSON.parse(readFileSync(out, 'utf8'));
}

describe('a new tenant with a world', () => {
  it('is served by local start --ephemeral, which prints the tokens of its guests', async () => {
    const { machine, file } = await machineWith();
    const { json } = await readyOf(machine, ['--http', '--port', '0', '--seed', file]);
    expect(json).toMatchObject({ edition: 'ea', client_id: 'pinned', audience: 'https://shop.example/api' });
    expect(json.guests).toMatchObject({ anna: { guest_id: 'anon@anna', client_id: 'pinned' } });
    expect(decodeJwt(json.guests.anna.access_token)).toMatchObject({ iss: json.issuer, sub: 'anon@anna' });
  });

  it('is that of the command of local exec, which has the tokens in a variable', async () => {
    const { machine, file } = await machineWith();
    const env = await environmentIn(machine, '--seed', file, '--auto-login', 'JANE@example.com');
    expect(env).toMatchObject({ AUTH0_CLIENT_ID: 'pinned', AUTH0_AUDIENCE: 'https://shop.example/api' });
    const { anna } = JSON.parse(env.ANON_GUESTS ?? '');
    expect(decodeJwt(anna.access_token)).toMatchObject({ iss: env.AUTH0_ISSUER, iat: Date.UTC(2027, 0, 1) / 1000 });
    expect((await environmentIn(machine)).ANON_GUESTS).toBeUndefined();
  });

  it.each([
    [
      ['local', 'start', '--http', '--port', '0', '--seed', 'FILE'],
      '--seed is for a new tenant: it needs --ephemeral.',
    ],
    [['local', 'start', '--ephemeral', '--edition', 'preview', '--seed', 'FILE'], 'FILE has 1 problem.'],
    [
      ['local', 'start', '--ephemeral', '--auto-login', 'joe@example.com', '--seed', 'FILE'],
      "User 'joe@example.com' not found in FILE.",
    ],
    [['local', 'exec', '--edition', 'preview', '--seed', 'FILE', '--', 'true'], 'FILE has 1 problem.'],
  ])('is refused by %j', async (line, message) => {
    const { machine, file } = await machineWith();
    const args = line.map((word) => word.replace('FILE', file));
    const { jsonError } = await machine.run(...args.toSpliced(2, 0, '--json'));
    expect(jsonError).toMatchObject({ message: message.replace('FILE', file) });
  });

  it('is refused with the place of what the tenant cannot have', async () => {
    const { machine, file } = await machineWith(world.replace('open: true', 'open: false'));
    const { stderr, code } = await machine.run('local', 'exec', '--seed', file, '--', 'true');
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining(`${file}:11:3: error: The tenant has no open API for this guest.`),
    ]);
  });
});
