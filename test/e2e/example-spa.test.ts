import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { EditionName } from '../../src/wire/edition/edition.ts';
import { bin, environment, newHome, run } from '../support/bin.ts';
import { openBrowser } from '../support/browser.ts';
import { freePort } from '../support/free-port.ts';
import { serve } from '../support/local-server.ts';

/** A home whose PATH has `anon-cli`. */
function installedHome(): { readonly home: string; readonly env: NodeJS.ProcessEnv } {
  const home = newHome();
  const program = join(home, 'anon-cli');
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${bin}' "$@"\n`);
  chmodSync(program, 0o755);
  return { home, env: environment(home, { PATH: `${home}${delimiter}${process.env.PATH}` }) };
}

/** Starts the example as `npm start` does, until the test ends; resolves once both of its servers listen. */
async function npmStart(env: NodeJS.ProcessEnv): Promise<void> {
  const folder = resolve('examples/spa');
  const { start } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).scripts;
  const child: ChildProcess = spawn('sh', ['-c', `${start.replace('&& node', '&& exec node')}`], { cwd: folder, env });
  const ended = once(child, 'exit');
  onTestFinished(async () => {
    child.kill();
    await ended;
  });
  let printed = '';
  child.stderr?.on('data', (text) => (printed += text));
  while (!/Page .*\n/.test(printed) || !/API .*\n/.test(printed)) {
    const [text] = await Promise.race([once(child.stdout as NodeJS.EventEmitter, 'data'), ended.then(() => [])]);
    if (text === undefined) throw new Error(`the example ended: ${printed}`);
    printed += text;
  }
}

describe.each<EditionName>(['preview', 'ea'])('examples/spa, edition %s', (edition) => {
  it('shows a guest and what the API answers, from three commands', async () => {
    const { home, env } = installedHome();
    const { code } = await run(home, ['quickstart', '--edition', edition]);
    expect(code).toBe(0);
    await serve(home, [], ['--port', '0', '--json']);
    const { stdout: ca } = await run(home, ['local', 'ca', '--field', 'path']);
    const [page, api] = [String(await freePort()), String(await freePort())];
    await npmStart({ ...env, PAGE_PORT: page, API_PORT: api });

    const browser = await openBrowser(ca.trim());
    onTestFinished(() => browser.close());
    const tab = await browser.newPage();
    await tab.goto(`http://localhost:${page}`);
    const shown = tab.locator('#products:has-text("espresso"), #problem:not(:empty)');
    expect(await shown.textContent()).toBe('espresso, filter coffee');
    expect(await tab.locator('#guest').textContent()).toMatch(edition === 'preview' ? /^anon\|/ : /^anon@/);
    await tab.getByRole('button', { name: 'Leave' }).click();
    await tab.getByText('nobody').waitFor();
  }, 120_000);
});

it('the API of the example has at most 20 lines, and its README three commands', () => {
  expect(readFileSync('examples/spa/api.mjs', 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(20);
  const [, commands = ''] = /```sh\n([\s\S]*?)```/.exec(readFileSync('examples/spa/README.md', 'utf8')) ?? [];
  expect(commands.trimEnd().split('\n')).toHaveLength(3);
});
