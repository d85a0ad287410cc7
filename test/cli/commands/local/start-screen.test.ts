import { describe, expect, it } from 'vitest';
import { changeDocument, documentNamed, freshMachine, type Machine } from '../../../support/command.ts';

/** What local start prints on stdout until Ctrl-C. */
async function startScreen(machine: Machine): Promise<string> {
  const listening = machine.printed('Ctrl-C');
  const serving = machine.run('local', 'start', '--port', '0', '--http');
  await Promise.race([listening, serving]);
  machine.interrupt();
  return (await serving).stdout;
}

/** The same with --json. */
async function ready(machine: Machine) {
  const serving = machine.run('local', 'start', '--port', '0', '--http', '--json');
  await Promise.race([machine.printed('}'), serving]);
  machine.interrupt();
  return serving;
}

describe('the start screen', () => {
  it('says that the tenant listens before it reads the tenant', async () => {
    const machine = await freshMachine();
    const order: string[] = [];
    const note = (text: string) => machine.printed(text).then(() => order.push(text));
    const all = Promise.all(['Ctrl-C', 'client id', 'listens at'].map(note));
    const serving = machine.run('local', 'start', '--port', '0', '--http');
    await Promise.race([all, serving]);
    machine.interrupt();
    await serving;
    expect(order[0]).toBe('listens at');
  });

  it('has a request for a guest', async () => {
    const machine = await freshMachine();
    const { client_id } = await documentNamed(machine.store, 'client', 'web');
    expect(await startScreen(machine)).toMatch(
      new RegExp(
        String.raw`\nA guest\n  \$ curl http://localhost:\d+/anonymous/token ` +
          `-d client_id=${client_id} -d audience=https://api\\.shop\\.example\n\n$`,
      ),
    );
  });

  it('says what the tenant is for', async () => {
    const screen = await startScreen(await freshMachine());
    expect(screen).toContain('\nFor development only: its login page lets everybody in as every user.\n');
  });

  it('has no request if the audience cannot be shown as it is', async () => {
    const machine = await freshMachine();
    await changeDocument(machine.store, 'resource_server', 'shop', { identifier: 'a\n::set-output name=a::b' });
    const screen = await startScreen(machine);
    expect(screen).toContain('  audience      a\\u000a::set-output name=a::b (shop)\n');
    expect(screen).not.toContain('curl');
    expect(screen).not.toMatch(/^\s*::/m);
  });

  describe('as JSON', () => {
    it('is one line', async () => {
      const { stdout, json } = await ready(await freshMachine());
      expect(stdout).toMatch(/^[^\n]*\n$/);
      expect(json.url).toMatch(/^http:/);
    });

    it("names the profile's defaults", async () => {
      const machine = await freshMachine();
      const { client_id } = (await machine.done('app', 'create', 'mobile', '--json')).json;
      const orders = ['--audience', 'https://orders.example', '--scopes', 'read:orders'];
      await machine.done('api', 'create', 'orders', ...orders);
      expect((await ready(machine)).json).toMatchObject({ client_id: null, audience: null, curl: null });
      await machine.done('profile', 'set', 'app', 'mobile', '--profile', 'local');
      await machine.done('profile', 'set', 'api', 'orders', '--profile', 'local');
      expect((await ready(machine)).json).toMatchObject({ client_id, audience: 'https://orders.example' });
    });

    it('reads documents that lack members with defaults', async () => {
      const machine = await freshMachine();
      const before = (await ready(machine)).json;
      await changeDocument(machine.store, 'resource_server', 'shop', { scopes: undefined });
      const { client_id, audience } = (await ready(machine)).json;
      expect({ client_id, audience }).toEqual({ client_id: before.client_id, audience: before.audience });
    });

    it('names those that are enabled before the others', async () => {
      const machine = await freshMachine();
      const { client_id } = (await machine.done('app', 'create', 'mobile', '--enable', '--json')).json;
      expect((await ready(machine)).json).toMatchObject({ client_id, audience: 'https://api.shop.example' });
    });
  });
});
