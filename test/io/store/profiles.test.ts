import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkProfileName } from '../../../src/domain/profile/name.ts';
import { profileStore } from '../../../src/io/store/profiles.ts';
import { secretFiles } from '../../../src/io/store/secret-files.ts';
import { childProgram, exitOf } from '../../support/child.ts';
import { noon } from '../../support/domain.ts';
import { modeOf, temporaryFolder } from '../../support/folder.ts';

function openStore(folder = temporaryFolder()) {
  const warnings: string[] = [];
  let running = 0;
  const folders = { config: join(folder, 'config'), data: join(folder, 'data') };
  const secrets = secretFiles({ folders, now: () => noon, warn: (message) => void warnings.push(message) });
  const store = profileStore({
    defaultProfile: 'local',
    folders,
    secrets: async () => secrets,
    now: () => noon,
    warn: (message) => void warnings.push(message),
    async exclusively(work) {
      running += 1;
      expect(running, 'one change at a time').toBe(1);
      return work().finally(() => {
        running -= 1;
      });
    },
  });
  return { store, secrets, warnings, path: join(folder, 'config', 'profiles.json') };
}

const acme = {
  name: 'acme',
  domain: 'acme.eu.auth0.com',
  edition: 'ea',
  credentials: { kind: 'private_key', clientId: 'tool', alg: 'ES256', keyId: 'k1' },
  secrets: 'keyring',
  production: true,
  app: { clientId: 'abc', name: 'web' },
  api: { audience: 'https://api.shop.example', name: 'shop' },
} as const;

describe('profiles', () => {
  it('start with the embedded tenant as the current one, and nothing is written for it', async () => {
    const { store } = openStore();
    expect(await store.list()).toEqual([{ name: 'local' }]);
    expect(await store.get('local')).toEqual({ name: 'local' });
    expect(await store.current()).toBe('local');
  });

  it('are saved completely, readable only by their owner', async () => {
    const { store, path } = openStore();
    await store.change('acme', () => acme);
    expect(await store.get('acme')).toEqual(acme);
    expect(await store.list()).toEqual([{ name: 'local' }, acme]);
    expect(modeOf(path)).toBe('600');
  });

  it('are changed from their previous content, and others stay', async () => {
    const { store } = openStore();
    await store.change('acme', () => acme);
    await store.change('local', (before) => before && { ...before, app: acme.app });
    await store.change('acme', (before) => before && { ...before, app: undefined });
    expect(await store.get('acme')).toEqual({ ...acme, app: undefined });
    expect(await store.get('local')).toEqual({ name: 'local', app: acme.app });
  });

  it('have a current one until it is removed', async () => {
    const { store } = openStore();
    await store.change('acme', () => acme);
    await store.use('acme');
    expect(await store.current()).toBe('acme');
    await store.change('acme', () => undefined);
    expect(await store.get('acme')).toBeUndefined();
    expect(await store.current()).toBe('local');
  });

  it('that do not exist are not found by names that every object has', async () => {
    const { store } = openStore();
    for (const name of ['acme', 'constructor', 'toString', '__proto__']) {
      expect(await store.get(name)).toBeUndefined();
    }
  });

  it('may have any valid profile name', async () => {
    const { store } = openStore();
    const names = ['toString', 'hasOwnProperty', 'local.2', '1'];
    for (const name of names) await store.change(checkProfileName(name), () => ({ name, domain: 'acme.example' }));
    expect((await store.list()).map(({ name }) => name).sort()).toEqual(['local', ...names].sort());
  });

  it('that cannot be read are set aside, and the embedded tenant is the current one again', async () => {
    const { store, path, warnings } = openStore();
    await store.change('acme', () => acme);
    const text = `${readFileSync(path, 'utf8')}}`;
    writeFileSync(path, text);
    expect(await store.list()).toEqual([{ name: 'local' }]);
    expect(warnings).toHaveLength(1);
    expect(readFileSync(`${path}.set-aside-20260601T120000Z`, 'utf8')).toBe(text);
  });

  it('of version 0.1.0 get their secrets moved out of the file without loss', async () => {
    const { store, secrets, path } = openStore();
    const old = {
      version: 1,
      current: 'acme',
      profiles: {
        local: { app: acme.app },
        guest: { domain: 'guest.example' },
        acme: { domain: acme.domain, edition: 'preview', management: { clientId: 'tool', clientSecret: 'hunter2' } },
        other: { domain: 'other.example', management: { clientId: 'second', clientSecret: 'hunter3' } },
      },
    };
    mkdirSync(dirname(path));
    writeFileSync(path, JSON.stringify(old));
    expect(await store.get('acme')).toEqual({
      name: 'acme',
      domain: acme.domain,
      edition: 'preview',
      credentials: { kind: 'client_secret', clientId: 'tool' },
      secrets: 'file',
    });
    expect(await secrets.get('credentials/acme')).toBe('hunter2');
    expect(await secrets.get('credentials/other')).toBe('hunter3');
    expect(await store.current()).toBe('acme');
    expect((await store.list()).map(({ name }) => name)).toEqual(['local', 'guest', 'acme', 'other']);
    expect(await store.get('local')).toEqual({ name: 'local', app: acme.app });
    const text = readFileSync(path, 'utf8');
    expect(text).not.toContain('hunter');
    expect(JSON.parse(text).version).toBe(2);
  });

  it('of version 0.1.0 keep their secrets where these cannot be saved elsewhere', async () => {
    const { store, secrets, path } = openStore();
    mkdirSync(dirname(path));
    const management = { clientId: 'tool', clientSecret: 'hunter2' };
    const old = JSON.stringify({
      version: 1,
      current: 'local',
      profiles: { acme: { domain: 'a.example', management } },
    });
    writeFileSync(path, old);
    secrets.put = async () => {
      throw new Error('no space is left');
    };
    await expect(store.get('acme')).rejects.toThrow('no space is left');
    expect(readFileSync(path, 'utf8')).toBe(old);
  });

  it('lose no change when several processes write at once', async () => {
    const folder = temporaryFolder();
    const [names, times] = [['one', 'two', 'three'], 6];
    const start = await childProgram(new URL('updating-profiles.ts', import.meta.url));
    const codes = await Promise.all(names.map((name) => exitOf(start(folder, name, String(times)))));
    expect(codes).toEqual([0, 0, 0]);
    const { profiles } = JSON.parse(readFileSync(join(folder, 'profiles.json'), 'utf8'));
    const expected = names.flatMap((name) => Array.from({ length: times }, (_, done) => `${name}-${done}`));
    expect(Object.keys(profiles).sort()).toEqual(['local', 'shared', ...expected].sort());
    expect(profiles.shared.app.name).toBe(String(names.length * times));
  });
});
