// What the lines and the records of requests cost `local start`: 100,000 requests to servers with them, and as many to servers
// without.
import { cpSync, readFileSync } from 'node:fs';
import { inChild, median, newHome, print, rounds, row, runJson, serve } from './program.mjs';

const connections = 64;
const requestsPerRound = 1000;
const maxRounds = 25;
/** Of each kind: two processes that do the same differ by one per cent already. */
const servers = 4;
/** Records take up memory for the last 10,000 requests, and the engine has taken all that it needs some time later. */
const unmeasured = 40_000;

export async function measure(env) {
  const { client_id: app } = runJson(env, ['app', 'show', 'web']);
  const started = [];
  try {
    for (let number = 0; number < servers; number += 1) {
      for (const kind of ['logged', 'silent']) started.push(await startServer(env, kind));
    }
    await compare(started, {
      path: '/anonymous/token',
      body: JSON.stringify({ client_id: app, audience: 'https://api.shop.example' }),
      connections,
    });
  } finally {
    for (const { server, home } of started) {
      await server.stop();
      home.remove();
    }
  }
}

async function startServer(env, kind) {
  const home = newHome();
  cpSync(env.HOME, home.folder, { recursive: true });
  const args = kind === 'logged' ? [] : ['--quiet', '--no-control'];
  return { kind, home, server: await serve(home.env, ['--port', '0', ...args]), rates: [], memories: [] };
}

async function compare(started, request) {
  const send = ({ server }, requests) =>
    inChild('load.mjs', { ...request, ports: [server.port], requests, maxSeconds: 20 });
  for (const one of started) await send(one, unmeasured);
  for (const round of rounds(maxRounds, 150)) {
    // What a server leaves to the next one, such as a busy machine, it leaves to each kind as often.
    for (const one of round % 2 === 0 ? started : [...started].reverse()) {
      one.rates.push((await send(one, requestsPerRound)).perSecond);
      one.memories.push(memoryMb(one.server));
    }
  }
  const count = (servers * requestsPerRound * started[0].rates.length).toLocaleString('en');
  const of = (kind) => started.filter((one) => one.kind === kind);
  const rateOf = (kind, round) => of(kind).reduce((sum, { rates }) => sum + rates[round], 0) / servers;
  const each = started[0].rates.map((_, round) => [rateOf('logged', round), rateOf('silent', round)]);
  print(
    `\n${count} requests with logging on, and as many without, ${connections} connections, median of ${each.length} rounds`,
  );
  row('without', median(each.map(([, silent]) => silent)), { unit: 'per second' });
  row('with lines and records', median(each.map(([logged]) => logged)), { unit: 'per second' });
  row('cost', 100 * (1 - median(each.map(([logged, silent]) => logged / silent))), { unit: '%', digits: 1, atMost: 3 });
  for (const [kind, name] of [
    ['silent', 'without'],
    ['logged', 'with'],
  ]) {
    const growth = of(kind).reduce((sum, { memories }) => sum + grown(memories), 0) / servers;
    row(`memory taken meanwhile, ${name}`, growth, { unit: 'MB', atMost: 10 });
  }
}

/** Between the first fifth of the rounds and the last: the memory of a process goes up and down by some megabytes all the time. */
function grown(memories) {
  const fifth = Math.ceil(memories.length / 5);
  return median(memories.slice(-fifth)) - median(memories.slice(0, fifth));
}

/** Of a process, resident. */
function memoryMb({ pid }) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
}
