// Measures start-up and throughput as ratios within one run: on shared, noisy machines a single time is unreliable,
// while the ratio of two times measured side by side is stable.
//
//   npm run bench              everything; start-up also on the newest Node.js in the registry
//   npm run bench -- start-up  start-up alone
//   npm run bench -- server    the server alone
import { execFileSync, fork, spawn, spawnSync } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { nodeBinary, versionsOf } from './node-binaries.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, 'bin', 'anon-cli.cjs');
const rounds = 40;
const serverRounds = 5;
const connections = 64;
const requestsPerRound = 6000;
const guestsPerRound = 12_000;
const signaturesPerRound = 10_000;

const [role, ...rest] = process.argv.slice(2);
if (role === 'child:load') await load(JSON.parse(rest[0]));
else if (role === 'child:sign') await signMany();
else await main(role);

async function main(only) {
  const home = mkdtempSync(join(tmpdir(), 'anon-cli-bench-'));
  // NODE_EXTRA_CA_CERTS alone adds 40 ms to every process.
  const { NODE_EXTRA_CA_CERTS, XDG_CONFIG_HOME, XDG_DATA_HOME, XDG_CACHE_HOME, ...inherited } = process.env;
  const env = { ...inherited, HOME: home, USERPROFILE: home };
  try {
    execFileSync(process.execPath, [bin, 'quickstart'], { env, stdio: 'ignore' });
    if (only !== 'server') {
      startUp(env, process.execPath);
      startUpOnNewest(env);
    }
    if (only !== 'start-up') await server(env);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** Newer versions of Node.js have a compile cache. Skipped when the registry can't be reached. */
function startUpOnNewest(env) {
  let node;
  try {
    const [version] = versionsOf(['newest']);
    node = nodeBinary(version, join(env.HOME, 'node'));
  } catch (error) {
    print(`\nno newer Node.js to measure: ${error.message.split('\n')[0]}`);
    return;
  }
  print('');
  startUp(env, node);
}

function startUp(env, node) {
  // A cloud tenant's token, which does not need keys from the local tenant's database.
  const foreign = jwt(
    { alg: 'RS256', typ: 'JWT', kid: 'k' },
    { iss: 'https://acme.eu.auth0.com/', sub: 'someone', exp: 1_900_000_000 },
  );
  const own = execFileSync(process.execPath, [bin, 'token', 'create', '--field', 'access_token'], {
    env,
    encoding: 'utf8',
  }).trim();
  const cases = [
    ['--version', 1.15, [bin, '--version']],
    ['--help', 1.15, [bin, '--help']],
    ['completion of words', 1.25, [bin, 'complete', 'bash', '--', 'api', '']],
    ['completion of names', undefined, [bin, 'complete', 'bash', '--', 'app', 'show', '']],
    ['token decode', 1.45, [bin, 'token', 'decode', foreign]],
    ['token decode, verified', undefined, [bin, 'token', 'decode', own]],
    ['token create', 5, [bin, 'token', 'create']],
  ];
  // The first run of each command fills the compile cache.
  for (const [, , args] of cases) timeOf(args, env, node);
  const times = new Map([['base', []], ...cases.map(([name]) => [name, []])]);
  for (let round = 0; round < rounds; round += 1) {
    times.get('base').push(timeOf(['-e', '0'], env, node));
    for (const [name, , args] of cases) times.get(name).push(timeOf(args, env, node));
  }
  const base = times.get('base');
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  print(
    `start-up on Node.js ${version}, ratio to node -e 0 (${median(base).toFixed(0)} ms), median of ${rounds} pairs`,
  );
  for (const [name, target] of cases) {
    const ratio = median(times.get(name).map((time, round) => time / base[round]));
    print(`  ${name.padEnd(24)} ${ratio.toFixed(2)}${target === undefined ? '' : `   target ${target}`}`);
  }
}

function timeOf(args, env, node = process.execPath) {
  const from = performance.now();
  const { status } = spawnSync(node, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const time = performance.now() - from;
  if (status !== 0) throw new Error(`${args.slice(1, 3).join(' ')} failed with ${status}`);
  return time;
}

function jwt(header, claims) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(claims)}.${Buffer.alloc(32).toString('base64url')}`;
}

async function server(env) {
  const show = JSON.parse(
    execFileSync(process.execPath, [bin, 'app', 'show', 'web', '--json'], { env, encoding: 'utf8' }),
  );
  const child = spawn(process.execPath, [bin, 'local', 'start', '--port', '0', '--json'], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    let text = '';
    while (!text.includes('}')) text += String((await once(child.stdout, 'data'))[0]);
    const { port } = JSON.parse(text);
    const request = { port, body: JSON.stringify({ client_id: show.client_id, audience: 'https://api.shop.example' }) };
    await inChild('child:load', request);
    const pairs = [];
    for (let round = 0; round < serverRounds; round += 1) {
      const ceiling = await inChild('child:sign');
      pairs.push({ ceiling, served: await inChild('child:load', request) });
    }
    const share = median(pairs.map(({ ceiling, served }) => served / ceiling));
    print(`\nPOST /anonymous/token on local start, ${connections} connections, median of ${serverRounds} pairs`);
    print(`  requests per second      ${median(pairs.map(({ served }) => served)).toFixed(0)}`);
    print(
      `  RS256 signatures         ${median(pairs.map(({ ceiling }) => ceiling)).toFixed(0)} per second, node:crypto, ${availableParallelism()} cores`,
    );
    print(`  share of the ceiling     ${(share * 100).toFixed(0)} %   target 55 %`);
    await bulk(env, request, show.client_id);
  } finally {
    child.kill('SIGINT');
    await once(child, 'exit');
  }
}

/** Compares guests created by the program, start-up included, with a load generator on the same server. */
async function bulk(env, request, app) {
  const args = ['token', 'create', '--count', String(guestsPerRound), '--concurrency', '32', '--app', app];
  const tenant = { ...env, AUTH0_DOMAIN: `http://localhost:${request.port}` };
  const pairs = [];
  for (let round = 0; round < serverRounds; round += 1) {
    const served = await inChild('child:load', request);
    const file = join(env.HOME, `guests-${round}.ndjson`);
    const ms = timeOf([bin, ...args, '--api', 'https://api.shop.example', '--output', file], tenant);
    pairs.push({ served, made: (guestsPerRound / ms) * 1000 });
  }
  const share = median(pairs.map(({ served, made }) => made / served));
  print(`\ntoken create --count ${guestsPerRound} --concurrency 32 there, median of ${serverRounds} pairs`);
  print(`  guests per second        ${median(pairs.map(({ made }) => made)).toFixed(0)}`);
  print(`  share of that load       ${(share * 100).toFixed(0)} %   target 80 %`);
}

async function inChild(part, argument = {}) {
  const child = fork(fileURLToPath(import.meta.url), [part, JSON.stringify(argument)]);
  const [rate] = await once(child, 'message');
  await once(child, 'exit');
  return rate;
}

/** Sends the same request over keep-alive connections, one at a time on each. */
async function load({ port, body }) {
  const request = `POST /anonymous/token HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  let left = requestsPerRound;
  const from = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      let answer = '';
      const answered = () =>
        new Promise((resolve, reject) => {
          socket.once('error', reject);
          socket.on('data', function more(data) {
            answer += data.toString('latin1');
            const head = answer.indexOf('\r\n\r\n');
            const length = Number(/content-length: (\d+)/i.exec(answer)?.[1]);
            if (head < 0 || answer.length < head + 4 + length) return;
            socket.off('data', more);
            socket.off('error', reject);
            if (!answer.startsWith('HTTP/1.1 200')) reject(new Error(`answered ${answer.slice(9, 12)}`));
            answer = '';
            resolve();
          });
        });
      while (left > 0) {
        left -= 1;
        socket.write(request);
        await answered();
      }
      socket.destroy();
    }),
  );
  process.send((requestsPerRound / (performance.now() - from)) * 1000);
}

/** The machine's highest signing rate: asynchronous node:crypto with one reused key object. */
async function signMany() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const data = Buffer.alloc(500, 'x');
  let left = signaturesPerRound;
  const from = performance.now();
  await Promise.all(
    Array.from({ length: 2 * availableParallelism() }, async () => {
      while (left > 0) {
        left -= 1;
        await new Promise((resolve, reject) =>
          sign('sha256', data, privateKey, (error) => (error ? reject(error) : resolve())),
        );
      }
    }),
  );
  process.send((signaturesPerRound / (performance.now() - from)) * 1000);
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function print(line) {
  process.stdout.write(`${line}\n`);
}
