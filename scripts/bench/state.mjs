// What a state of 10,000 applications, 2,000 APIs and 20,000 grants costs, compared with one of 10, 2 and 20.
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { builtStore } from './built-store.mjs';
import { audienceOfGrant, clientIdOf, fillTenant } from './large-state.mjs';
import { bin, median, newHome, percentile, print, rounds, row, run, runJson, serve, timeOf } from './program.mjs';

const sizes = {
  small: { clients: 10, apis: 2 },
  page: { clients: 100, apis: 20 },
  large: { clients: 10_000, apis: 2000 },
};
const commandRounds = 20;
const writes = 200;
const tokens = 2000;

export async function measure() {
  const homes = Object.fromEntries(Object.keys(sizes).map((size) => [size, newHome()]));
  try {
    for (const [size, home] of Object.entries(homes)) {
      run(home.env, ['local', 'reset', '--yes', '--edition', 'ea']);
      run(home.env, ['setup', '--app', 'web', '--api', 'shop', '--scopes', 'read:catalog', '--no-session', '--yes']);
      fillTenant(home, sizes[size]);
    }
    print('\n10,000 applications, 2,000 APIs and 20,000 grants, ratio to 10, 2 and 20');
    compareCommands(homes);
    await compareServers(homes);
    comparePages(homes);
  } finally {
    for (const home of Object.values(homes)) home.remove();
  }
}

function compareCommands({ small, large }) {
  const commands = [
    ['tenant show', ['tenant', 'show']],
    ['app show <id>', ['app', 'show', clientIdOf(7)]],
    ['token create', ['token', 'create']],
  ];
  for (const [name, args] of commands) {
    const ratios = [];
    for (const home of [small, large]) timeOf([bin, ...args], home.env);
    for (const _ of rounds(commandRounds, 12)) {
      const before = timeOf([bin, ...args], small.env);
      ratios.push(timeOf([bin, ...args], large.env) / before);
    }
    row(name, median(ratios), { digits: 2, atMost: 1.15 });
  }
}

async function compareServers({ small, large }) {
  const servers = [];
  try {
    const tenants = [];
    for (const [home, size] of [
      [small, sizes.small],
      [large, sizes.large],
    ]) {
      const server = await serve(home.env);
      servers.push(server);
      tenants.push({ ...server, home, size, token: await managementToken(home, server) });
    }
    await compareWrites(tenants);
    await refreshes(tenants[1]);
    for (const tenant of tenants) await useAll(tenant);
    const [before, after] = tenants.map(({ pid }) => residentMegabytes(pid));
    if (after !== undefined) row('memory of local start, more', after - before, { unit: 'MB', atMost: 60 });
  } finally {
    for (const server of servers) await server.stop();
  }
}

async function compareWrites([small, large]) {
  const times = new Map([
    [small, []],
    [large, []],
  ]);
  for (let n = 0; n < writes; n += 1) {
    for (const tenant of [small, large]) {
      const from = performance.now();
      await rename(tenant, n);
      times.get(tenant).push(performance.now() - from);
    }
  }
  const [before, after] = [small, large].map((tenant) => median(times.get(tenant)));
  row('a Management write', after / before, { digits: 2, atMost: 1.3 });
}

/** The server writes, and a store in this process takes notice. */
async function refreshes(tenant) {
  const { state } = runJson(tenant.home.env, ['local', 'show']);
  const { openStore, remove } = await builtStore();
  const store = await openStore(state);
  const times = [];
  try {
    await store.refresh();
    for (let n = 0; n < writes; n += 1) {
      await rename(tenant, n);
      const from = performance.now();
      await store.refresh();
      times.push(performance.now() - from);
      const { name } = await store.get('client', clientIdOf(3));
      if (name !== `renamed ${n}`) throw new Error('a refresh did not take notice of a write');
    }
  } finally {
    await store.close();
    remove();
  }
  row('a refresh after a foreign write', median(times), { unit: 'ms', digits: 2, atMost: 1 });
  row('its p99', percentile(times, 99), { unit: 'ms', digits: 2 });
}

/** Requests that read much of the state: all pages of a list, and tokens for many applications. */
async function useAll(tenant) {
  let listed = 1;
  for (let page = 0; listed > 0; page += 1) {
    listed = (await manage(tenant, 'GET', `clients?per_page=100&page=${page}`)).length;
  }
  for (let n = 0; n < tokens; n += 1) {
    const client = n % tenant.size.clients;
    const body = { client_id: clientIdOf(client), audience: audienceOfGrant(2 * client, tenant.size.apis) };
    await send(tenant, 'POST', '/anonymous/token', body);
  }
}

/** What each page of 100 adds to a command that lists none. */
function comparePages({ page, large }) {
  const lists = [
    ['app list', ['app', 'list'], ['tenant', 'show']],
    ['completion of names', ['complete', 'bash', '--', 'app', 'show', ''], ['complete', 'bash', '--', 'api', '']],
  ];
  for (const [name, list, nothing] of lists) {
    const perPage = new Map([
      [page, []],
      [large, []],
    ]);
    for (const _ of rounds(10, 15)) {
      for (const [home, times] of perPage) {
        const pages = home === page ? 1 : 100;
        const ownMs = timeOf([bin, ...list], home.env) - timeOf([bin, ...nothing], home.env);
        times.push(ownMs / pages);
      }
    }
    const [before, after] = [...perPage.values()].map(median);
    row(`${name}, per page, to 100 apps`, after / before, { digits: 2, atMost: 2 });
  }
}

async function managementToken({ env }, { port }) {
  const settings = runJson(env, ['local', 'show', '--reveal-secrets']);
  const answer = await send({ port }, 'POST', '/oauth/token', {
    grant_type: 'client_credentials',
    client_id: settings.management_client_id,
    client_secret: settings.management_client_secret,
    audience: `${settings.issuer}api/v2/`,
  });
  return answer.access_token;
}

function rename(tenant, n) {
  return manage(tenant, 'PATCH', `clients/${clientIdOf(3)}`, { name: `renamed ${n}` });
}

function manage(tenant, method, path, json) {
  return send(tenant, method, `/api/v2/${path}`, json);
}

async function send({ port, token }, method, path, json) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    ...(json && { body: JSON.stringify(json) }),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response.json();
}

/** Undefined where the system does not tell it in a file. */
function residentMegabytes(pid) {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  } catch {
    return undefined;
  }
}
