import { setImmediate } from 'node:timers/promises';
import type { Fleet } from './fleet.ts';
import type { Answer, LoadClient, Request } from './load-client.ts';
import type { LoadedTenant } from './loaded-tenant.ts';

/** What scripts and applications do at the same time, on every instance in turn. */
export interface MixedLoad {
  /** How often each was answered with success. */
  readonly done: { writes: number; guests: number; assertions: number };
  /** Resolves once this many more writes were answered with success. */
  moreWrites(count: number): Promise<void>;
  /** Stops sending, and waits for the last answers. */
  stop(): Promise<void>;
  /** The writes that were answered with success and are not there at `url`, a line each. */
  lostAt(url: string): Promise<string[]>;
  /** Sends every assertion once more to `url`. Returns how many of all were accepted more than once. */
  replayedAt(url: string): Promise<number>;
}

/** What was sent for one API, and what was answered with success. */
interface ApiHistory {
  readonly identifier: string;
  id?: string;
  lifetimeSent: number;
  lifetimeSaved: number;
  removal?: 'sent' | 'saved';
}

interface Assertion {
  readonly request: Request;
  accepted: number;
}

const apis = '/api/v2/resource-servers';

export function startMixedLoad(client: LoadClient, fleet: Fleet, tenant: LoadedTenant): MixedLoad {
  const history: ApiHistory[] = [];
  const assertions: Assertion[] = [];
  const done = { writes: 0, guests: 0, assertions: 0 };
  const token = tenant.managementToken;
  const next = roundRobin(fleet);
  const ask = async (request: Request) => client.ask(await next(), request);
  const manage = (request: Omit<Request, 'token'>) => ask({ ...request, token });
  let stopped = false;
  const repeat = async (work: () => Promise<void>) => {
    while (!stopped) await work();
  };
  const work = [
    repeat(() => useApi(manage, history, done)),
    repeat(() => useApi(manage, history, done)),
    repeat(async () => void ((await ask(tenant.newGuest)) && done.guests++)),
    repeat(async () => {
      const assertion = { request: await tenant.newAssertion(), accepted: 0 };
      assertions.push(assertion);
      await Promise.all([next(), next()].map(async (url) => present(client, await url, assertion)));
      done.assertions += assertion.accepted;
    }),
  ];
  return {
    done,
    async moreWrites(count) {
      const enough = done.writes + count;
      while (done.writes < enough) await fleet.listening().then(() => setImmediate());
    },
    async stop() {
      stopped = true;
      await Promise.all(work);
    },
    lostAt: async (url) => lostOf(history, await allApis(client, url, token)),
    async replayedAt(url) {
      for (const assertion of assertions) await present(client, url, assertion);
      return assertions.filter(({ accepted }) => accepted > 1).length;
    },
  };
}

/** The instances that listen, in turn. */
function roundRobin(fleet: Fleet): () => Promise<string> {
  let turn = 0;
  return async () => {
    const urls = await fleet.listening();
    turn += 1;
    return urls[turn % urls.length] ?? '';
  };
}

async function present({ ask }: LoadClient, url: string, assertion: Assertion): Promise<void> {
  const answer = await ask(url, assertion.request);
  if (answer?.status === 200) assertion.accepted += 1;
}

type Manage = (request: Omit<Request, 'token'>) => Promise<Answer | undefined>;

/** Creates an API, reads and changes it, and removes every third. Each goes to the next instance. */
async function useApi(manage: Manage, history: ApiHistory[], done: { writes: number }): Promise<void> {
  const number = history.length;
  const api: ApiHistory = { identifier: `urn:api:${number}`, lifetimeSent: 60, lifetimeSaved: 60 };
  history.push(api);
  const json = { name: `api ${number}`, identifier: api.identifier, token_lifetime: api.lifetimeSent };
  const created = await manage({ method: 'POST', path: apis, json, expects: [201] });
  if (created?.status !== 201) return;
  done.writes += 1;
  const id = created.body.id;
  api.id = id;
  const path = `${apis}/${id}`;
  // What one instance answered is true for the next request to any other.
  await manage({ method: 'GET', path, expects: [200] });
  for (const lifetime of [120, 180]) {
    api.lifetimeSent = lifetime;
    const changed = await manage({ method: 'PATCH', path, json: { token_lifetime: lifetime }, expects: [200] });
    if (changed?.status !== 200) return;
    api.lifetimeSaved = lifetime;
    done.writes += 1;
  }
  if (number % 3 !== 0) return;
  api.removal = 'sent';
  const removed = await manage({ method: 'DELETE', path, expects: [204] });
  if (removed?.status !== 204) return;
  api.removal = 'saved';
  done.writes += 1;
}

interface SavedApi {
  readonly id: string;
  readonly token_lifetime: number;
}

async function allApis({ ask, problems }: LoadClient, url: string, token: string): Promise<Map<string, SavedApi>> {
  const all = new Map<string, SavedApi>();
  for (let page = 0; ; page += 1) {
    const path = `${apis}?per_page=100&page=${page}`;
    const answer = await ask(url, { method: 'GET', path, token, expects: [200] });
    if (answer?.status !== 200) throw new Error(`GET ${path}: ${problems.at(-1) ?? 'no answer'}`);
    for (const api of answer.body) all.set(api.id, api);
    if (answer.body.length < 100) return all;
  }
}

function lostOf(history: readonly ApiHistory[], saved: ReadonlyMap<string, SavedApi>): string[] {
  return history.flatMap(({ identifier, id, lifetimeSent, lifetimeSaved, removal }) => {
    if (id === undefined) return [];
    const api = saved.get(id);
    if (removal === 'saved') return api ? [`${identifier} was deleted`] : [];
    if (!api) return removal === 'sent' ? [] : [`${identifier} was created`];
    const lifetime = api.token_lifetime;
    if (lifetime === lifetimeSaved || lifetime === lifetimeSent) return [];
    return [`${identifier} got a lifetime of ${lifetimeSaved}, and has ${lifetime}`];
  });
}
