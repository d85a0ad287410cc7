// Runs the built program on other versions of Node.js: the quickstart, decoding, creating one guest and many over
// HTTPS, and verifying their tokens. A seed must give each version the same keys, ids and tokens. The binaries come from the registry's packages of Node.js.
//
//   node scripts/node-versions.mjs              the oldest supported version and the newest of each even major since
//   node scripts/node-versions.mjs 20.18.1 26   these; a major version means its newest release
//   node scripts/node-versions.mjs newest       the newest of all
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { nodeBinary, versionsOf } from './node-binaries.mjs';
import { expected, predictable } from './predictable.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, 'bin', 'anon-cli.cjs');
const timeout = 60_000;

const wanted = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'anon-cli-nodes-'));
try {
  const versions = versionsOf(wanted.length > 0 ? wanted : ['20.18.1', '22', '24', '26']);
  for (const version of versions) await tryOn(version);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function tryOn(version) {
  const home = join(folder, version);
  const node = nodeBinary(version, home);
  const env = {
    ...process.env,
    HOME: home,
    XDG_CONFIG_HOME: '',
    XDG_DATA_HOME: '',
    XDG_CACHE_HOME: '',
    ANON_KEYRING: 'off',
  };
  const command = (args, input = '') => {
    const { status, stdout, stderr } = spawnSync(node, [bin, ...args], { env, input, timeout, encoding: 'utf8' });
    // A warning from Node itself counts as a failure: users would see it.
    if (status === 0 && !/\(node:\d+\)/.test(stderr)) return stdout;
    throw new Error(`Node.js ${version}: anon-cli ${args.join(' ')} ended with ${status}:\n${stderr}`);
  };
  const program = (args) => spawnSync(node, args, { env, timeout, encoding: 'utf8' }).stdout;
  if (!isDeepStrictEqual(await predictable({ command, program }), expected())) {
    throw new Error(`Node.js ${version}: a seed gives other keys, ids or tokens than test/fixtures/predictable has`);
  }
  command(['local', 'reset', '--yes']);
  command(['quickstart']);
  const token = command(['token', 'create', '--field', 'access_token']);
  command(['token', 'decode', '-'], token);
  command(['token', 'verify', '-', '--guest'], token);
  const server = spawn(node, [bin, 'local', 'start', '--port', '0', '--json'], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(server, 'exit');
  try {
    const [first] = await once(server.stdout, 'data');
    const { url, ca } = JSON.parse(String(first));
    env.ANON_CA_FILE = ca;
    const client = command(['local', 'show', '--field', 'management_client_id']).trim();
    const secret = command(['local', 'show', '--reveal-secrets', '--field', 'management_client_secret']);
    command(['login', 'served', '--domain', url, '--client-id', client, '--client-secret', '-'], secret);
    const [app, api] = ['--app=web', '--api=shop'];
    command(['token', 'create', '--profile', 'served', app, api, '--meta', 'language=en']);
    const guests = command(['token', 'create', '--profile', 'served', app, api, '--count', '50']).trim().split('\n');
    if (guests.length !== 50) throw new Error(`Node.js ${version}: 50 guests were asked for, ${guests.length} came`);
  } finally {
    server.kill('SIGINT');
    await ended;
  }
  process.stdout.write(
    `Node.js ${version}: the bytes of a seed, quickstart, decode, verify, a guest over HTTPS and 50 at once\n`,
  );
}
