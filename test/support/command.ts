import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { CommandDefinition } from '../../src/cli/commands/define-command.ts';
import { main, runCommand } from '../../src/cli/main.ts';
import type { Context, World } from '../../src/cli/world/context.ts';
import type { Clock } from '../../src/domain/clock.ts';
import { interrupted } from '../../src/errors.ts';
import type { TrustWorld } from '../../src/io/certificates/trust-store.ts';
import type { Timer } from '../../src/io/clock.ts';
import { databasePorts } from '../../src/io/embedded/ports.ts';
import type { KeyringOptions } from '../../src/io/store/keyring.ts';
import type { Terminal } from '../../src/io/terminal/terminal.ts';
import { listen } from '../../src/local/http/listen.ts';
import type { RateLimit } from '../../src/local/http/rate-limit.ts';
import { openLocalTenant } from '../../src/local/open-tenant.ts';
import { seed } from '../../src/local/state/seed.ts';
import type { Kind, Store, StoreReader } from '../../src/local/store/store.ts';
import type { EditionName } from '../../src/wire/edition/edition.ts';
import type { JsonObject } from '../../src/wire/schema.ts';
import { actionProgram } from './actions.ts';
import { openGates, sequenceOfBytes, testKeys } from './local.ts';
import { sqliteStore } from './sqlite-store.ts';

/** The result of one command line. */
export class Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;

  constructor(code: number, { stdout, stderr }: { stdout: string; stderr: string }) {
    this.code = code;
    this.stdout = stdout;
    this.stderr = stderr;
  }

  /** stdout as the JSON it must be. */
  // biome-ignore lint/suspicious/noExplicitAny: the assertions of a test are what checks it
  get json(): any {
    return JSON.parse(this.stdout);
  }

  /** The `error` of the one JSON object that stderr must be, with nothing on stdout. */
  // biome-ignore lint/suspicious/noExplicitAny: the assertions of a test are what checks it
  get jsonError(): any {
    expect(this.stdout).toBe('');
    expect(this.stderr.trimEnd().split('\n'), this.stderr).toHaveLength(1);
    return JSON.parse(this.stderr).error;
  }
}

export interface Machine {
  /** Runs one command line, and fails when it prints a secret where it must not. */
  run(...argv: string[]): Promise<Ran>;
  /** Like `run`, for a command that must succeed. */
  done(...argv: string[]): Promise<Ran>;
  /** Runs the commands that open all gates, so that guests get `read:catalog` and `write:cart`. */
  open(): Promise<void>;
  /** Resolves when a running command prints `text`, with the result that it has printed by then. */
  printed(text: string): Promise<string>;
  /** The terminal of the next commands. */
  readonly env: Record<string, string>;
  /** How the keyring is asked once ANON_KEYRING is not `off`. */
  readonly keyring: { options?: Partial<KeyringOptions> };
  /** The timer of what is drawn while a command waits; without it nothing is drawn. */
  readonly shown: { timer?: Timer };
  /** The system whose trusted certificates commands change; by default it lacks the programs for that. */
  readonly trust: { platform: NodeJS.Platform; run: TrustWorld['run'] };
  /** Where host names lead; by default nobody knows. */
  readonly places: { of?: World['placeOf'] };
  readonly terminal: { stdin: string | undefined; interactive: boolean; colour: boolean; columns?: number };
  readonly clock: Clock & { forward(seconds: number): void; readonly waits: readonly number[] };
  /** The answers to yes-no questions; a question without an answer fails. */
  readonly answers: boolean[];
  /**
   * The typed or chosen answers to other questions. Several choices are joined by commas, `(new)` and a name chooses
   * something new, and `^C` is Ctrl-C.
   */
  readonly replies: string[];
  readonly questions: readonly string[];
  /** What happens while a person reads the next questions, one for each. */
  readonly meanwhile: (() => Promise<void>)[];
  /** Ctrl-C, for the running command and all later ones. */
  interrupt(): void;
  readonly folder: string;
  readonly statePath: string;
  readonly profilesPath: string;
  /** The state of the local tenant, without its Management API. */
  readonly store: Store;
  /** From now on no output may contain `text`. */
  keepSecret(text: string): void;
  /** Writes a file and returns its path. */
  file(name: string, text: string): string;
}

interface MachineOptions {
  /** False lets the first command create the local tenant. */
  readonly seeded?: boolean;
  /** The edition of the local tenant (default: `preview`). */
  readonly edition?: EditionName;
}

/** A user's machine with a new local tenant: one application and one API, both closed to guests. */
export async function freshMachine({ seeded = true, edition }: MachineOptions = {}): Promise<Machine> {
  const folder = temporaryFolder();
  const folders = { config: join(folder, 'config'), data: join(folder, 'data') };
  const statePath = statePathIn(folders.data);
  const stateSecrets = stateSecretsIn(statePath);
  if (seeded) await copyState(folders.data, `closed, ${edition}`, (path) => seedState(path, machineIssuer, edition));

  const controller = new AbortController();
  const clock = movingClock(controller.signal);
  const env: Record<string, string> = { ANON_KEYRING: 'off' };
  const keyring: Machine['keyring'] = {};
  const terminal: Machine['terminal'] = { stdin: undefined, interactive: false, colour: false };
  const answers: boolean[] = [];
  const replies: string[] = [];
  const questions: string[] = [];
  const meanwhile: Machine['meanwhile'] = [];
  const shown: Machine['shown'] = {};
  const trust: Machine['trust'] = { platform: 'linux', run: async () => undefined };
  const places: Machine['places'] = {};
  const secrets = new Set<string>();
  const waiting = new Set<{ text: string; resolve: (printed: string) => void }>();

  const confirm: World['confirm'] = async (question) => {
    questions.push(question);
    await meanwhile.shift()?.();
    const answer = answers.shift();
    if (answer === undefined) throw new Error(`nobody is there to answer: ${question}`);
    return answer;
  };

  const reply = async (question: string) => {
    questions.push(question);
    await meanwhile.shift()?.();
    const text = replies.shift();
    if (text === undefined) throw new Error(`nobody is there to answer: ${question}`);
    if (text === '^C') throw interrupted();
    return text;
  };
  const prompts: World['prompts'] = {
    text: reply,
    secret: reply,
    async choose(question, choices) {
      const choice = await reply(question);
      expect(choices.map(({ value }) => value)).toContain(choice);
      return choice;
    },
    async chooseOrNew(question, choices) {
      const choice = await reply(question);
      const [, name] = /^\(new\) ?(.*)$/.exec(choice) ?? [];
      if (name !== undefined) return { name };
      expect(choices.map(({ value }) => value)).toContain(choice);
      return { value: choice };
    },
    async chooseMany(question, choices) {
      const chosen = (await reply(question)).split(',');
      expect(choices.map(({ value }) => value)).toEqual(expect.arrayContaining(chosen));
      return chosen;
    },
  };

  async function run(...argv: string[]): Promise<Ran> {
    const heard = { stdout: '', stderr: '' };
    const stdin = terminal.stdin;
    const world: World = {
      env: { ...env },
      clock,
      confirm,
      prompts,
      ...shown,
      ...(places.of && { placeOf: places.of }),
      trust: async () => ({ ...trust, home: folder, systemRoot: 'C:\\Windows' }),
      ...(keyring.options && { keyring: keyring.options }),
      actionLimits: {
        // Built when the first Action runs.
        get program() {
          return actionProgram();
        },
      },
      terminal: recordingTerminal(terminal, heard, () => {
        for (const one of [...waiting]) {
          if (![heard.stdout, heard.stderr].some((text) => text.includes(one.text))) continue;
          waiting.delete(one);
          one.resolve(heard.stdout);
        }
      }),
      signal: () => controller.signal,
      folders: async () => folders,
    };
    const code = await main(argv, world);
    for (const secret of [...secretsIn(folders.data, argv, heard.stdout), ...(await stateSecrets())])
      secrets.add(secret);
    for (const secret of [stdin?.trim(), env.AUTH0_CLIENT_SECRET, env.AUTH0_ACCESS_TOKEN, env.ANON_APP_SECRET]) {
      if (secret) for (const part of tellingParts(secret)) secrets.add(part);
    }
    expectDiscreet(argv, heard, secrets);
    return new Ran(code, heard);
  }

  const machine: Machine = {
    run,
    async done(...argv) {
      const result = await run(...argv);
      expect(result, `anon-cli ${argv.join(' ')}`).toMatchObject({ code: 0 });
      return result;
    },
    async open() {
      await machine.done('app', 'enable', 'web');
      await machine.done('api', 'enable', 'shop', '--scopes', 'read:catalog,write:cart');
    },
    printed: (text) =>
      new Promise((resolve) => {
        waiting.add({ text, resolve });
      }),
    env,
    keyring,
    shown,
    trust,
    places,
    terminal,
    clock,
    answers,
    replies,
    questions,
    meanwhile,
    interrupt: () => controller.abort(),
    folder,
    statePath,
    profilesPath: join(folders.config, 'profiles.json'),
    get store() {
      return openedStore(statePath);
    },
    keepSecret: (text) => void secrets.add(text),
    file(name, text) {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    },
  };
  return machine;
}

/** A machine on which guests may have `read:catalog` and `write:cart` of `shop`. */
export async function openMachine(options: Pick<MachineOptions, 'edition'> = {}): Promise<Machine> {
  const machine = await freshMachine({ ...options, seeded: false });
  await copyState(dirname(machine.statePath), `open, ${options.edition}`, async (path) => {
    await seedState(path, machineIssuer, options.edition);
    const store = await sqliteStore(path);
    await openGates(store, {
      client: String((await documentNamed(store, 'client', 'web')).client_id),
      resource_server: String((await documentNamed(store, 'resource_server', 'shop')).id),
    });
    await store.close();
  });
  return machine;
}

/** A request to a served tenant, without its headers. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

export interface ServedTenant {
  /** `http://localhost:PORT`. */
  readonly url: string;
  readonly issuer: string;
  readonly requests: readonly Asked[];
  readonly credentials: { readonly clientId: string; readonly clientSecret: string };
  readonly store: Store;
  close(): Promise<void>;
}

type Handle = (request: Request) => Promise<Response>;

/**
 * A new tenant served over HTTP, which a machine uses like any remote one. `answer` gets requests first, and may pass them
 * on with `ask`; `tokens` may change the tenant's token responses.
 */
export async function servedTenant(
  clock: Pick<Clock, 'now'>,
  options: {
    rateLimit?: RateLimit;
    edition?: EditionName;
    answer?: (request: Request, ask: Handle) => Response | Promise<Response> | undefined;
    tokens?: (answer: JsonObject, request: JsonObject) => JsonObject;
  } = {},
): Promise<ServedTenant> {
  const folder = temporaryFolder();
  const requests: Asked[] = [];
  let handle: Handle = async () => new Response(null, { status: 503 });
  const server = await listen(async (request) => {
    const { pathname, search } = new URL(request.url);
    const body = await request.clone().text();
    requests.push({ method: request.method, path: pathname + search, body });
    const response = await (options.answer?.(request, (other) => handle(other)) ?? handle(request));
    if (!options.tokens || pathname !== '/anonymous/token' || response.status !== 200) return response;
    return Response.json(options.tokens((await response.json()) as JsonObject, JSON.parse(body)));
  }, 0);
  const path = await seededState(folder, `https://localhost:${server.port}/`, options.edition);
  const tenant = await openLocalTenant(
    { file: path },
    { rateLimit: options.rateLimit, clock: () => clock.now(), domain: `localhost:${server.port}` },
    databasePorts(() => {}),
  );
  handle = tenant.handle;
  onTestFinished(() => tenant.close());
  const close = once(() => server.close());
  onTestFinished(close);
  return {
    url: server.url,
    issuer: tenant.issuer,
    requests,
    credentials: await tenant.managementCredentials(),
    store: openedStore(path),
    close,
  };
}

/** Serves `answer` for every request, in place of a tenant. */
export async function servedAnswer(answer: (request: Request) => Promise<Response>): Promise<{ url: string }> {
  const server = await listen(answer, 0);
  onTestFinished(() => server.close());
  return server;
}

/** Logs in to a served tenant as the profile `remote`, which makes it the current one. Nothing is sent to it. */
export async function useRemote(machine: Machine, tenant: ServedTenant): Promise<void> {
  const { clientId, clientSecret } = tenant.credentials;
  machine.keepSecret(clientSecret);
  machine.terminal.stdin = clientSecret;
  await machine.done(
    ...['login', 'remote', '--no-check', '--domain', tenant.url],
    ...['--client-id', clientId, '--client-secret', '-'],
  );
  machine.terminal.stdin = undefined;
}

/** Changes members of the document that has this name or id. */
export async function changeDocument(store: Store, kind: Kind, name: string, members: JsonObject): Promise<void> {
  await store.write(async (writer) => {
    const document = await documentNamed(writer, kind, name);
    const id = String(document.client_id ?? document.id ?? name);
    writer.put(kind, id, { ...document, ...members });
  });
}

/** The document with this name or id. */
export async function documentNamed(store: StoreReader, kind: Kind, name: string): Promise<JsonObject> {
  const all = await store.list(kind);
  const document = (await store.get(kind, name)) ?? all.find((candidate) => candidate.name === name);
  if (!document) throw new Error(`there is no ${kind} ${name}`);
  return document;
}

/**
 * The parsed arguments of a command line: the positionals in order, then the options. The command itself does
 * not run, and gets an empty context, so that parsing cannot have side effects.
 */
export async function parsed(definition: CommandDefinition, ...args: string[]): Promise<unknown[]> {
  let recorded: unknown[] | undefined;
  const record = async (_context: Context, named: object, options: object) => {
    recorded = [...Object.values(named), options];
  };
  await runCommand('test', { ...definition, run: record }, {} as Context, args);
  if (!recorded) throw new Error('the command did not run');
  return recorded;
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'anon-command-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const machineIssuer = 'https://localhost:4400/';
const states = new Map<string, Buffer>();

/** Writes the state that `make` makes, which runs once for all tests. */
async function copyState(folder: string, name: string, make: (path: string) => Promise<void>): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = statePathIn(folder);
  const made = states.get(name);
  if (made) return writeFileSync(path, made, { mode: 0o600 });
  await make(path);
  states.set(name, readFileSync(path));
}

async function seededState(folder: string, issuer: string, edition: EditionName | undefined): Promise<string> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = statePathIn(folder);
  await seedState(path, issuer, edition);
  return path;
}

function statePathIn(folder: string): string {
  return join(folder, 'local-tenant.db');
}

/** A state with the keys of all test tenants: generating new ones would take most of a test's time. */
async function seedState(path: string, issuer: string, edition: EditionName | undefined): Promise<void> {
  const store = await sqliteStore(path);
  await seed({ store, issuer, random: sequenceOfBytes(issuer), keys: async () => testKeys, edition });
  await store.close();
}

/** Opens the state at its first use, and reads again for every use: commands write to it through their own connections. */
function openedStore(path: string): Store {
  let opened: Promise<Store> | undefined;
  onTestFinished(async () => (await opened)?.close());
  const fresh = async () => {
    opened ??= sqliteStore(path);
    const store = await opened;
    await store.refresh();
    return store;
  };
  let reads = 0;
  return {
    get changes() {
      reads += 1;
      return reads;
    },
    get: async (...args) => (await fresh()).get(...args),
    find: async (...args) => (await fresh()).find(...args),
    list: async (...args) => (await fresh()).list(...args),
    page: async (...args) => (await fresh()).page(...args),
    count: async (...args) => (await fresh()).count(...args),
    refresh: async () => void (await fresh()),
    snapshot: async (read) => (await fresh()).snapshot(read),
    write: async (work) => (await fresh()).write(work),
    takeOnce: async (...args) => (await fresh()).takeOnce(...args),
    close: async () => (await opened)?.close(),
  };
}

function once<Result>(work: () => Result): () => Result {
  let result: { value: Result } | undefined;
  return () => {
    result ??= { value: work() };
    return result.value;
  };
}

/** Stays at noon of 1 June 2026, UTC, until it is moved. A wait moves it and ends at once. */
function movingClock(signal: AbortSignal): Machine['clock'] {
  let now = Date.UTC(2026, 5, 1, 12);
  const waits: number[] = [];
  return {
    waits,
    now: () => now,
    forward(seconds) {
      now += seconds * 1000;
    },
    async wait(ms) {
      waits.push(ms);
      if (signal.aborted) throw interrupted();
      now += ms;
      await new Promise(setImmediate);
    },
  };
}

/** A terminal that writes down what a command prints. */
export function recordingTerminal(
  given: Readonly<Machine['terminal']>,
  heard: { stdout: string; stderr: string },
  onText: () => void = () => {},
): Terminal {
  let { stdin } = given;
  return {
    result(text) {
      heard.stdout += text;
      onText();
    },
    async resultLines() {
      return {
        async write(text) {
          heard.stdout += text;
          onText();
          return true;
        },
      };
    },
    note(text) {
      heard.stderr += text;
      onText();
    },
    async readStdin() {
      if (stdin === undefined) throw new Error('stdin is a terminal where nobody types');
      const text = stdin;
      stdin = '';
      return text;
    },
    stdin: given.stdin !== undefined ? 'other' : given.interactive ? 'terminal' : 'nothing',
    interactive: given.interactive,
    resultIsTerminal: given.interactive,
    resultColumns: given.interactive ? (given.columns ?? 80) : Number.POSITIVE_INFINITY,
    noteColumns: given.interactive ? (given.columns ?? 80) : Number.POSITIVE_INFINITY,
    resultColour: given.colour,
    noteColour: given.colour,
    noteRewritable: given.interactive,
  };
}

const token = /(?<![\w-])[\w-]{12,}\.[\w-]*\.[\w-]+(\.[\w-]+){0,2}/g;

/** Every token and secret that a command may have seen, except for those of the state. */
function secretsIn(data: string, argv: readonly string[], stdout: string): string[] {
  const kept = filesIn(join(data, 'credentials'));
  const texts = [stdout, ...argv, ...kept];
  return [
    ...texts.flatMap((text) => text.match(token) ?? []).flatMap(tellingParts),
    ...kept.flatMap((text) => tellingParts(JSON.parse(text).secret)),
  ];
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  } catch {
    return [];
  }
}

/** Reads the secrets in the state at `path`. Opening it takes as long as many commands, so this is only done after a change. */
function stateSecretsIn(path: string): () => Promise<readonly string[]> {
  let last: { readonly bytes: Buffer; readonly secrets: readonly string[] } | undefined;
  return async () => {
    const bytes = fileAt(path);
    if (!bytes) return [];
    if (!last?.bytes.equals(bytes)) last = { bytes, secrets: await readStateSecrets(path) };
    return last.secrets;
  };
}

function fileAt(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

async function readStateSecrets(path: string): Promise<string[]> {
  let store: Store;
  try {
    store = await sqliteStore(path);
  } catch {
    return [];
  }
  try {
    const { signing, session } = ((await store.get('key', 'current')) ?? {}) as Partial<typeof testKeys>;
    const clients = (await store.list('client')).map(({ client_secret }) => client_secret);
    return [...clients, signing?.jwk.d, session?.k].filter((value) => typeof value === 'string');
  } finally {
    await store.close();
  }
}

/** The start of each part of a token after its header, which many tokens share. Other text is returned whole. */
function tellingParts(text: string): string[] {
  const parts = text.split('.');
  if (parts.length < 3) return [text];
  return parts
    .slice(1)
    .filter((part) => part.length >= 20)
    .map((part) => part.slice(0, 20));
}

/** Tokens may only be on stdout for machines, and secrets of applications only where they were requested. */
function expectDiscreet(
  argv: readonly string[],
  { stdout, stderr }: { stdout: string; stderr: string },
  secrets: ReadonlySet<string>,
): void {
  const command = argv.join(' ').slice(0, 200);
  const assignments = argv.filter((word, index) => argv[index - 1] === '--meta' && word.includes('='));
  const metadata = assignments.map((assignment) => assignment.slice(assignment.indexOf('=') + 1));
  const secretOrMetadata = [...secrets, ...metadata.filter((value) => value.length > 4)];
  const isTold = secretOrMetadata.some((text) => stderr.includes(text));
  expect(isTold, `anon-cli ${command} tells a secret on stderr`).toBe(false);
  // These commands exist to print a token, a ticket or a key.
  const printsTokens = /^(token get|token transfer|session export)\b|^local export --output -$/.test(command);
  const forMachines = printsTokens || ['--json', '--field', '--count', '--format'].some((flag) => argv.includes(flag));
  if (forMachines) return;
  const isShown = [...secrets].some((secret) => stdout.includes(secret));
  expect(isShown, `anon-cli ${command} tells people a secret`).toBe(false);
}

/** The arguments of a command in an error or a step, as a shell would read them. */
export function wordsOf(command: string): string[] {
  const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
  expect(words[0]).toBe('anon-cli');
  return words.slice(1);
}
