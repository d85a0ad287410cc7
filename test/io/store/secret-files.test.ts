import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SecretKey } from '../../../src/domain/profile/profile.ts';
import { secretFiles } from '../../../src/io/store/secret-files.ts';
import { failureOf, noon } from '../../support/domain.ts';
import { modeOf, temporaryFolder } from '../../support/folder.ts';

function openStore() {
  const data = temporaryFolder();
  const warnings: string[] = [];
  const store = secretFiles({
    folders: { config: join(data, 'config'), data },
    now: () => noon,
    warn: (message) => void warnings.push(message),
  });
  return { store, warnings, data, folder: join(data, 'credentials') };
}

describe('secrets in files', () => {
  it('are each saved in a file, in a folder, that only the owner can read', async () => {
    const { store, folder } = openStore();
    await store.put('credentials/acme', 'line one\nline two "quoted"');
    expect(await store.get('credentials/acme')).toBe('line one\nline two "quoted"');
    expect(readdirSync(folder)).toEqual(['credentials~acme.json']);
    expect([modeOf(folder), modeOf(join(folder, 'credentials~acme.json'))]).toEqual(['700', '600']);
  });

  it('are replaced and removed; a missing one is undefined', async () => {
    const { store, folder } = openStore();
    expect(await store.get('credentials/acme')).toBeUndefined();
    await store.remove('credentials/acme');
    await store.put('credentials/acme', 'one');
    await store.put('credentials/acme', 'two');
    expect(await store.get('credentials/acme')).toBe('two');
    await store.remove('credentials/acme');
    expect(await store.get('credentials/acme')).toBeUndefined();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('have their own file whatever the key, on any file system', async () => {
    const { store, folder } = openStore();
    const keys: SecretKey[] = [
      'session/acme',
      'session/Acme',
      'session/../../acme',
      'session/..%2facme',
      'session/a~b',
      'session/a/b',
      'session/😀',
      'session/😁',
      'session/con:1',
      'session/ü',
      'credentials/acme',
    ];
    for (const key of keys) await store.put(key, `the secret of ${key}`);
    for (const key of keys) expect(await store.get(key)).toBe(`the secret of ${key}`);
    const names = readdirSync(folder);
    expect(names).toHaveLength(keys.length);
    expect(names.filter((name) => /[^a-z0-9.%~_-]/.test(name))).toEqual([]);
  });

  it('with an invalid file are set aside, and are undefined', async () => {
    const { store, folder, warnings } = openStore();
    await store.put('credentials/acme', 'one');
    const path = join(folder, 'credentials~acme.json');
    writeFileSync(path, 'half');
    expect(await store.get('credentials/acme')).toBeUndefined();
    expect(readFileSync(`${path}.set-aside-20260601T120000Z`, 'utf8')).toBe('half');
    expect(warnings).toHaveLength(1);
  });

  it('are removed even where a process was killed while writing them', async () => {
    const { store, folder } = openStore();
    for (const key of ['session/local/a', 'session/local/ab'] as const) await store.put(key, 'one');
    const left = 'session~local~a.json.tmp-5626042962637940';
    for (const name of [left, left.replace('~a.', '~ab.')]) writeFileSync(join(folder, name), 'two');
    await store.remove('session/local/a');
    expect(readdirSync(folder).sort()).toEqual(['session~local~ab.json', 'session~local~ab.json.tmp-5626042962637940']);
  });

  it('that cannot be removed are a failure that names the file', async () => {
    const { store, folder } = openStore();
    mkdirSync(join(folder, 'credentials~acme.json'), { recursive: true });
    expect(await failureOf(() => store.remove('credentials/acme'))).toMatchObject({ code: 'state_unusable' });
  });
});
