import { once } from 'node:events';
import { readFileSync, statSync, watch, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { copyOf, homeAfter, newHome, run, runShell, start } from '../support/bin.ts';
import { serve } from '../support/local-server.ts';
import { sampleExport } from '../support/tenant-export.ts';

// Without the compile cache, whose files are not part of the state.
const hooked = {
  NODE_OPTIONS: `--require ${resolve('test/support/kill-at.cjs')}`,
  NODE_DISABLE_COMPILE_CACHE: '1',
};

/** A home whose tenant has one application more than a new one, and a file with another tenant. */
async function homeWith(file: ReturnType<typeof sampleExport>): Promise<{ home: string; path: string }> {
  const home = await homeAfter(['app', 'create', 'ours']);
  const path = join(home, 'other.json');
  writeFileSync(path, JSON.stringify(file));
  return { home, path };
}

async function namesIn(home: string): Promise<string[]> {
  const { stdout, stderr, code } = await run(home, ['app', 'list', '--field', '*.name']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.trimEnd().split('\n');
}

describe('local export and local import', () => {
  it('carry a tenant through a pipe to a running server, whose clients go on', async () => {
    const [from, to] = [await homeAfter(['quickstart']), newHome()];
    const token = (await run(from, ['token', 'get'])).stdout.trim();
    const { url } = await serve(to);
    const moved = await runShell(from, `anon-cli local export --output - | HOME=${to} anon-cli local import --yes -`);
    expect(moved).toMatchObject({ code: 0, stdout: expect.stringContaining('Imported 1 application, 1 API') });
    // Each instance goes on with the keys that were imported.
    const keys = await (await fetch(`${url}/.well-known/jwks.json`)).text();
    const { kid } = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid: string };
    expect(keys).toContain(kid);
  });

  it('take a few seconds for 32,000 documents', async () => {
    const { home, path } = await homeWith(sampleExport({ clients: 10_000, apis: 2000, grants: 20_000 }));
    const begun = performance.now();
    expect(await run(home, ['local', 'import', path, '--yes'])).toMatchObject({ code: 0, stderr: '' });
    const output = join(home, 'again.json');
    expect(await run(home, ['local', 'export', '--output', output])).toMatchObject({ code: 0 });
    expect((performance.now() - begun) / 1000).toBeLessThan(20);
    expect(statSync(output).mode & 0o777).toBe(0o600);
    const [before, after] = [path, output].map((file) => JSON.parse(readFileSync(file, 'utf8')));
    for (const kind of ['client', 'client_grant']) {
      // The first grant is the tenant's own, which an import brings up to date.
      const [saved, read] = [before, after].map(({ documents }) => JSON.stringify(documents[kind].slice(1)));
      expect(read === saved, kind).toBe(true);
    }
  });

  it('read more than 16 MB', async () => {
    const file = sampleExport({ clients: 400 });
    for (const { document } of file.documents.client) document.description = 'x'.repeat(60_000);
    const { home, path } = await homeWith(file);
    expect(statSync(path).size).toBeGreaterThan(16 * 2 ** 20);
    expect(await run(home, ['local', 'import', path, '--yes'])).toMatchObject({ code: 0, stderr: '' });
    const piped = await runShell(home, `anon-cli local import --yes - < ${path}`);
    expect(piped).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('a local import that is killed', () => {
  it('leaves the old tenant or the new one', async () => {
    const { home: before, path } = await homeWith(sampleExport({ clients: 40, grants: 200 }));
    const args = ['local', 'import', path, '--yes'];
    const file = join(before, 'count');
    await run(copyOf(before), args, { env: { ...hooked, COUNT_FILE: file } });
    const count = Number(readFileSync(file, 'utf8'));
    expect(count).toBeGreaterThan(10);
    const seen = new Set<number>();
    for (let point = 1; point <= count; point += Math.ceil(count / 12)) {
      const home = copyOf(before);
      const killed = await run(home, args, { env: { ...hooked, KILL_AT: String(point) } });
      expect({ point, signal: killed.signal }).toEqual({ point, signal: 'SIGKILL' });
      const names = await namesIn(home);
      seen.add(names.length);
      expect([['web', 'ours'], Array.from({ length: 40 }, (_, index) => `app ${index}`)]).toContainEqual(names);
    }
    expect(seen.has(2)).toBe(true);
  });

  it('leaves one of the two where it is killed in the middle of its only commit', async () => {
    const { home, path } = await homeWith(sampleExport({ clients: 9000, grants: 18_000 }));
    const folder = join(home, '.local', 'share', 'anon-cli');
    const child = start(home, ['local', 'import', path, '--yes']);
    // SQLite's journal exists while a commit is written.
    const watcher = watch(folder, (_, name) => {
      if (name === 'local-tenant.db-journal') child.kill('SIGKILL');
    });
    onTestFinished(() => watcher.close());
    await once(child, 'close');
    // On a busy machine the signal may come after the commit.
    expect([2, 9000]).toContain((await namesIn(home)).length);
  });
});
