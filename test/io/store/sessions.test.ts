import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SecretStore } from '../../../src/domain/profile/profile.ts';
import type { SessionStore } from '../../../src/domain/session/saved-session.ts';
import { withLock } from '../../../src/io/files/lock.ts';
import { secretFiles } from '../../../src/io/store/secret-files.ts';
import { type SessionPorts, sessionStore } from '../../../src/io/store/sessions.ts';
import { noon } from '../../support/domain.ts';
import { modeOf, temporaryFolder } from '../../support/folder.ts';

const clock = { now: () => 0, wait: () => new Promise<void>(setImmediate) };

function openStores() {
  const data = temporaryFolder();
  const warnings: string[] = [];
  const ports = {
    folders: { config: data, data },
    now: () => noon,
    warn: (message: string) => void warnings.push(message),
  };
  const secrets = secretFiles(ports);
  const storeOf = (profile: string, more: Partial<SessionPorts> = {}) =>
    sessionStore({
      ...ports,
      profile,
      unnamed: 'default',
      secrets: async () => undefined,
      locked: (path, work) => withLock(path, clock, work),
      ...more,
    });
  return { storeOf, store: storeOf('local'), secrets, warnings, data, folder: join(data, 'credentials') };
}

const session = {
  sessionToken: 'a-session-token',
  accessToken: 'an-access-token',
  clientId: 'abc',
  audience: 'https://api.shop.example',
};
const another = { ...session, sessionToken: 'another' };

describe('a saved session', () => {
  it('belongs to its name and profile, and is readable only by its owner', async () => {
    const { storeOf, store, folder, data } = openStores();
    await store.put('cart', session);
    await store.put('Cart', another);
    await storeOf('acme').put('cart', { ...session, metadata: { language: 'en' }, sessionEndsAtMs: null });
    expect(await store.get('cart')).toEqual(session);
    expect(await store.get('Cart')).toEqual(another);
    expect(await storeOf('acme').get('cart')).toEqual({
      ...session,
      ...{ metadata: { language: 'en' }, sessionEndsAtMs: null },
    });
    expect(await store.get('other')).toBeUndefined();
    expect(await store.names()).toEqual(['Cart', 'cart']);
    const file = join(folder, 'session~local~cart.json');
    const names = join(data, 'session-names', 'local');
    expect([folder, names].map(modeOf)).toEqual(['700', '700']);
    expect([file, join(names, 'cart.lock')].map(modeOf)).toEqual(['600', '600']);
  });

  it('is replaced by the next one with its name', async () => {
    const { store } = openStores();
    await store.put('cart', session);
    await store.put('cart', another);
    expect(await store.get('cart')).toEqual(another);
  });

  it('can be removed, and removing a missing one is not an error', async () => {
    const { store } = openStores();
    await store.put('cart', session);
    await store.put('other', session);
    await store.exclusively('cart', () => store.forget('cart'));
    await store.forget('cart');
    expect(await store.get('cart')).toBeUndefined();
    expect(await store.names()).toEqual(['other']);
  });

  it('is removed with its profile, and those of another stay', async () => {
    const { storeOf, store, data } = openStores();
    await store.put('cart', session);
    await store.use('cart');
    await storeOf('acme').put('cart', session);
    await store.forgetAll();
    expect(await store.names()).toEqual([]);
    expect(readdirSync(join(data, 'credentials'))).toEqual(['session~acme~cart.json']);
    expect(readdirSync(join(data, 'session-names'))).toEqual(['acme']);
    await store.forgetAll();
  });

  it('that cannot be read is set aside, and is undefined', async () => {
    const { store, folder, warnings } = openStores();
    await store.put('cart', session);
    writeFileSync(join(folder, 'session~local~cart.json'), '{"version":1,"secret":7}');
    expect(await store.get('cart')).toBeUndefined();
    expect(readdirSync(folder)).toEqual(['session~local~cart.json.set-aside-20260601T120000Z']);
    expect(warnings).toHaveLength(1);
  });

  it.each(['half of {"sessionToken":', '{"sessionToken":7}'])(
    'that is %s is undefined, with a warning',
    async (text) => {
      const { store, secrets, warnings } = openStores();
      await secrets.put('session/local/cart', text);
      expect(await store.get('cart')).toBeUndefined();
      expect(warnings).toEqual([expect.stringContaining("The saved session 'cart' of profile local is not valid")]);
      expect(warnings.join()).not.toContain(text);
    },
  );

  it('whose times are not dates is undefined', async () => {
    const { store, secrets, warnings } = openStores();
    await secrets.put('session/local/cart', JSON.stringify({ ...session, sessionEndsAtMs: 1e300 }));
    expect(await store.get('cart')).toBeUndefined();
    expect(warnings).toHaveLength(1);
  });

  it('is listed beside files that are not ours, and with a name that Windows reserves for a device', async () => {
    const { store, data } = openStores();
    for (const name of ['con', 'con.1', 'CON', 'concert']) await store.put(name, session);
    const names = join(data, 'session-names', 'local');
    expect(readdirSync(names).sort()).toEqual(['%43%4f%4e.lock', '%63on.1.lock', '%63on.lock', 'concert.lock']);
    for (const file of ['%zz.lock', 'A.lock', 'cart.lock.set-aside', 'other']) writeFileSync(join(names, file), '');
    expect(await store.names()).toEqual(['CON', 'con', 'con.1', 'concert']);
  });

  it('is listed by its name, which is not secret, wherever its tokens are', async () => {
    const { storeOf, folder } = openStores();
    const kept = new Map<string, string>();
    const keyring: SecretStore = {
      get: async (key) => kept.get(key),
      put: async (key, value) => void kept.set(key, value),
      remove: async (key) => void kept.delete(key),
    };
    const store = storeOf('acme', { secrets: async () => keyring });
    await store.put('cart', session);
    expect(await store.names()).toEqual(['cart']);
    expect([...kept.keys()]).toEqual(['session/acme/cart']);
    expect(existsSync(folder)).toBe(false);
    await store.forgetAll();
    expect(kept.size).toBe(0);
  });
});

describe('a renamed session', () => {
  const keyring = (kept: Map<string, string>): SecretStore => ({
    get: async (key) => kept.get(key),
    put: async (key, value) => void kept.set(key, value),
    remove: async (key) => void kept.delete(key),
  });
  const alone = <Result>(store: SessionStore, work: () => Promise<Result>) =>
    store.exclusively('cart', () => store.exclusively('default', work));

  it('is found by its new name, stays current if it was, and leaves nothing of the old name', async () => {
    const { store, folder, data } = openStores();
    await store.put('default', session);
    await alone(store, () => store.rename('default', 'cart'));
    expect([await store.names(), await store.current(), await store.get('cart')]).toEqual([['cart'], 'cart', session]);
    expect(readdirSync(folder)).toEqual(['session~local~cart.json']);
    expect(readdirSync(join(data, 'session-names', 'local')).sort()).toEqual(['cart.lock', 'current']);
  });

  it.each([
    ['has the new name if its new entry is complete', ['session/acme/default', 'session/acme/cart'], 'cart'],
    ['keeps the old name if it is not', ['session/acme/default'], 'default'],
    ['has the new name if the old entry is gone', ['session/acme/cart'], 'cart'],
  ])('in a keyring, by a killed process, %s', async (_, entries, name) => {
    const { storeOf, data } = openStores();
    const kept = new Map<string, string>();
    await storeOf('acme', { secrets: async () => keyring(kept) }).put('default', session);
    for (const key of entries) kept.set(key, JSON.stringify(session));
    if (!entries.includes('session/acme/default')) kept.delete('session/acme/default');
    writeFileSync(join(data, 'session-names', 'acme', 'cart.renaming'), '{"version":1,"from":"default"}', {
      mode: 0o600,
    });
    writeFileSync(join(data, 'session-names', 'acme', 'cart.lock'), '');
    const store = storeOf('acme', { secrets: async () => keyring(kept) });
    expect([await store.current(), await store.names(), [...kept.keys()]]).toEqual([
      name,
      [name],
      [`session/acme/${name}`],
    ]);
    expect(await store.get(name)).toEqual(session);
    expect(readdirSync(join(data, 'session-names', 'acme')).filter((file) => file.endsWith('.renaming'))).toEqual([]);
  });

  it('is repaired by the next holder of its lock when half renamed', async () => {
    const { store, data } = openStores();
    await store.put('default', session);
    await store.exclusively('default', async () => {
      writeFileSync(join(data, 'session-names', 'local', 'cart.renaming'), '{"version":1,"from":"default"}', {
        mode: 0o600,
      });
      expect(await store.get('default')).toEqual(session);
    });
    expect(await store.names()).toEqual(['default']);
  });
});

describe('the current session', () => {
  it('is the default one until another is chosen', async () => {
    const { store } = openStores();
    expect(await store.current()).toBe('default');
    await store.use('default');
    await store.put('cart', session);
    expect(await store.current()).toBe('default');
    await store.use('cart');
    expect(await store.current()).toBe('cart');
    await store.forget('other');
    expect(await store.current()).toBe('cart');
    await store.forget('cart');
    expect(await store.current()).toBe('default');
  });
});

describe('the lock of a session', () => {
  it('is separate from that of another', async () => {
    const { store } = openStores();
    const inner = () => store.exclusively('other', async () => 'both');
    expect(await store.exclusively('cart', inner)).toBe('both');
  });

  it('that was removed while others waited is void, and they wait for the new one', async () => {
    const { store } = openStores();
    await store.put('cart', session);
    let inside = 0;
    const alone = async () => {
      inside += 1;
      expect(inside).toBe(1);
      await new Promise(setImmediate);
      inside -= 1;
      await store.forget('cart');
    };
    await Promise.all(Array.from({ length: 8 }, () => store.exclusively('cart', alone)));
  });
});

describe('the only session of a profile of an earlier version', () => {
  it('becomes the default session without loss, whichever call is first', async () => {
    const { storeOf, secrets, folder } = openStores();
    await secrets.put('session/local', JSON.stringify(session));
    const found = await Promise.all(Array.from({ length: 6 }, () => storeOf('local').get('default')));
    expect(found).toEqual(Array(6).fill(session));
    expect(readdirSync(folder)).toEqual(['session~local~default.json']);
    expect(await storeOf('local').names()).toEqual(['default']);
  });

  it('is not lost to a session that is created first', async () => {
    const { store, secrets } = openStores();
    await secrets.put('session/local', JSON.stringify(session));
    await store.exclusively('cart', () => store.put('cart', another));
    expect(await store.names()).toEqual(['cart', 'default']);
    expect(await store.get('default')).toEqual(session);
  });

  it('is found in the file where 0.1.0 saved it', async () => {
    const { store, data } = openStores();
    mkdirSync(join(data, 'sessions'));
    const path = join(data, 'sessions', 'local.json');
    writeFileSync(path, JSON.stringify({ version: 1, session }));
    expect(await store.get('default')).toEqual(session);
    expect(existsSync(path)).toBe(false);
    expect(await store.get('default')).toEqual(session);
  });

  it('is ignored where nothing may change', async () => {
    const { storeOf, secrets, data } = openStores();
    await secrets.put('session/local', JSON.stringify(session));
    expect(await storeOf('local', { readOnly: true }).names()).toEqual([]);
    expect(readdirSync(data)).toEqual(['credentials']);
  });

  it('is removed with all others', async () => {
    const { store, secrets, folder } = openStores();
    await secrets.put('session/local', JSON.stringify(session));
    await store.forgetAll();
    expect(await store.get('default')).toBeUndefined();
    expect(readdirSync(folder)).toEqual([]);
  });
});
