import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { bin, environment, newHome, run } from './bin.ts';
import { freePort } from './free-port.ts';

/** A home whose PATH has `anon-cli`. */
export function installedHome(): { readonly home: string; readonly env: NodeJS.ProcessEnv } {
  const home = newHome();
  const program = join(home, 'anon-cli');
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${bin}' "$@"\n`);
  chmodSync(program, 0o755);
  return { home, env: environment(home, { PATH: `${home}${delimiter}${process.env.PATH}` }) };
}

/**
 * Starts the example in `folder` as `npm start` does, on free ports, until the test ends. Resolves with the address of its
 * page once both of its servers listen.
 */
export async function npmStart(folder: string, env: NodeJS.ProcessEnv): Promise<string> {
  const [page, api] = [String(await freePort()), String(await freePort())];
  const { start } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).scripts;
  const child: ChildProcess = spawn('sh', ['-c', `${start.replace('&& node', '&& exec node')}`], {
    cwd: folder,
    env: { ...env, PAGE_PORT: page, API_PORT: api },
  });
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
  return `http://localhost:${page}`;
}

/** The file of the authority that a served local tenant's certificates come from. */
export async function authorityOf(home: string): Promise<string> {
  return (await run(home, ['local', 'ca', '--field', 'path'])).stdout.trim();
}

/** The lines of the first shell commands in the README of an example, or of the first below a heading. */
export function readmeCommands(folder: string, heading = ''): string[] {
  const text = readFileSync(join(folder, 'README.md'), 'utf8');
  const [, commands = ''] = /```sh\n([\s\S]*?)```/.exec(text.slice(text.indexOf(heading))) ?? [];
  return commands.trimEnd().split('\n');
}
