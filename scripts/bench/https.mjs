// What HTTPS costs: until `local start` is ready and has answered, for its first connection, and for each request on kept
// connections.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { connect } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { bin, inChild, median, newHome, print, rounds, row, run, runJson, serve, started } from './program.mjs';

const startRounds = 25;
const loadRounds = 9;
const connections = 64;
const requestsPerRound = 3000;

/** What every server that is written with Node.js has to do. */
const bareServer = `
  const server = require('node:http').createServer((request, response) => response.end());
  server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })));`;

const mockServer = fileURLToPath(new URL('oauth2-mock-server.mjs', import.meta.url));

export async function measure(env) {
  await startToReady(env);
  const own = await serve(env);
  try {
    const ca = readFileSync(run(env, ['local', 'ca']), 'utf8');
    await firstConnections(own.port, ca);
    await requests(env, own.port, ca);
  } finally {
    await own.stop();
  }
}

async function startToReady(env) {
  const times = async (args, used = env) => {
    const from = performance.now();
    const server = await started(spawn(process.execPath, args, { env: used, stdio: ['ignore', 'pipe', 'ignore'] }));
    const readyMs = performance.now() - from;
    await fetch(`http://127.0.0.1:${server.port}/.well-known/jwks.json`);
    const answeredMs = performance.now() - from;
    await server.stop();
    return { readyMs, answeredMs };
  };
  // The issuer stays the same, as when people start it again, so that nothing is written.
  const start = (...more) => [
    ...[bin, 'local', 'start', '--port', '0', '--domain', 'localhost:4400', '--json'],
    ...more,
  ];
  await times(start());
  const taken = { bare: [], https: [], http: [], mock: [], first: [] };
  const client = JSON.stringify({
    clientId: 'bench',
    secret: 'a secret of the bench',
    audience: 'https://api.shop.example',
  });
  for (const round of rounds(startRounds, 60)) {
    taken.bare.push(await times(['-e', bareServer]));
    taken.https.push(await times(start()));
    taken.http.push(await times(start('--http')));
    taken.mock.push(await times([mockServer, client]));
    if (round % 5 === 0) {
      const home = newHome();
      taken.first.push(await times(start(), { ...home.env, PATH: env.PATH }));
      home.remove();
    }
  }
  const ms = (name, member) => median(taken[name].map((one) => one[member]));
  const ratio = (name, member) => median(taken[name].map((one, round) => one[member] / taken.bare[round][member]));
  print(`\nuntil local start is ready, ratio to a bare node:http server (${ms('bare', 'readyMs').toFixed(0)} ms)`);
  row('local start', ratio('https', 'readyMs'), { digits: 2, atMost: 1.5 });
  row('local start --http', ratio('http', 'readyMs'), { digits: 2 });
  row('oauth2-mock-server, which makes its key', ratio('mock', 'readyMs'), { digits: 2 });
  row('the first start, which makes all keys', ms('first', 'readyMs'), { unit: 'ms' });
  row('until its first response', ratio('https', 'answeredMs'), { digits: 2 });
}

async function firstConnections(port, ca) {
  const time = async () => {
    const from = performance.now();
    const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca });
    await once(socket, 'secureConnect');
    const ms = performance.now() - from;
    socket.destroy();
    return ms;
  };
  const first = await time();
  const later = [];
  for (const _ of rounds(20, 10)) later.push(await time());
  print('\nTLS handshakes');
  row('the first, which loads TLS', first, { unit: 'ms' });
  row('a later one', median(later), { unit: 'ms', digits: 1 });
}

async function requests(env, port, ca) {
  const { client_id: app } = runJson(env, ['app', 'show', 'web']);
  const request = {
    ports: [port],
    path: '/anonymous/token',
    body: JSON.stringify({ client_id: app, audience: 'https://api.shop.example' }),
    connections,
    requests: requestsPerRound,
  };
  for (const more of [{}, { ca }]) await inChild('load.mjs', { ...request, ...more });
  const pairs = [];
  for (const _ of rounds(loadRounds, 60)) {
    const [http, https] = [await inChild('load.mjs', request), await inChild('load.mjs', { ...request, ca })];
    pairs.push({ http: http.perSecond, https: https.perSecond });
  }
  print(`\nPOST /anonymous/token, ${connections} kept connections, median of ${pairs.length} rounds`);
  row('over HTTPS', median(pairs.map(({ https }) => https)), { unit: 'per second' });
  row('share of the rate over HTTP', 100 * median(pairs.map(({ http, https }) => https / http)), {
    unit: '%',
    atLeast: 85,
  });
}
