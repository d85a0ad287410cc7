import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { secretFiles } from '../../src/io/secret-files.ts';
import { sessionStore } from '../../src/io/session-store.ts';
import { noon } from '../support/domain.ts';
import { modeOf, temporaryFolder } from '../support/folder.ts';

function openStore() {
  const data = temporaryFolder();
  const warnings: string[] = [];
  const ports = {
    folders: { config: data, data },
    now: () => noon,
    warn: (message: string) => void warnings.push(message),
  };
  const secrets = secretFiles(ports);
  const store = sessionStore({ ...ports, secretsOf: async () => undefined, exclusively: (work) => work() });
  return { store, secrets, warnings, data, folder: join(data, 'credentials') };
}

const session = {
  sessionToken: 'a-session-token',
  accessToken: 'an-access-token',
  clientId: 'abc',
  audience: 'https://api.shop.example',
};

describe('a remembered session', () => {
  it('is that of its profile, and for its owner alone', async () => {
    const { store, folder } = openStore();
    await store.put('local', session);
    await store.put('acme', { ...session, scope: 'read:catalog' });
    expect(await store.get('local')).toEqual(session);
    expect(await store.get('acme')).toEqual({ ...session, scope: 'read:catalog' });
    expect([modeOf(folder), modeOf(join(folder, 'session~local.json'))]).toEqual(['700', '600']);
  });

  it('is replaced by the next one', async () => {
    const { store } = openStore();
    await store.put('local', session);
    await store.put('local', { ...session, sessionToken: 'another' });
    expect(await store.get('local')).toMatchObject({ sessionToken: 'another' });
  });

  it('may be forgotten, and forgetting none is no error', async () => {
    const { store } = openStore();
    await store.put('local', session);
    await store.put('acme', session);
    await store.forget('local');
    await store.forget('local');
    expect(await store.get('local')).toBeUndefined();
    expect(await store.get('acme')).toEqual(session);
  });

  it('that cannot be read is set aside, and there is none', async () => {
    const { store, folder, warnings } = openStore();
    await store.put('local', session);
    writeFileSync(join(folder, 'session~local.json'), '{"version":1,"secret":7}');
    expect(await store.get('local')).toBeUndefined();
    expect(readdirSync(folder)).toEqual(['session~local.json.set-aside-20260601T120000Z']);
    expect(warnings).toHaveLength(1);
  });

  it.each(['half of {"sessionToken":', '{"sessionToken":7}'])('that is %s is none, with a warning', async (text) => {
    const { store, secrets, warnings } = openStore();
    await secrets.put('session/local', text);
    expect(await store.get('local')).toBeUndefined();
    expect(warnings).toEqual([expect.stringContaining('The session that is remembered for profile local')]);
    expect(warnings.join()).not.toContain(text);
  });

  it('of version 0.1.0 is found in its file, which goes when the next one is put', async () => {
    const { store, data } = openStore();
    const path = join(data, 'sessions', 'local.json');
    mkdirSync(join(data, 'sessions'));
    writeFileSync(path, JSON.stringify({ version: 1, session }));
    expect(await store.get('local')).toEqual(session);
    await store.put('local', { ...session, sessionToken: 'another' });
    expect(existsSync(path)).toBe(false);
    expect(await store.get('local')).toMatchObject({ sessionToken: 'another' });
  });

  it('of version 0.1.0 is forgotten with its file', async () => {
    const { store, data } = openStore();
    mkdirSync(join(data, 'sessions'));
    writeFileSync(join(data, 'sessions', 'local.json'), JSON.stringify({ version: 1, session }));
    await store.forget('local');
    expect(await store.get('local')).toBeUndefined();
  });
});
