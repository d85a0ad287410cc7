// The rate of POST /anonymous/token on `local start`, compared with the machine's limit and with two other servers.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bin, inChild, median, print, rounds, row, runJson, serve, started, timeOf } from './program.mjs';

// Many short rounds: something else on the machine then disturbs both sides of a ratio, or neither.
const maxRounds = 9;
const connections = 64;
const requestsPerRound = 3000;
const requestsToOthers = 1000;
const signaturesPerRound = 3000;
const maxBulkRounds = 5;
const guestsPerRound = 12_000;
/** Of the program and of the load generator alike: with more connections, a server answers more requests a second. */
const guestConnections = 32;

const audience = 'https://api.shop.example';

export async function measure(env) {
  const { client_id: app } = runJson(env, ['app', 'show', 'web']);
  const servers = [];
  try {
    const own = await serve(env);
    servers.push(own);
    const request = {
      ports: [own.port],
      path: '/anonymous/token',
      body: JSON.stringify({ client_id: app, audience }),
      connections,
      requests: requestsPerRound,
    };
    const others = await otherServers(env, servers);
    await compare(request, others);
    await bulk(env, request, app);
  } finally {
    for (const server of servers) await server.stop();
  }
}

/** Both issue an access token of the same kind for client credentials, the shortest request that they answer with one. */
async function otherServers(env, servers) {
  const client = { clientId: 'bench', secret: 'a secret of the bench', audience };
  const form = {
    grant_type: 'client_credentials',
    client_id: client.clientId,
    client_secret: client.secret,
    scope: 'read:catalog write:cart',
  };
  const others = [];
  for (const name of ['oidc-provider', 'oauth2-mock-server']) {
    const file = fileURLToPath(new URL(`${name}.mjs`, import.meta.url));
    const child = spawn(process.execPath, [file, JSON.stringify(client)], {
      env: { ...env, NODE_ENV: 'production' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const server = await started(child);
    servers.push(server);
    others.push({
      name,
      request: {
        ports: [server.port],
        path: '/token',
        type: 'application/x-www-form-urlencoded',
        body: String(new URLSearchParams(form)),
        connections,
        requests: requestsToOthers,
      },
    });
  }
  return others;
}

async function compare(request, others) {
  const all = [{ name: 'local start', request }, ...others];
  for (const { request } of all) await inChild('load.mjs', request);
  const ceilings = [];
  const results = new Map(all.map(({ name }) => [name, []]));
  for (const _ of rounds(maxRounds, 60)) {
    ceilings.push(await inChild('sign.mjs', { signatures: signaturesPerRound }));
    for (const { name, request } of all) results.get(name).push(await inChild('load.mjs', request));
  }
  print(`\na signed access token over HTTP, ${connections} connections, median of ${ceilings.length} rounds`);
  for (const [name, rates] of results) {
    const [perSecond, p50, p99] = ['perSecond', 'p50Ms', 'p99Ms'].map((member) =>
      median(rates.map((rate) => rate[member])),
    );
    const latency = `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`;
    row(name, perSecond, { unit: `per second, ${latency}` });
  }
  row('RS256 signatures', median(ceilings), { unit: `per second, node:crypto, ${availableParallelism()} cores` });
  const shareOf = (name) => 100 * median(results.get(name).map(({ perSecond }, round) => perSecond / ceilings[round]));
  row('local start, share of signatures', shareOf('local start'), { unit: '%', atLeast: 75 });
  for (const { name } of others) row(`${name}, share`, shareOf(name), { unit: '%' });
}

/** Compares guests created by the program, start-up included, with a load generator that has as many connections to the same server. */
async function bulk(env, request, app) {
  const count = ['--count', String(guestsPerRound), '--concurrency', String(guestConnections)];
  const args = ['token', 'create', ...count, '--app', app];
  const load = { ...request, connections: guestConnections, requests: 2 * requestsPerRound };
  const tenant = { ...env, AUTH0_DOMAIN: `http://localhost:${request.ports[0]}` };
  const pairs = [];
  for (const round of rounds(maxBulkRounds, 40)) {
    const { perSecond } = await inChild('load.mjs', load);
    const file = join(env.HOME, `guests-${round}.ndjson`);
    const ms = timeOf([bin, ...args, '--api', audience, '--output', file], tenant);
    pairs.push({ served: perSecond, made: (guestsPerRound / ms) * 1000 });
  }
  print(
    `\ntoken create --count ${guestsPerRound} --concurrency ${guestConnections} there, median of ${pairs.length} pairs`,
  );
  row('guests per second', median(pairs.map(({ made }) => made)));
  row(
    `share of a load with ${guestConnections} connections`,
    100 * median(pairs.map(({ served, made }) => made / served)),
    { unit: '%', atLeast: 80 },
  );
}
