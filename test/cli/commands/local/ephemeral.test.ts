import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { freshMachine, type Machine } from '../../../support/command.ts';
import { readyOf } from '../../../support/ready.ts';

function writtenOn(machine: Machine): string[] {
  return readdirSync(machine.folder, { recursive: true, encoding: 'utf8' });
}

describe('local start --ephemeral', () => {
  it('writes nothing, and reports what an app needs', async () => {
    const machine = await freshMachine({ seeded: false });
    const before = writtenOn(machine);
    const ready = (await readyOf(machine, ['--http', '--port', '0', '--edition', 'ea'])).json;
    const { url, client_id, control_token } = ready;
    expect(ready).toEqual({
      ...{ url, port: Number(new URL(url).port), issuer: `https://${new URL(url).host}/`, edition: 'ea' },
      ...{ control_url: `${url}/_anon`, control_token },
      ...{ database: null, ca: null, jwks_uri: `${url}/.well-known/jwks.json`, client_id, ephemeral: true },
      audience: 'https://api.shop.example',
      ...{ control_url: `${url}/_anon`, control_token: expect.stringMatching(/^[\w-]{43}$/) },
      curl: `curl ${url}/anonymous/token -d client_id=${client_id} -d audience=https://api.shop.example`,
    });
    expect(client_id).toMatch(/^\w{32}$/);
    expect(writtenOn(machine)).toEqual(before);
  });

  it('leaves the saved tenant and its defaults alone', async () => {
    const machine = await freshMachine();
    await machine.done('app', 'create', 'mobile');
    await machine.done('profile', 'set', 'app', 'mobile', '--profile', 'local');
    const saved = (await machine.done('local', 'env', '--json')).json;
    const state = readFileSync(machine.statePath);
    const { client_id } = (await readyOf(machine, ['--http', '--port', '0'])).json;
    expect(client_id).toMatch(/^\w{32}$/);
    expect(client_id).not.toBe(saved.client_id);
    expect(readFileSync(machine.statePath)).toEqual(state);
  });

  it('cannot be in a database', async () => {
    const machine = await freshMachine();
    expect(
      (await machine.run('local', 'start', '--ephemeral', '--database', 'sqlite', '--json')).jsonError,
    ).toMatchObject({
      ...{ code: 'usage', message: "--ephemeral and --database can't be combined." },
    });
  });
});
