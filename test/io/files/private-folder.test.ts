import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { privateFolder } from '../../../src/io/files/files.ts';
import { failureOf } from '../../support/domain.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'anon-cli-folder-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

describe('a private folder', () => {
  it('is created with those above it, for this user alone', () => {
    const path = join(folder(), 'a', 'b');
    privateFolder(path);
    privateFolder(path);
    for (const each of [path, join(path, '..')]) expect(statSync(each).mode & 0o777).toBe(0o700);
  });

  it('may be reached through a link', () => {
    const [home, elsewhere] = [folder(), folder()];
    symlinkSync(elsewhere, join(home, 'share'));
    privateFolder(join(home, 'share', 'anon-cli'));
    expect(statSync(join(elsewhere, 'anon-cli')).isDirectory()).toBe(true);
  });

  it.each<[string, (home: string) => string, string]>([
    ['a link leads nowhere', (home) => linkIn(home, '/no/such/folder'), 'a symbolic link in its path leads nowhere'],
    ['links form a loop', (home) => linkIn(home, join(home, 'share')), 'its symbolic links form a loop'],
    ['a file is in its path', (home) => join(fileIn(home), 'b', 'c'), 'part of its path is not a folder'],
    ['a file has its name', fileIn, 'it already exists'],
    // Below /proc nothing can be created, and Node.js itself would try forever.
    ['the file system refuses it', () => (process.platform === 'linux' ? '/proc/a/b/c' : '/dev/null/b'), ''],
  ])('reports that %s', async (_, place, reason) => {
    const path = place(folder());
    const { code, message } = await failureOf(() => privateFolder(path));
    expect(code).toBe('state_unusable');
    expect(message).toMatch(`${path} cannot be created: ${reason}`);
  });
});

function linkIn(home: string, target: string): string {
  symlinkSync(target, join(home, 'share'));
  return join(home, 'share', 'a');
}

function fileIn(home: string): string {
  mkdirSync(join(home, 'x'));
  writeFileSync(join(home, 'x', 'file'), '');
  return join(home, 'x', 'file');
}
