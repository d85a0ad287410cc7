import type { Answer, LoadClient, Request } from './client.ts';
import type { Fleet } from './fleet.ts';
import { differences, type History, historyIn } from './history.ts';
import { changeSetting, type Scripts, useObjects } from './management.ts';
import { Once } from './once.ts';
import { apisPath, type Documents, loadName, orphansIn, partOf, partsIn } from './state.ts';
import type { LoadedTenant } from './tenant.ts';

/** What scripts and applications do at the same time, through a round-robin of all instances. */
export interface MixedLoad {
  /** How often each was answered with success. */
  readonly done: { writes: number; guests: number; assertions: number; names: number };
  /** Sends nothing more until {@link resume}. */
  pause(): void;
  resume(): void;
  /** Sends until `work` has ended, and then waits for the last answers. @throws where either fails */
  during(work: () => Promise<void>): Promise<void>;
  /** How the documents differ from what was answered, a line each. */
  differencesIn(documents: Documents): string[];
  /** Sends both requests with each assertion again, each of them to another instance. */
  replayAt(urls: readonly string[]): Promise<void>;
  /** What was accepted twice, or refused although it was new, a line each. */
  wronglyTaken(): string[];
}

interface Assertion {
  readonly once: Once;
  readonly requests: readonly [Request, Request];
}

export function mixedLoad(client: LoadClient, fleet: Fleet, tenant: LoadedTenant): MixedLoad {
  const ledger = new Map<string, History>();
  const assertions: Assertion[] = [];
  const names: Once[] = [];
  const done = { writes: 0, guests: 0, assertions: 0, names: 0 };
  const ask = async (request: Request) => client.ask(await fleet.next(), request);
  const scripts: Scripts = {
    manage: (request) => ask({ ...request, token: tenant.managementToken }),
    history: (part) => historyIn(ledger, part),
    wrote: () => void done.writes++,
    problem: (line) => void client.problems.push(line),
  };
  const gate = newGate();
  let isOver = false;
  let number = 0;
  const repeat = async (work: (number: number) => Promise<unknown>) => {
    while (!isOver) {
      await gate.open();
      number += 1;
      await work(number);
    }
  };
  const presentTwice = async (each: number) => {
    const assertion = { once: new Once(`assertion ${each}`), requests: await tenant.newAssertion() };
    assertions.push(assertion);
    await Promise.all(assertion.requests.map(async (request) => assertion.once.note(await ask(request))));
    if (assertion.once.isAccepted) done.assertions += 1;
  };
  const createTwice = async (each: number) => {
    const name = new Once(`identifier ${each}`);
    names.push(name);
    await takeName(scripts, name, loadName(each));
    if (name.isAccepted) done.names += 1;
  };
  const changeSettings = async (member: string, each: number) => {
    for (let change = 0; change < 3; change += 1) await changeSetting(scripts, member, `${each}.${change}`);
  };
  const loops = () => [
    repeat((each) => useObjects(scripts, each)),
    repeat(async (each) => {
      await presentTwice(each);
      await changeSettings('friendly_name', each);
    }),
    repeat(async (each) => {
      await createTwice(each);
      await changeSettings('support_url', each);
      if (await useGuest(ask, tenant, scripts)) done.guests += 1;
    }),
  ];
  return {
    done,
    pause: gate.shut,
    resume: gate.reopen,
    async during(work) {
      const all = Promise.all(loops());
      try {
        await Promise.race([work(), all]);
      } finally {
        isOver = true;
        gate.reopen();
      }
      await all;
    },
    differencesIn: (documents) => [...differences(ledger, partsIn(documents)), ...orphansIn(documents)],
    async replayAt(urls) {
      for (const { once, requests } of assertions) {
        const answers = requests.map((request, index) => client.ask(urls[index] ?? '', request));
        for (const answer of await Promise.all(answers)) once.note(answer);
      }
    },
    wronglyTaken: () => [...assertions.map(({ once }) => once), ...names].flatMap((once) => once.problem() ?? []),
  };
}

type Ask = (request: Request) => Promise<Answer | undefined>;

/** Creates a guest and updates the session on the next instance. Returns whether both were answered with success. */
async function useGuest(ask: Ask, { newGuest }: LoadedTenant, { problem }: Scripts): Promise<boolean> {
  const created = await ask({ ...newGuest, json: { ...newGuest.json, metadata: { cart: 'empty' } } });
  if (created?.status !== 200) return false;
  const { session_token } = created.body;
  const updated = await ask({ ...newGuest, json: { ...newGuest.json, session_token, metadata: { cart: 'full' } } });
  if (updated?.status !== 200) return false;
  const [before, after] = [created, updated].map(({ body }) => subjectOf(body.access_token));
  if (before !== after) problem(`guest ${before} is ${after} after an update`);
  return before === after;
}

function subjectOf(token: string): string {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).sub;
}

/** Creates an API twice at once: an identifier is unique. */
async function takeName(scripts: Scripts, once: Once, identifier: string): Promise<void> {
  const json = { name: identifier, identifier, token_lifetime: 60 };
  const { name, value } = partOf.api(json);
  const history = scripts.history(name);
  history.sent(value);
  const create = async () => {
    const answer = await scripts.manage({ method: 'POST', path: apisPath, json, expects: [201, 409] });
    once.note(answer);
    if (answer?.status !== 201) return;
    history.saved(value);
    scripts.wrote();
  };
  await Promise.all([create(), create()]);
}

/** What the load waits at while it is paused. */
function newGate() {
  let opened: Promise<void> = Promise.resolve();
  let reopen = () => {};
  return {
    open: () => opened,
    shut: () => {
      opened = new Promise((resolve) => {
        reopen = resolve;
      });
    },
    reopen: () => reopen(),
  };
}
