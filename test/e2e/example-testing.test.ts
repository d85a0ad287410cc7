import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumProgram } from '../support/browser.ts';

const execute = promisify(execFile);
const example = 'examples/testing';
const { scripts, dependencies, devDependencies } = JSON.parse(readFileSync(join(example, 'package.json'), 'utf8'));

/** A copy of the example with its dependencies: npm would find no published package. */
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'anon-example-'));
  cpSync(example, folder, { recursive: true });
  for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(resolve(name === 'anon-cli' ? '.' : join('node_modules', name)), link);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a script of the example as npm does. It must succeed; returns what it prints. */
async function npmRun(script: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const bins = [join(folder, 'node_modules', 'vitest'), dirname(process.execPath), process.env.PATH];
  const command = String(scripts[script]).replace(
    /^vitest /,
    `node ${join(folder, 'node_modules/vitest/vitest.mjs')} `,
  );
  const { stdout } = await execute('sh', ['-c', command], {
    cwd: folder,
    env: { PATH: bins.join(':'), HOME: folder, ...env },
    timeout: 100_000,
  });
  return stdout;
}

describe('examples/testing', () => {
  it('tests an API with node:test', async () => {
    const printed = await npmRun('test:node');
    expect(printed).toMatch(/^(# |ℹ )pass 12$/m);
  }, 120_000);

  it('tests with vitest, with the tenant of a global set-up of three lines and with one of its own', async () => {
    const printed = await npmRun('test:vitest');
    expect(printed).toMatch(/Tests .*3 passed/);
    expect(readFileSync(join(example, 'vitest/global-setup.mjs'), 'utf8').match(/.+/g)).toHaveLength(3);
  }, 120_000);

  it('tests a page with Playwright', async () => {
    const printed = await npmRun('test:page', { CHROMIUM: chromiumProgram() });
    expect(printed).toMatch(/^(# |ℹ )pass 1$/m);
  }, 120_000);
});
