import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { passwordFor, passwordIn } from '../../../src/io/files/password-file.ts';
import { temporaryFolder } from '../../support/folder.ts';

const login = { host: 'db.example', port: 5432, database: 'anon', user: 'app' };

describe('a line of a password file', () => {
  it.each<[string, string | undefined]>([
    ['db.example:5432:anon:app:pw', 'pw'],
    ['*:*:*:*:pw', 'pw'],
    ['db.example:*:anon:*:pw', 'pw'],
    ['\n\n# db.example:5432:anon:app:comment\ndb.example:5432:anon:app:pw\n', 'pw'],
    ['db.example:5432:anon:app:pw\r\n', 'pw'],
    ['other.example:5432:anon:app:one\ndb.example:5432:anon:app:two', 'two'],
    ['db.example:5432:anon:app:one\ndb.example:5432:anon:app:two', 'one'],
    ['db.example:5432:anon:app:a\\:b\\\\c', 'a:b\\c'],
    ['db.example:5432:anon:app:a:b', 'a'],
    ['db.example:5432:anon:app:\\p\\w', 'pw'],
    ['db.example:5432:anon:app: pw ', ' pw '],
    ['db.example:5432:anon:app:päss', 'päss'],
    ['d\\b.example:5432:anon:app:pw', 'pw'],
    ['db.example:5432:anon:app:', undefined],
    ['db.example:5432:anon:app', undefined],
    ['db.example:5433:anon:app:pw', undefined],
    ['DB.example:5432:anon:app:pw', undefined],
    ['db.example:5432:anon:ap*:pw', undefined],
    ['\\*:5432:anon:app:pw', undefined],
    ['localhost:5432:anon:app:pw', undefined],
    [' # db.example:5432:anon:app:pw', undefined],
    ['', undefined],
    [':::::', undefined],
  ])('%j gives %j', (text, password) => {
    expect(passwordIn(text, login)).toBe(password);
  });

  it('names hosts, databases and users with colons, and sockets', () => {
    const odd = { host: '::1', port: 5432, database: 'a:b', user: 'c\\d' };
    expect(passwordIn('\\:\\:1:5432:a\\:b:c\\\\d:pw', odd)).toBe('pw');
    const socket = { ...login, host: '/var/run/postgresql' };
    expect(passwordIn('localhost:5432:anon:app:pw', socket)).toBe('pw');
    expect(passwordIn('/var/run/postgresql:5432:anon:app:pw', socket)).toBe('pw');
    expect(passwordIn('localhost:5432:anon:app:pw', { ...login, host: '/srv/sockets' })).toBe(undefined);
  });
});

describe('the password file', () => {
  const line = '*:*:*:*:s3cret\n';

  function withFile(name: string, mode = 0o600): { folder: string; path: string; warnings: string[] } {
    const folder = temporaryFolder();
    const path = join(folder, name);
    writeFileSync(path, line);
    chmodSync(path, mode);
    return { folder, path, warnings: [] };
  }

  it('is the one that PGPASSFILE names, or else the one in the home folder', () => {
    const { folder, path } = withFile('passwords');
    const home = withFile('.pgpass');
    const warn = () => expect.unreachable();
    expect(passwordFor(login, { PGPASSFILE: path }, warn)).toBe('s3cret');
    expect(passwordFor(login, { PGPASSFILE: '', HOME: home.folder }, warn)).toBe('s3cret');
    expect(passwordFor(login, { HOME: folder }, warn)).toBe(undefined);
    expect(passwordFor(login, {}, warn)).toBe(undefined);
  });

  it.each(['0640', '0604', '0620', '0666'])('is ignored with a warning when its mode is %s', (mode) => {
    const { path, warnings } = withFile('passwords', Number.parseInt(mode, 8));
    expect(passwordFor(login, { PGPASSFILE: path }, (warning) => warnings.push(warning))).toBe(undefined);
    expect(warnings).toEqual([
      `The password file ${path} is ignored: other users may access it (mode ${mode}; expected 0600).`,
    ]);
  });

  it('is ignored with a warning when it is missing or not a regular file', () => {
    const { folder, warnings } = withFile('passwords');
    const warn = (warning: string) => warnings.push(warning);
    expect(passwordFor(login, { PGPASSFILE: join(folder, 'none') }, warn)).toBe(undefined);
    expect(passwordFor(login, { PGPASSFILE: folder }, warn)).toBe(undefined);
    mkdirSync(join(folder, '.pgpass'));
    expect(passwordFor(login, { HOME: folder }, warn)).toBe(undefined);
    expect(warnings).toEqual([
      `The password file ${join(folder, 'none')} cannot be read: no such file.`,
      `The password file ${folder} is ignored: it is not a regular file.`,
      `The password file ${join(folder, '.pgpass')} is ignored: it is not a regular file.`,
    ]);
  });
});
