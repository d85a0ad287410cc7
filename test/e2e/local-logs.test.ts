import { once } from 'node:events';
import { expect, it } from 'vitest';
import { newHome, runShell, start } from '../support/bin.ts';
import { type Served, serve } from '../support/local-server.ts';

/** A request that the log shows. */
async function ask({ url }: Served): Promise<void> {
  await (await fetch(`${url}/.well-known/jwks.json`)).arrayBuffer();
}

/** `local logs --follow` that has shown a request. */
async function following(home: string, served: Served) {
  const child = start(home, ['local', 'logs', '--follow']);
  await ask(served);
  const [line] = await once(child.stdout ?? child, 'data');
  expect(String(line)).toBe('GET     /.well-known/jwks.json  200\n');
  return child;
}

it('local logs --follow ends with 0 on Ctrl-C', async () => {
  const home = newHome();
  const child = await following(home, await serve(home));
  child.kill('SIGINT');
  expect(await once(child, 'close')).toEqual([0, null]);
});

it('local logs --follow ends when nobody reads it any more, without a word', async () => {
  const home = newHome();
  const served = await serve(home);
  await ask(served);
  let running = true;
  const ran = runShell(home, '(anon-cli local logs --follow; echo "code $?" >&2) | head -1').finally(() => {
    running = false;
  });
  // The pipe is closed once the first line is read; the next one that is written finds that out.
  while (running) await ask(served);
  const { stdout, stderr } = await ran;
  expect({ stdout, stderr }).toEqual({ stdout: 'GET     /.well-known/jwks.json  200\n', stderr: 'code 0\n' });
});

it('local logs --follow ends with 6 when the server stops', async () => {
  const home = newHome();
  const served = await serve(home);
  const child = await following(home, served);
  let stderr = '';
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = once(child, 'close');
  expect(await served.stop()).toEqual({ code: 0, stderr: '' });
  expect(await ended).toEqual([6, null]);
  expect(stderr).toBe(
    'error: The server of the local tenant no longer answers.\nhint:  If it was stopped, start it again: anon-cli local start\n',
  );
});
