// How long commands take, compared with `node -e 0`.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeBinary, versionsOf } from '../node-binaries.mjs';
import { bin, median, print, rounds, row, run, timeOf } from './program.mjs';

const maxRounds = 40;

export function measure(env) {
  startUp(env, process.execPath);
  startUpOnNewest(env);
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
  startUp(env, node);
}

function startUp(env, node) {
  const cases = commands(env);
  // The first run of each command fills the compile cache.
  for (const [, , args] of cases) timeOf(args, env, node);
  const times = new Map([['base', []], ...cases.map(([name]) => [name, []])]);
  for (const _ of rounds(maxRounds, 60)) {
    times.get('base').push(timeOf(['-e', '0'], env, node));
    for (const [name, , args] of cases) times.get(name).push(timeOf(args, env, node));
  }
  const base = times.get('base');
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  print(
    `\nstart-up on Node.js ${version}, ratio to node -e 0 (${median(base).toFixed(0)} ms), median of ${base.length} pairs`,
  );
  for (const [name, target] of cases) {
    const ratio = median(times.get(name).map((time, round) => time / base[round]));
    row(name, ratio, { digits: 2, atMost: target });
  }
}

function commands(env) {
  // A cloud tenant's token, which does not need keys from the local tenant's database.
  const foreign = jwt(
    { alg: 'RS256', typ: 'JWT', kid: 'k' },
    { iss: 'https://acme.eu.auth0.com/', sub: 'someone', exp: 1_900_000_000 },
  );
  const own = run(env, ['token', 'create', '--field', 'access_token']);
  return [
    ['--version', 1.15, [bin, '--version']],
    ['--help', 1.15, [bin, '--help']],
    ['completion of words', 1.25, [bin, 'complete', 'bash', '--', 'api', '']],
    ['completion of names', undefined, [bin, 'complete', 'bash', '--', 'app', 'show', '']],
    ['token decode', 1.45, [bin, 'token', 'decode', foreign]],
    ['token decode, verified', undefined, [bin, 'token', 'decode', own]],
    ['token create', 5, [bin, 'token', 'create']],
    ['config validate', 2.5, [bin, 'config', 'validate', '--file', configFile(env)]],
  ];
}

function configFile(env) {
  const path = join(env.HOME, 'anon.yaml');
  writeFileSync(
    path,
    `tenant: { lifetime: 30d, format: jwe }
apps:
  web: { enabled: true, origins: [http://localhost:3000] }
apis:
  https://shop.example/api:
    open: true
    scopes: [read:catalog]
    apps: { web: [read:catalog, write:cart] }
claims:
  https://example.com/language: metadata.language
policies:
  - max-session-lifetime: 90d
`,
  );
  return path;
}

function jwt(header, claims) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(claims)}.${Buffer.alloc(32).toString('base64url')}`;
}
