import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { freshMachine, type Machine } from '../../../support/command.ts';

/** Runs `work` while the tenant is served; returns what local start printed. */
async function whileServed(machine: Machine, options: readonly string[], work: () => Promise<void>): Promise<string> {
  const listening = machine.printed(options.includes('--json') ? '}' : 'Ctrl-C');
  const serving = machine.run('local', 'start', '--port', '0', '--http', ...options);
  await Promise.race([listening, serving]);
  await work();
  machine.interrupt();
  return (await serving).stdout;
}

describe('the control endpoints of local start', () => {
  it('answer with the token in local env, as long as the server runs', async () => {
    const machine = await freshMachine();
    const status = async (url: string | undefined, headers = {}) => (await fetch(`${url}/clock`, { headers })).status;
    let printed: Record<string, unknown> = {};
    const stdout = await whileServed(machine, ['--json'], async () => {
      const { ANON_CONTROL_URL: url, ANON_CONTROL_TOKEN: token } = parseEnv(
        (await machine.done('local', 'env')).stdout,
      );
      expect(await status(url, { authorization: `Bearer ${token}` })).toBe(200);
      expect(await status(url)).toBe(401);
      printed = (await machine.done('local', 'env', '--json')).json;
      expect([printed.control_url, printed.control_token]).toEqual([url, token]);
    });
    const { port, control_url, control_token } = JSON.parse(stdout);
    expect(control_url).toBe(`http://localhost:${port}/_anon`);
    expect([printed.control_url, printed.control_token]).toEqual([control_url, control_token]);
  });

  it('are on the start screen', async () => {
    const screen = await whileServed(await freshMachine(), [], async () => {});
    expect(screen).toMatch(/\n {2}control {7}http:\/\/localhost:\d+\/_anon, with the token [\w-]{43}\n/);
  });

  it('have another token at every start', async () => {
    const tokenOf = async () => {
      const stdout = await whileServed(await freshMachine(), ['--json'], async () => {});
      return JSON.parse(stdout).control_token;
    };
    expect(await tokenOf()).not.toBe(await tokenOf());
  });

  it('need no token with --open-control', async () => {
    const machine = await freshMachine();
    const screen = await whileServed(machine, ['--open-control'], async () => {
      const { ANON_CONTROL_URL, ...others } = parseEnv((await machine.done('local', 'env')).stdout);
      expect(others).not.toHaveProperty('ANON_CONTROL_TOKEN');
      expect((await fetch(`${ANON_CONTROL_URL}/clock`)).status).toBe(200);
    });
    expect(screen).toMatch(/ control {7}http:\/\/localhost:\d+\/_anon, without a token\n/);
  });

  it('do not exist with --no-control', async () => {
    const machine = await freshMachine();
    const stdout = await whileServed(machine, ['--no-control', '--json'], async () => {
      expect((await machine.done('local', 'env')).stdout).not.toContain('ANON_CONTROL');
    });
    expect(JSON.parse(stdout)).toMatchObject({ control_url: null, control_token: null });
  });

  it('are either off or open', async () => {
    const machine = await freshMachine();
    expect(await machine.run('local', 'start', '--no-control', '--open-control')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--no-control and --open-control can't be combined."),
    });
  });
});
