import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'libsql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyOf, run, runShell } from '../support/bin.ts';
import { damaged } from '../support/damage.ts';
import { serve } from '../support/local-server.ts';
import { runHere } from '../support/run-here.ts';

let used: string;
let apps: string;

const statePath = (home: string) => join(home, '.local', 'share', 'anon-cli', 'local-tenant.db');
const aside = (home: string) =>
  readdirSync(dirname(statePath(home))).filter((name) => name.startsWith('local-tenant.db.set-aside'));

beforeAll(async () => {
  used = mkdtempSync(join(tmpdir(), 'anon-damaged-'));
  await run(used, ['quickstart']);
  apps = (await run(used, ['app', 'list', '--json'])).stdout;
});
afterAll(() => rmSync(used, { recursive: true, force: true }));

/** A home after the quickstart, whose state `spoil` has damaged. */
function homeWith(spoil: (path: string) => void): string {
  const home = copyOf(used);
  spoil(statePath(home));
  return home;
}

/** Appends a byte that is not valid UTF-8 to every client document. */
function notUtf8(path: string): void {
  const database = new Database(path);
  database.exec(`UPDATE document SET body = CAST(CAST(body AS BLOB) || x'ff' AS TEXT) WHERE kind = 'client'`);
  database.close();
}

describe('a state with invalid UTF-8', () => {
  it.each([
    ['app', 'list'],
    ['local', 'show'],
    ['tenant', 'show'],
    ['api', 'create', 'news', '--audience', 'urn:news'],
    ['doctor'],
  ])('is set aside unchanged and reported by %s %s', async (...command) => {
    const home = homeWith(notUtf8);
    const before = readFileSync(statePath(home));
    const { signal, code, stderr } = await run(home, command);
    expect({ signal, code }).toEqual({ signal: null, code: expect.toSatisfy((value) => [0, 5].includes(value)) });
    const [name = '', ...more] = aside(home);
    expect(more).toEqual([]);
    expect(stderr).toContain(`${statePath(home)} is damaged. It was moved to ${join(dirname(statePath(home)), name)}`);
    expect(readFileSync(join(dirname(statePath(home)), name))).toEqual(before);
    expect(await runHere(home, ['app', 'list'])).toMatchObject({ code: 0, stderr: '' });
  });

  it('gives token decode no keys and completion no names, and is not moved', async () => {
    const home = homeWith(notUtf8);
    const decoded = await run(home, ['token', 'decode']);
    expect(decoded).toMatchObject({ code: 0, signal: null });
    expect(decoded.stderr).toBe(
      `warning: The local tenant's state ${statePath(home)} is damaged. Its keys can't be used.\n`,
    );
    expect(decoded.stdout).toContain('no key on this machine');
    const completed = await run(home, ['complete', 'zsh', '--', 'app', 'show', '']);
    expect(completed).toMatchObject({ signal: null, stderr: '' });
    expect(aside(home)).toEqual([]);
  });
});

describe('local reset', () => {
  it.each<[string, string, (path: string) => void]>([
    ['a byte that is not valid UTF-8', 'is damaged', notUtf8],
    ['no content', 'is damaged', (path) => writeFileSync(path, '')],
    ['a folder in its place', 'cannot be used: it is a folder', (path) => replace(path, () => mkdirSync(path))],
    [
      'a link to itself',
      'cannot be used: its symbolic links form a loop',
      (path) => replace(path, () => symlinkSync(path, path)),
    ],
    ['a link to nowhere', 'cannot be used: no such file', (path) => replace(path, () => symlinkSync(`${path}-`, path))],
    ['a newer version', 'was written by a newer anon-cli', (path) => sql(path, 'PRAGMA user_version = 99')],
    [
      "another program's database",
      "is another program's database",
      (path) => replace(path, () => sql(path, 'CREATE TABLE notes (text TEXT)')),
    ],
  ])('works on a state with %s, and sets it aside', async (_, words, spoil) => {
    const home = homeWith(spoil);
    const { code, stdout, stderr } = await runHere(home, ['local', 'reset', '--yes', '--edition', 'ea', '--json']);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringContaining(`local-tenant.db ${words}. It was moved to `),
    });
    expect(JSON.parse(stdout)).toMatchObject({ reset: true, edition: 'ea' });
    expect(aside(home)).toHaveLength(1);
    expect(await runHere(home, ['local', 'show', '--field', 'edition'])).toMatchObject({ stdout: 'ea\n', stderr: '' });
  });
});

it('each of 12 damaged states is either unaffected, or set aside and reported', async () => {
  const outcomes = await Promise.all(
    Array.from({ length: 2 }, async (_, part) => {
      const found = [];
      for (let seed = 6 * part; seed < 6 * part + 6; seed += 1) {
        const home = homeWith((path) => writeFileSync(path, damaged(readFileSync(path), 5000 + seed)));
        const before = readFileSync(statePath(home));
        const { code, signal, stdout, stderr } = await run(home, ['app', 'list', '--json']);
        expect({ seed, code, signal }).toEqual({ seed, code: 0, signal: null });
        const [name] = aside(home);
        if (name === undefined) expect({ seed, stdout, stderr }).toEqual({ seed, stdout: apps, stderr: '' });
        else {
          expect(stderr).toContain(name);
          expect(readFileSync(join(dirname(statePath(home)), name))).toEqual(before);
        }
        found.push(name === undefined);
      }
      return found;
    }),
  );
  expect(new Set(outcomes.flat())).toEqual(new Set([true, false]));
});

it('a server whose state gets damaged reports it and serves a new tenant', async () => {
  const home = homeWith(() => {});
  const { url, issuer, stop } = await serve(home);
  const keys = async () => (await fetch(`${url}/.well-known/jwks.json`)).json();
  const before = await keys();
  notUtf8(statePath(home));
  expect(await keys()).toEqual({
    error: 'server_error',
    error_description: expect.stringMatching(
      /local-tenant\.db is damaged\. It was moved to .*set-aside.*, and a new tenant takes its place\.$/,
    ),
  });
  const after = await keys();
  expect(after).toMatchObject({ keys: [{ kty: 'RSA' }] });
  expect(after).not.toEqual(before);
  expect(await (await fetch(`${url}/.well-known/openid-configuration`)).json()).toMatchObject({ issuer });
  const { code, stderr } = await stop();
  expect(code).toBe(0);
  expect(stderr.match(/is damaged/g)).toHaveLength(1);
});

it('many processes whose state gets damaged all end with an exit code', { timeout: 60_000 }, async () => {
  // Repeated, because the race needs one process to read just as another sets the file aside.
  for (let round = 0; round < 12; round += 1) {
    const home = homeWith(notUtf8);
    const line = 'for i in 1 2 3 4; do anon-cli app list >/dev/null 2>>errors & done; wait; cat errors';
    const { stdout } = await runShell(home, `cd ${home}; ${line}`);
    expect(stdout.match(/It was moved to/g)).toHaveLength(1);
    expect(stdout).not.toContain('error:');
    expect(aside(home)).toHaveLength(1);
  }
});

function sql(path: string, text: string): void {
  const database = new Database(path);
  database.exec(text);
  database.close();
}

function replace(path: string, make: () => void): void {
  rmSync(path);
  make();
}
