import { describe, expect, it } from 'vitest';
import { documentNamed, freshMachine, type Machine, openMachine } from '../../../support/command.ts';

interface Serving {
  readonly url: string;
  /** Asks for a guest's tokens. */
  guest(members?: object): Promise<void>;
}

/** Serves the local tenant while `use` works. */
async function whileServed(
  machine: Machine,
  use: (serving: Serving) => Promise<void>,
  ...options: string[]
): Promise<string> {
  const listening = machine.printed('}');
  const serving = machine.run('local', 'start', '--port', '0', '--http', '--json', ...options);
  await Promise.race([listening, serving]);
  const { issuer } = (await machine.done('local', 'show', '--json')).json;
  const url = `http://localhost:${new URL(issuer).port}`;
  const { client_id } = await documentNamed(machine.store, 'client', 'web');
  const guest = async (members: object = {}) => {
    const body = JSON.stringify({ client_id, audience: 'https://api.shop.example', ...members });
    const headers = { 'content-type': 'application/json' };
    await fetch(`${url}/anonymous/token`, { method: 'POST', headers, body });
  };
  await use({ url, guest });
  machine.interrupt();
  return (await serving).stderr;
}

const plain = (text: string) => text.replaceAll(/anon\|[\da-f-]{36}/g, 'anon|…');
const enable = 'POST    /anonymous/token        403  web  unauthorized_client  → anon-cli app enable web\n';

describe('local logs', () => {
  it('prints the lines of local start, each with the command that opened the gate at that time', async () => {
    const machine = await freshMachine();
    await whileServed(machine, async ({ url, guest }) => {
      await guest();
      // The explanation is by the settings while it is made, which is what this waits for.
      expect((await machine.done('local', 'logs')).stdout).toBe(enable);
      await machine.open();
      await guest();
      await fetch(`${url}/.well-known/jwks.json?x=y`);
      expect(plain((await machine.done('local', 'logs')).stdout)).toBe(
        `${enable}POST    /anonymous/token        200  web  anon|…  created\nGET     /.well-known/jwks.json  200\n`,
      );
      expect((await machine.done('local', 'logs', '--limit', '1')).stdout).toBe(
        'GET     /.well-known/jwks.json  200\n',
      );
      expect((await machine.done('local', 'logs', '--status', '4xx')).stdout).toBe(enable);
    });
  });

  it('prints everything about them with --json', async () => {
    const machine = await freshMachine();
    await whileServed(machine, async ({ guest }) => {
      await guest();
      const [refused, ...others] = (await machine.done('local', 'logs', '--json', '--app', 'web')).json;
      expect(others).toEqual([]);
      expect(refused).toMatchObject({
        ...{ seq: 1, status: 403, outcome: 'refused', error: 'unauthorized_client', app: 'web' },
        ...{ gate: 'application', command: 'anon-cli app enable web', tokens: [] },
      });
      expect((await machine.done('local', 'logs', '--field', '*.gate')).stdout).toBe('application\n');
    });
  });

  it('says that there are none', async () => {
    const machine = await freshMachine();
    await whileServed(machine, async ({ guest }) => {
      expect(await machine.done('local', 'logs')).toMatchObject({ stdout: '', stderr: 'No requests.\n' });
      await guest();
      expect((await machine.done('local', 'logs', '--guest', 'anon|1', '--json')).json).toEqual([]);
    });
  });

  it('follows until Ctrl-C, which is no failure', async () => {
    const machine = await openMachine();
    let followed: ReturnType<Machine['run']> | undefined;
    await whileServed(machine, async ({ url, guest }) => {
      await guest();
      const first = machine.printed('created');
      followed = machine.run('local', 'logs', '--follow', '--app', 'web');
      await first;
      const second = machine.printed('invalid_target');
      await fetch(`${url}/.well-known/jwks.json`);
      await guest({ audience: 'nothing' });
      await second;
    });
    expect(await followed).toMatchObject({ code: 0, stderr: '' });
    expect(plain((await followed)?.stdout ?? '')).toBe(
      'POST    /anonymous/token        200  web  anon|…  created\nPOST    /anonymous/token        400  web  invalid_target\n',
    );
  });

  it('prints an object on a line for each with --follow --json', async () => {
    const machine = await openMachine();
    let followed: ReturnType<Machine['run']> | undefined;
    await whileServed(machine, async ({ guest }) => {
      await guest();
      const second = machine.printed('"seq":2');
      followed = machine.run('local', 'logs', '--follow', '--json');
      await guest();
      await second;
    });
    const lines = (await followed)?.stdout.trimEnd().split('\n') ?? [];
    expect(lines.map((line) => JSON.parse(line).seq)).toEqual([1, 2]);
  });

  it.each([[[]], [['--follow']]])('needs a running server: %j', async (options) => {
    const machine = await freshMachine();
    const missing = {
      code: 6,
      stdout: '',
      stderr:
        'error: No server of the local tenant is running, or it was started with --no-control.\n' +
        'hint:  Start it in another terminal: anon-cli local start\n',
    };
    expect(await machine.run('local', 'logs', ...options)).toMatchObject(missing);
    const use = async () => expect(await machine.run('local', 'logs', ...options)).toMatchObject(missing);
    await whileServed(machine, async () => void (await use()), '--no-control');
  });

  it.each([
    ['--status', '40', '--status must be a status such as 403 or 4xx.'],
    ['--limit', '0', '--limit must be a whole number from 1 to 10000.'],
    ['--limit', '10001', '--limit must be a whole number from 1 to 10000.'],
  ])('refuses %s %s', async (flag, value, message) => {
    const ran = await (await freshMachine()).run('local', 'logs', flag, value);
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
  });

  it('is for the local tenant only', async () => {
    const machine = await freshMachine();
    machine.terminal.stdin = 's3cretsOfAcme';
    const login = ['--no-check', '--domain', 'acme.example', '--client-id', 'x', '--client-secret', '-'];
    await machine.done('login', 'acme', ...login);
    expect(await machine.run('local', 'logs', '--profile', 'acme')).toMatchObject({
      code: 7,
      stderr: expect.stringContaining("Profile 'acme' is for acme.example"),
    });
  });
});

describe('local start', () => {
  it('prints the commands that it has recorded', async () => {
    const machine = await freshMachine();
    const listening = machine.printed('Ctrl-C');
    const serving = machine.run('local', 'start', '--port', '0', '--http');
    await listening;
    const { issuer } = (await machine.done('local', 'show', '--json')).json;
    const { client_id } = await documentNamed(machine.store, 'client', 'web');
    const body = new URLSearchParams({ client_id: String(client_id), audience: 'https://api.shop.example' });
    await Promise.all(
      [1, 2].map(() => fetch(`http://localhost:${new URL(issuer).port}/anonymous/token`, { method: 'POST', body })),
    );
    expect((await machine.done('local', 'logs')).stdout).toBe(enable + enable);
    machine.interrupt();
    expect((await serving).stderr).toBe(`${enable}${enable}\nStopped.\n`);
  });
});
