// Two instances on one PostgreSQL: their rate compared with one on SQLite, and how old what they serve may be.
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { build } from 'esbuild';
import { inChild, median, percentile, print, root, rounds, row, run, runJson, serve } from './program.mjs';

const maxRounds = 9;
const connections = 64;
const requestsPerRound = 3000;
const writes = 200;
const audience = 'https://api.shop.example';

export async function measure(env) {
  const postgres = await startPostgres();
  const servers = [];
  try {
    const url = new URL(await postgres.createDatabase());
    const shared = { ...env, ANON_DATABASE_URL: String(url), PGPASSWORD: postgres.password };
    run(shared, ['setup', '--app', 'web', '--api', 'shop', '--scopes', 'read:catalog', '--no-session', '--yes']);
    const started = async (environment) => {
      const server = await serve(environment, ['--port', '0', '--domain', 'localhost:4400']);
      servers.push(server);
      return server.port;
    };
    const ports = { sqlite: [await started(env)], postgres: [await started(shared), await started(shared)] };
    await compareRates({ env, shared, ports });
    await ages(shared, ports.postgres);
  } finally {
    for (const server of servers) await server.stop();
    await postgres.stop();
  }
}

/** The server of the tests. Built inside the project, so that it finds its packages. */
async function startPostgres() {
  const folder = mkdtempSync(join(root, 'node_modules', '.anon-cli-bench-'));
  const outfile = join(folder, 'postgres.cjs');
  const entryPoints = [join(root, 'test', 'support', 'postgres.ts')];
  await build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'cjs', packages: 'external' });
  const { startPostgres: start } = createRequire(import.meta.url)(outfile);
  rmSync(folder, { recursive: true, force: true });
  return start({ durable: true });
}

async function compareRates({ env, shared, ports }) {
  const request = (environment, targets) => ({
    ports: targets,
    path: '/anonymous/token',
    body: JSON.stringify({ client_id: runJson(environment, ['app', 'show', 'web']).client_id, audience }),
    connections,
    requests: requestsPerRound,
  });
  const requests = [request(env, ports.sqlite), request(shared, ports.postgres)];
  for (const each of requests) await inChild('load.mjs', each);
  const pairs = [];
  for (const _ of rounds(maxRounds, 60)) {
    pairs.push([await inChild('load.mjs', requests[0]), await inChild('load.mjs', requests[1])]);
  }
  print(`\ntwo instances on one PostgreSQL, ${connections} connections, median of ${pairs.length} pairs`);
  for (const [index, name] of ['on SQLite, one instance', 'on PostgreSQL, two instances'].entries()) {
    const [perSecond, p50, p99] = ['perSecond', 'p50Ms', 'p99Ms'].map((member) =>
      median(pairs.map((pair) => pair[index][member])),
    );
    row(name, perSecond, { unit: `per second, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms` });
  }
  const share = median(pairs.map(([one, two]) => two.perSecond / one.perSecond));
  row('share of SQLite', 100 * share, { unit: '%', atLeast: 90 });
}

/**
 * Closes and opens the application to guests at one instance, and asks the other for tokens until it knows. A request that
 * still gets the answer from before, begun this long after the write was answered, shows how old the other's state was.
 */
async function ages(env, [one, other]) {
  const { client_id: app } = runJson(env, ['app', 'show', 'web']);
  const token = await managementToken(env, one);
  const found = [];
  for (let n = 0; n < writes; n += 1) {
    const isOpen = n % 2 === 1;
    const json = { can_create_anonymous_sessions: isOpen };
    const written = await send(one, 'PATCH', `/api/v2/clients/${app}`, { json, token });
    if (written.status !== 200) throw new Error(`a write was answered ${written.status}`);
    const answered = performance.now();
    let oldest = 0;
    for (;;) {
      const begun = performance.now() - answered;
      const { status } = await send(other, 'POST', '/anonymous/token', { json: { client_id: app, audience } });
      if ((status === 200) === isOpen) break;
      oldest = begun;
      if (begun > 5000) throw new Error('an instance did not learn of a write within 5 seconds');
    }
    found.push(oldest);
  }
  row(`age of the state after ${writes} writes, p50`, percentile(found, 50), { unit: 'ms', digits: 1 });
  row('  p99', percentile(found, 99), { unit: 'ms', digits: 1, atMost: 50 });
}

async function managementToken(env, port) {
  const settings = runJson(env, ['local', 'show', '--reveal-secrets']);
  const { body } = await send(port, 'POST', '/oauth/token', {
    json: {
      grant_type: 'client_credentials',
      client_id: settings.management_client_id,
      client_secret: settings.management_client_secret,
      audience: `${settings.issuer}api/v2/`,
    },
  });
  return body.access_token;
}

async function send(port, method, path, { json, token }) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(json),
  });
  return { status: response.status, body: await response.json() };
}
