import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sessionStore } from '../../src/io/session-store.ts';
import { noon } from '../support/domain.ts';
import { modeOf, temporaryFolder } from '../support/folder.ts';

function openStore() {
  const data = temporaryFolder();
  const warnings: string[] = [];
  const store = sessionStore({
    folders: { config: data, data },
    now: () => noon,
    warn: (message) => void warnings.push(message),
    exclusively: (work) => work(),
  });
  return { store, warnings, folder: join(data, 'sessions') };
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
    expect([modeOf(folder), modeOf(join(folder, 'local.json'))]).toEqual(['700', '600']);
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
    writeFileSync(join(folder, 'local.json'), '{"version":1,"session":{"sessionToken":7}}');
    expect(await store.get('local')).toBeUndefined();
    expect(readdirSync(folder)).toEqual(['local.json.set-aside-20260601T120000Z']);
    expect(warnings).toHaveLength(1);
  });
});
