import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keyCache } from '../../../src/io/store/key-cache.ts';
import { noon } from '../../support/domain.ts';
import { temporaryFolder } from '../../support/folder.ts';

const url = 'https://acme.example/.well-known/jwks.json';
const kept = { url, fetchedAtMs: noon, freshForSeconds: 600, keys: [{ kty: 'RSA', n: 'AQAB', e: 'AQAB' }] };

function opened(data = temporaryFolder()) {
  const warnings: string[] = [];
  const cache = keyCache({
    folders: { config: data, data },
    now: () => noon,
    warn: (message) => void warnings.push(message),
  });
  const path = () => join(data, 'keys', readdirSync(join(data, 'keys'))[0] ?? '');
  return { cache, warnings, path, data };
}

describe('saved keys', () => {
  it('belong to their URL, in a file readable only by the owner', async () => {
    const { cache, path } = opened();
    expect(await cache.get(url)).toBeUndefined();
    await cache.put({ ...kept, missedOne: true });
    expect(await cache.get(url)).toEqual({ ...kept, missedOne: true });
    await cache.put(kept);
    expect(await cache.get(url)).toEqual(kept);
    expect(await cache.get(`${url}?other`)).toBeUndefined();
    expect(path()).toMatch(/[/\\]keys[/\\][0-9a-f]{64}\.json$/);
    if (process.platform === 'win32') return;
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(path())).mode & 0o777).toBe(0o700);
  });

  it('have a file name that reveals nothing of the URL, and is no path', async () => {
    const { cache, path, data } = opened();
    await cache.put({ ...kept, url: 'https://e.example/../../../etc/passwd' });
    expect(dirname(path())).toBe(join(data, 'keys'));
  });

  it.each([
    ['cut off', (text: string) => text.slice(0, 40)],
    ['of something else', () => '{"version":1,"keys":[]}'],
    ['of a newer version', (text: string) => text.replace('"version": 1', '"version": 9')],
    ['of another address', (text: string) => text.replace('acme', 'evil')],
  ])('that are %s are ignored and overwritten', async (_, change) => {
    const { cache, warnings, path } = opened();
    await cache.put(kept);
    writeFileSync(path(), change(readFileSync(path(), 'utf8')));
    expect(await cache.get(url)).toBeUndefined();
    await cache.put(kept);
    expect(await cache.get(url)).toEqual(kept);
    expect(warnings).toEqual([]);
  });

  it('that cannot be written cause a warning, not a failure', async () => {
    const { cache, warnings, data } = opened();
    writeFileSync(join(data, 'keys'), 'a file where a folder should be');
    await cache.put(kept);
    expect(warnings).toEqual([expect.stringContaining('The keys could not be kept')]);
    expect(await cache.get(url)).toBeUndefined();
  });

  it('that cannot be read are ignored', async () => {
    const { cache, path } = opened();
    await cache.put(kept);
    const file = path();
    rmSync(file);
    mkdirSync(file);
    expect(await cache.get(url)).toBeUndefined();
  });
});
