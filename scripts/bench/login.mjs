// What logins with an Action take: as an application's tests do it (a login hint, and the code), and as people do it (the page,
// the form with a password, and the code), where the hash of the password is most of the work. Each login writes to the state
// twice, one after the other for all connections, so a slow disk shows in every latency: a single write is measured too.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { inChild, median, print, rounds, row, run, runJson, serve } from './program.mjs';

const logins = 200;
const connections = 16;
const maxRounds = 5;
const audience = 'https://api.shop.example';
const password = 'Correct-Horse-9';

/** Each connection has users of its own, as in a real shop: logins of one user wait for each other. */
const emails = Array.from({ length: connections }, (_, number) => `user${number}@example.com`);

const action = `exports.onExecutePostLogin = async (event, api) => {
  const cart = event.anonymous_session?.metadata.cart ?? 'none';
  api.user.setAppMetadata('cart', cart + '/' + event.stats.logins_count);
  api.idToken.setCustomClaim('https://shop.example/cart', cart);
};`;

export async function measure(env) {
  const file = join(env.HOME, 'merge-cart.js');
  writeFileSync(file, action);
  run(env, ['local', 'action', 'add', 'post-login', file]);
  const { client_id: app } = runJson(env, ['app', 'show', 'web']);
  const server = await serve(env);
  try {
    const write = await createUsers(env, server);
    const { session_token: guest } = await send(server, '/anonymous/token', {
      ...{ client_id: app, audience, metadata: { cart: 'a' } },
    });
    const request = { port: server.port, app, guest, emails, password, connections, logins };
    for (const way of ['hint', 'form']) await inChild('logins.mjs', { ...request, way, logins: 2 * connections });
    print(`\n${logins} logins of a guest with an Action, ${connections} connections, HTTP, median of the rounds`);
    await compare(server, request, { way: 'hint', label: 'by login_hint', requests: 2, atMost: 25 });
    await compare(server, request, { way: 'form', label: 'by the page, with a password', requests: 4 });
    row('a single write, one after the other', await timeOfWrite(write), { unit: 'ms', digits: 1 });
  } finally {
    await server.stop();
  }
}

async function compare({ pid }, request, { way, label, requests, atMost }) {
  const results = [];
  for (const _ of rounds(maxRounds, 30)) {
    const before = cpuMs(pid);
    const result = await inChild('logins.mjs', { ...request, way });
    results.push({ ...result, cpuMs: (cpuMs(pid) - before) / logins });
  }
  const middle = (member) => median(results.map((result) => result[member]));
  const latency = `p50 ${middle('p50Ms').toFixed(0)} ms, p99 ${middle('p99Ms').toFixed(0)} ms`;
  row(label, middle('perSecond'), { unit: `per second, ${latency}` });
  if (!Number.isFinite(middle('cpuMs'))) return;
  row(`  the server's work for each, ${requests} requests`, middle('cpuMs'), { unit: 'ms of CPU', digits: 1, atMost });
}

/** Creates the users, and returns a function that changes one of them. */
async function createUsers(env, server) {
  const settings = runJson(env, ['local', 'show', '--reveal-secrets']);
  const { access_token: token } = await send(server, '/oauth/token', {
    grant_type: 'client_credentials',
    client_id: settings.management_client_id,
    client_secret: settings.management_client_secret,
    audience: `${settings.issuer}api/v2/`,
  });
  const connection = 'Username-Password-Authentication';
  let user;
  for (const email of emails) user = await send(server, '/api/v2/users', { connection, email, password }, { token });
  const path = `/api/v2/users/${encodeURIComponent(user.user_id)}`;
  return (number) => send(server, path, { user_metadata: { number } }, { token, method: 'PATCH' });
}

async function timeOfWrite(write) {
  const times = [];
  for (let number = 0; number < 50; number += 1) {
    const from = performance.now();
    await write(number);
    times.push(performance.now() - from);
  }
  return median(times);
}

async function send({ port }, path, json, { token, method = 'POST' } = {}) {
  const response = await fetch(`http://localhost:${port}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(json),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

/** The CPU time of a process and its threads until now. NaN where the system does not tell it in a file. */
function cpuMs(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    // In hundredths of a second: user and system, fields 14 and 15 of proc(5).
    return 10 * (Number(fields[11]) + Number(fields[12]));
  } catch {
    return Number.NaN;
  }
}
