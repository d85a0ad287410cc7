import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { homeAfter } from '../support/bin.ts';
import { jsonOf, serve } from '../support/local-server.ts';

const sevenProcessors = { NODE_OPTIONS: `--require ${resolve('test/support/seven-processors.cjs')}` };

/** How many threads a server has once it has signed a token. */
async function threadsOf(home: string, env: Readonly<Record<string, string>>, args: readonly string[] = []) {
  const { client_id } = await jsonOf(home, ['app', 'show', 'web']);
  const { port, pid, stop } = await serve(home, args, ['--port', '0', '--json'], env);
  const body = JSON.stringify({ client_id, audience: 'https://api.shop.example' });
  const headers = { 'content-type': 'application/json' };
  const { status } = await fetch(`http://localhost:${port}/anonymous/token`, { method: 'POST', headers, body });
  expect(status).toBe(200);
  const threads = readdirSync(`/proc/${pid}/task`).length;
  await stop();
  return threads;
}

describe('the threads of local start', () => {
  it('are as many as the machine has processors, unless the user has chosen a number', async () => {
    const home = await homeAfter(['quickstart']);
    const two = await threadsOf(home, { ...sevenProcessors, UV_THREADPOOL_SIZE: '2' });
    expect((await threadsOf(home, sevenProcessors)) - two).toBe(5);
    expect((await threadsOf(home, { ...sevenProcessors, UV_THREADPOOL_SIZE: '3' })) - two).toBe(1);
  });

  it('are not started by reading a certificate before their number is known', async () => {
    const home = await homeAfter(['quickstart']);
    await (await serve(home, [], ['--port', '0', '--json'])).stop();
    const file = `${home}/.local/share/anon-cli/tls/server.pem`;
    const own = ['--cert', file, '--key', file];
    const two = await threadsOf(home, { ...sevenProcessors, UV_THREADPOOL_SIZE: '2' }, own);
    expect((await threadsOf(home, sevenProcessors, own)) - two).toBe(5);
  });
});
