// What HTTPS costs: until `local start` is ready, for its first connection, and for each request on kept connections.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { connect } from 'node:tls';
import { bin, inChild, median, newHome, print, rounds, row, run, runJson, serve, started } from './program.mjs';

const startRounds = 25;
const loadRounds = 9;
const connections = 64;
const requestsPerRound = 3000;

/** What every server that is written with Node.js has to do. */
const bareServer = `
  const server = require('node:http').createServer((request, response) => response.end());
  server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })));`;

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
  const time = async (args, used = env) => {
    const from = performance.now();
    const server = await started(spawn(process.execPath, args, { env: used, stdio: ['ignore', 'pipe', 'ignore'] }));
    const ms = performance.now() - from;
    await server.stop();
    return ms;
  };
  // The issuer stays the same, as when people start it again, so that nothing is written.
  const start = (...more) => [
    ...[bin, 'local', 'start', '--port', '0', '--domain', 'localhost:4400', '--json'],
    ...more,
  ];
  await time(start());
  const times = { bare: [], https: [], http: [], first: [] };
  for (const round of rounds(startRounds, 60)) {
    times.bare.push(await time(['-e', bareServer]));
    times.https.push(await time(start()));
    times.http.push(await time(start('--http')));
    if (round % 5 === 0) {
      const home = newHome();
      times.first.push(await time(start(), { ...home.env, PATH: env.PATH }));
      home.remove();
    }
  }
  const ratio = (name) => median(times[name].map((ms, round) => ms / times.bare[round]));
  print(`\nuntil local start is ready, ratio to a bare node:http server (${median(times.bare).toFixed(0)} ms)`);
  row('local start', ratio('https'), { digits: 2, atMost: 1.5 });
  row('local start --http', ratio('http'), { digits: 2 });
  row('the first start, which makes all keys', median(times.first), { unit: 'ms' });
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
