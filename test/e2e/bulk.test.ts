import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { homeAfter, run, runShell, start } from '../support/bin.ts';
import { jsonOf, serve } from '../support/local-server.ts';

const audience = 'https://api.shop.example';
const count = 2000;

/** A home whose tenant is served over HTTP and open to guests, and a way to create many of them. */
async function servedHome() {
  const home = await homeAfter(['quickstart']);
  const { client_id } = await jsonOf<{ client_id: string }>(home, ['app', 'show', 'web']);
  const { port } = await serve(home);
  const memory = join(home, 'memory');
  const env = {
    AUTH0_DOMAIN: `http://localhost:${port}`,
    NODE_OPTIONS: `--require ${resolve('test/support/record-memory.cjs')}`,
    MEMORY_FILE: memory,
  };
  const command = (guests: number) => [
    ...['token', 'create', '--count', String(guests), '--concurrency', '32'],
    ...['--app', client_id, '--api', audience],
  ];
  return { home, env, command, memoryMib: () => Number(readFileSync(memory, 'utf8')) };
}

/** Resolves when the file has at least `bytes` bytes. */
async function grown(path: string, bytes: number): Promise<void> {
  while ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) < bytes) await setTimeout(5);
}

function numbersIn(path: string): number[] {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines.map((line) => (JSON.parse(line) as { n: number }).n).sort((a, b) => a - b);
}

const upTo = (most: number) => Array.from({ length: most }, (_, index) => index + 1);

describe('many guests over HTTP', () => {
  it('are each created once, however often a run is interrupted, using little memory', async () => {
    const { home, env, command, memoryMib } = await servedHome();
    const file = join(home, 'guests.ndjson');

    const stopped = start(home, [...command(count), '--output', file], { env });
    let told = '';
    stopped.stderr?.on('data', (text) => {
      told += text;
    });
    await grown(file, 300_000);
    stopped.kill('SIGINT');
    expect(await once(stopped, 'exit')).toEqual([130, null]);
    const made = numbersIn(file).length;
    expect(told).toBe(
      `error: Interrupted: ${made} of ${count} guests written.\nhint:  To continue, repeat the command with --resume ${file}\n`,
    );
    expect(made).toBeLessThan(count);

    const killed = start(home, [...command(count), '--resume', file], { env });
    await grown(file, statSync(file).size + 200_000);
    killed.kill('SIGKILL');
    await once(killed, 'exit');

    const { code, stderr, stdout } = await run(home, [...command(count), '--json', '--resume', file], { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ count, lost_answers: 0 });
    expect(numbersIn(file)).toEqual(upTo(count));
    expect(memoryMib()).toBeLessThan(150);
  });

  it('are created no faster than they are read, and stop with their reader', async () => {
    const { home, env, command } = await servedHome();
    const line = `anon-cli ${command(100_000).join(' ')} | (head -1; sleep 0.5; head -1 > /dev/null) | wc -l`;
    const { stdout, stderr, code } = await runShell(home, line, { env });
    expect({ stdout: stdout.trim(), stderr, code }).toEqual({ stdout: '1', stderr: '', code: 0 });
  });
});
