import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFile } from '../../../src/io/files/temporary-folder.ts';
import { temporaryFolder } from '../../support/folder.ts';

const before = process.env.TMPDIR;
let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
  process.env.TMPDIR = folder;
});
afterEach(() => {
  if (before === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = before;
});

/** What a process leaves that is killed. */
function abandoned(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  writeFileSync(join(path, 'lock'), '');
  writeFileSync(join(path, 'ca.pem'), 'old');
  return path;
}

describe('a temporary file', () => {
  it('is for this user alone, and is removed with its folder', () => {
    const file = temporaryFile('ca.pem', 'text');
    expect(readFileSync(file.path, 'utf8')).toBe('text');
    expect([file.path, dirname(file.path)].map((path) => statSync(path).mode & 0o777)).toEqual([0o600, 0o700]);
    file.remove();
    file.remove();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is refused where there is no folder for it', () => {
    process.env.TMPDIR = join(folder, 'missing');
    const message = `${folder}/missing/anon-cli-run-XXXXXX cannot be created: no such file.`;
    expect(() => temporaryFile('ca.pem', 'text')).toThrow(expect.objectContaining({ code: 'state_unusable', message }));
  });

  it('makes room for itself where a process was killed', () => {
    const path = abandoned('anon-cli-run-abcdef');
    temporaryFile('ca.pem', 'text').remove();
    expect(existsSync(path)).toBe(false);
  });

  it('leaves alone what is in use, what is being made, and what others made', () => {
    const inUse = temporaryFile('ca.pem', 'text');
    const other = abandoned('another-program');
    const elsewhere = abandoned('elsewhere');
    symlinkSync(elsewhere, join(folder, 'anon-cli-run-link'));
    const beingMade = join(folder, 'anon-cli-run-new');
    mkdirSync(beingMade);
    writeFileSync(join(beingMade, 'lock'), '');
    temporaryFile('ca.pem', 'text').remove();
    for (const path of [inUse.path, other, join(elsewhere, 'ca.pem'), beingMade]) expect(existsSync(path)).toBe(true);
    inUse.remove();
  });
});
