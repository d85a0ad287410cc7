import { parseTenantDomain } from '../../../domain/profile/address.ts';
import { localProfileName } from '../../../domain/profile/name.ts';
import type { Profile } from '../../../domain/profile/profile.ts';
import { AnonError, isAnonError } from '../../../errors.ts';
import type { ServeOptions } from '../../../io/embedded/local-server.ts';
import { newMemoryState } from '../../../io/embedded/state-address.ts';
import { signOnEveryProcessor } from '../../../io/embedded/thread-pool.ts';
import type { RateLimit } from '../../../local/http/rate-limit.ts';
import { parseUrl } from '../../../wire/url.ts';
import type { OptionValues } from '../../options/definition.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { seedOption, seedRandomOption } from '../../options/seed-random.ts';
import { isForPeople } from '../../output/formats.ts';
import { type Access, requestedEdition } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';
import { version } from '../../world/version.ts';
import { defineCommand } from '../define-command.ts';
import {
  bounded,
  detach,
  recordServer,
  reportingFailure,
  reportStart,
  warnOfPlace,
  withRunning,
} from './background.ts';
import { explanations } from './explanations.ts';
import { requestLog } from './request-log.ts';
import { ownCertificate, parseAddress, parsePort, startWarnings } from './serving-options.ts';
import { printStart } from './start-screen.ts';
import { stateData } from './state-data.ts';

const startOptions = {
  '--port <port>': 'listen at this port, and issue tokens as https://localhost:PORT/; 0 picks a free port',
  '--domain <name[:port]>': 'issue tokens as https://NAME/, the domain that your apps use',
  '--host <address>': {
    description: 'listen on this IP address; 0.0.0.0 opens the tenant to the network',
    parse: parseAddress,
  },
  '--http': 'plain HTTP alone, without certificates; by default both are served on one port',
  '--cert <file>': {
    description: 'a certificate of your own, in PEM, in place of one that anon-cli makes',
    values: { file: true },
  },
  '--key <file>': { description: 'its private key, in PEM', values: { file: true } },
  '--rate-limit <n>': 'answer 429 beyond n requests per second, to test clients',
  '--auto-login <user>': {
    description: 'log this user in where the login page would appear, for tests: e-mail address or id',
    values: { live: 'user' },
  },
  '--allow-host <name>': {
    description: 'also answer requests for this host name, repeatable',
    repeatable: true,
    parse: parseHost,
  },
  '--quiet': 'print no line for each request',
  '--no-control': 'serve no control endpoints below /_anon, with which tests move the clock',
  '--open-control': 'control endpoints need no token; this machine alone can reach them',
  '--detach': 'go on in the background, until anon-cli local stop',
  // What --detach runs in the background.
  '--detached': { description: 'report to the command that started it', hidden: true },
  '--ephemeral': 'keep the state in memory: a new tenant, which ends with the server',
  '--seed <world>': seedOption,
  '--seed-random <n>': seedRandomOption,
  '--database <url>': 'serve the state in this PostgreSQL database; sqlite: the one in the file',
} as const;

type StartOptions = GlobalOptions & OptionValues<typeof startOptions>;

export const localStartCommand = defineCommand({
  description: 'serve the local tenant over HTTPS, until Ctrl-C; by default on this machine only',
  options: startOptions,
  calls: 'nothing',
  examples: ['local start --port 4400', 'local start --domain tenant.test --port 443'],
  notes: `Other commands can use the local tenant at the same time. --port or --domain changes its issuer and saves \
it; the default is the saved issuer, at first https://localhost:4400/. Tokens issued before still name the old issuer. In a \
database, which other processes may serve too, --port makes the issuer of a new tenant only, and --domain is refused while \
another process serves it with another issuer. To make browsers and SDKs trust its certificate: anon-cli local trust`,
  more: 'docs/local-tenant.md',
  async run(context, _args, options) {
    if (options.profile !== undefined) {
      await (await import('../../tenant/local-access.ts')).refuseOtherTenants(context, options);
    }
    if (options.detach) return detach(context, options);
    const serve = () => serveUntilStopped(context, options);
    return options.detached ? reportingFailure(serve) : serve();
  },
});

async function serveUntilStopped(context: Context, options: StartOptions): Promise<void> {
  signOnEveryProcessor();
  const port = options.port === undefined ? undefined : parsePort(options.port);
  const domain = options.domain === undefined ? undefined : parseDomain(options.domain);
  const rateLimit = parseRateLimit(options.rateLimit);
  const asked = requestedEdition(context, options);
  const { signal } = context;
  const { allowHost: hosts, host: address } = options;
  const place = await placeOf(options);
  const connect = async () => (await import('../../tenant/local-access.ts')).accessLocalTenant(context, options, place);
  const { detached } = options;
  const isLogged = !options.quiet && (detached || isForPeople(options));
  const explain = explanations(connect);
  const log = isLogged ? requestLog(context, explain) : undefined;
  const { autoLogin: user } = options;
  const { seedRandom, seed } = options;
  const world = seed === undefined ? undefined : await (await worlds()).servedWorld(context, seed, asked);
  const edition = world?.edition ?? asked;
  const known = world && user !== undefined ? (await worlds()).userOfWorld(world, user) : undefined;
  const autoLogin = known ?? (user === undefined ? undefined : await userId(await connect(), user));
  const state = place && 'memory' in place ? place : await context.chosenState(place);
  const serving = context.serve(state, {
    ...{ port, domain, address, rateLimit, edition, seedRandom, world: world?.serving, hosts, autoLogin },
    control: controlPolicy(options),
    explain,
    onServed: log && (detached ? await bounded(log) : log.add),
    plainHttp: options.http,
    ownCertificate: await ownCertificate(context, options),
    values: await valuesToPrint(context, place, world?.values),
  });
  const server = await withRunning(context, serving);
  const looking = new AbortController();
  let recorded: { remove(): void } | undefined;
  try {
    for (const warning of startWarnings(server, { ...options, domain })) context.warn(warning);
    const where = 'memory' in state ? { state: null, database: null } : stateData({ state });
    const started = { server, state: where, ephemeral: options.ephemeral === true, detached: detached === true };
    // Whoever waits for the first line should not wait for a file.
    if (!detached) await printStart(context, options, started, server.values);
    await context.warnAtOnce();
    await server.open();
    recorded = await recordServer(context, started);
    if (detached) await reportStart(started, server.values);
    await server.warmUp();
    await server.save();
    if (domain !== undefined && !options.http && !detached) void warnOfPlace(context, server, looking.signal);
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    // Requests and other commands may have changed the state.
    await server.save();
  } finally {
    looking.abort();
    await server.close();
    await log?.end();
    recorded?.remove();
  }
  context.terminal.note('\nStopped.\n');
}

/** Which state to serve; undefined: the saved choice. @throws {AnonError} `usage` */
async function placeOf({
  ephemeral,
  database,
  seed,
  seedRandom,
}: Pick<StartOptions, 'ephemeral' | 'database' | 'seed' | 'seedRandom'>) {
  if (ephemeral && database !== undefined) {
    throw new AnonError('usage', "--ephemeral and --database can't be combined.");
  }
  if (ephemeral) return newMemoryState();
  if (seed !== undefined) {
    throw new AnonError('usage', '--seed is for a new tenant: it needs --ephemeral.', {
      hint: 'For a tenant that is saved: anon-cli local seed <world>',
    });
  }
  if (seedRandom !== undefined) {
    throw new AnonError('usage', '--seed-random is for a new tenant: it needs --ephemeral.', {
      hint: `For a tenant that is saved: anon-cli local reset --seed-random ${seedRandom}`,
    });
  }
  return database === undefined ? undefined : ({ text: database, from: '--database' } as const);
}

const worlds = () => import('../../input/world.ts');

/** The application and the API on the start screen. What the profile has saved does not belong to a state in memory. */
async function valuesToPrint(
  context: Context,
  place: Awaited<ReturnType<typeof placeOf>>,
  named: { readonly app?: string | undefined; readonly api?: string | undefined } | undefined,
): Promise<ServeOptions['values']> {
  const isSaved = place === undefined || !('memory' in place);
  const profile = async () => (await context.profiles()).get(localProfileName);
  const { app, api }: Partial<Profile> = (isSaved && (await profile().catch(unlessOurs))) || {};
  return {
    key: JSON.stringify([version, app, api]),
    find: async (objects) => (await import('./served-values.ts')).servedValues(objects, { app, api }, named),
  };
}

/** An error that another command reports better. */
function unlessOurs(error: unknown): undefined {
  if (!isAnonError(error)) throw error;
}

function controlPolicy({ control, openControl }: { readonly control: boolean; readonly openControl?: true }) {
  if (!control && openControl) throw new AnonError('usage', "--no-control and --open-control can't be combined.");
  if (!control) return undefined;
  return openControl ? 'open' : 'token';
}

/** @throws {AnonError} `not_found` */
async function userId({ tenant }: Access, reference: string): Promise<string> {
  const { findUser } = await import('../../../domain/user/read.ts');
  return (await findUser(tenant, reference)).userId;
}

/** A host, with its port unless that is 443. */
function parseDomain(text: string): string {
  const domain = parseTenantDomain(text);
  if (!domain.startsWith('http://')) return domain;
  throw new AnonError('usage', `--domain needs a host name, not an address: '${text.slice(0, 60)}'.`, {
    hint: `The issuer always begins with https://: --domain ${domain.slice('http://'.length)}`,
  });
}

function parseRateLimit(text: string | undefined): RateLimit | undefined {
  if (text === undefined) return undefined;
  const perSecond = Number(text);
  if (/^\d{1,6}$/.test(text) && perSecond > 0) return { burst: perSecond, perSecond };
  throw new AnonError('usage', `'${text.slice(0, 40)}' is not a valid rate limit.`, {
    hint: 'Give requests per second: --rate-limit 2',
  });
}

/** The name as the Host header has it: in lower case, and in Punycode where it needs that. */
function parseHost(text: string): string {
  const isName = /^(?:\[[\da-f:.]+\]|[^\s/\\:?#@%[\]*]+)$/i.test(text);
  const url = isName ? parseUrl(`http://${text}`) : undefined;
  if (url) return url.hostname;
  throw new AnonError('usage', `'${text.slice(0, 40)}' is not a valid host name.`, {
    hint: 'Give a name without scheme and port: --allow-host tenant.test',
  });
}
