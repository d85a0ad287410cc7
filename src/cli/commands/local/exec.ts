import { appVariables, controlVariables } from '../../../domain/app/app-variables.ts';
import { ensureApiOpen, ensureAppOpen, ensureTenantReady } from '../../../domain/gates/set-up.ts';
import { createUser } from '../../../domain/user/lifecycle.ts';
import { newPassword } from '../../../domain/user/new-password.ts';
import { AnonError } from '../../../errors.ts';
import { lastingToken } from '../../../io/embedded/lasting-token.ts';
import type { LocalServer } from '../../../io/embedded/local-server.ts';
import { newMemoryState } from '../../../io/embedded/state-address.ts';
import { signOnEveryProcessor } from '../../../io/embedded/thread-pool.ts';
import { statePath } from '../../../wire/control.ts';
import type { ServedWorld } from '../../input/world.ts';
import { seedOption, seedRandomOption } from '../../options/seed-random.ts';
import { printable } from '../../render/printable.ts';
import { guestsData } from '../../render/world.ts';
import { type Access, requestedEdition } from '../../tenant/access.ts';
import { accessLocalTenant, refuseOtherTenants } from '../../tenant/local-access.ts';
import type { Context } from '../../world/context.ts';
import type { Env } from '../../world/environment.ts';
import { defineCommand } from '../define-command.ts';
import { appValues } from './env.ts';
import { parsePort } from './serving-options.ts';

export const localExecCommand = defineCommand({
  description: 'run a command with a local tenant of its own, of which nothing stays',
  args: { '<command...>': 'the command with its arguments, after --' },
  options: {
    '--https': "serve HTTPS too, and let Node.js trust it: Auth0's SDKs accept nothing else",
    '--port <port>': 'listen at this port (default: a free one)',
    '--auto-login <email>': 'create this user, who is logged in where the login page would appear',
    '--seed <world>': seedOption,
    '--seed-random <n>': seedRandomOption,
    '--closed': 'leave the sample application and API closed to guests',
  },
  calls: 'nothing',
  examples: ['local exec -- node --version', 'local exec --https --edition ea -- node --version'],
  notes: `The command finds the tenant in the variables that anon-cli local env prints. Commands of anon-cli in it use that tenant too, \
those about the local tenant included, and save no sessions unless ANON_SAVE=1 is set. Guests may use the sample application web and the sample API shop; \
with --seed, the world says what is open, and ANON_GUESTS has its guests with their tokens, as JSON. The \
tenant is in memory and ends with the command, whose exit code is passed on: 128 and the number for a signal, 127 where there \
is no such command. Any number can run at once.`,
  more: 'docs/local-tenant.md',
  async run(context, { command }, options) {
    if (command[0] === '') throw new AnonError('usage', 'The command is empty.', { hint: 'Is a variable not set?' });
    await refuseOtherTenants(context, options);
    const { UV_THREADPOOL_SIZE } = context.env;
    signOnEveryProcessor();
    const state = await newMemoryState();
    const { https, autoLogin, seedRandom, seed } = options;
    const asked = requestedEdition(context, options);
    const world = seed === undefined ? undefined : await (await worlds()).servedWorld(context, seed, asked);
    const server = await context.serve(state, {
      port: options.port === undefined ? 0 : parsePort(options.port),
      edition: world?.edition ?? asked,
      ...{ seedRandom, world: world?.serving },
      plainHttp: !https,
      control: 'token',
      autoLogin,
      alsoTrusted: https && (await certificatesTrustedBefore(context)),
    });
    try {
      const access = await accessLocalTenant(context, options, state);
      await prepare(access, options, world);
      const token = await lastingToken(state, context.clock.now());
      const changes = {
        ...(await changesFor(context, server, access, world)),
        AUTH0_ACCESS_TOKEN: token,
        UV_THREADPOOL_SIZE,
      };
      const started = () => {
        // In a pipe or a log, what the command prints is all there is.
        if (context.terminal.noteRewritable) context.terminal.note(`${listening(server, options.closed, world)}\n`);
      };
      const [exitCode] = await Promise.all([context.runCommand(command, changes, started), server.warmUp()]);
      context.ending.exitCode = exitCode;
    } finally {
      await server.close();
    }
  },
});

const worlds = () => import('../../input/world.ts');

async function prepare(
  { tenant }: Access,
  { closed, autoLogin: email }: { closed?: true; autoLogin?: string },
  world: ServedWorld | undefined,
) {
  const { users = [], apps = [], apis = [] } = world?.written.world ?? {};
  const isKnown = users.some((user) => user.email.toLowerCase() === email?.toLowerCase());
  if (email !== undefined && !isKnown)
    await createUser(tenant, { email, password: newPassword(), emailVerified: true });
  // A world says itself what it opens.
  if (closed || apps.length > 0 || apis.length > 0) return;
  await ensureTenantReady(tenant);
  const { subject: app } = await ensureAppOpen(tenant, undefined);
  await ensureApiOpen(tenant, app, undefined);
}

function listening({ url }: LocalServer, closed: true | undefined, world: ServedWorld | undefined): string {
  if (world) return printable(`The local tenant listens at ${url}, with the world ${world.written.name}.`);
  const guests = closed
    ? 'application web and API shop are closed to guests'
    : 'guests may use application web and API shop';
  return printable(`The local tenant listens at ${url}; ${guests}.`);
}

/** What Node.js reads from NODE_EXTRA_CA_CERTS, which has to name another file. */
async function certificatesTrustedBefore({ env, readFile }: Context): Promise<string | undefined> {
  const { NODE_EXTRA_CA_CERTS: path } = env;
  // Node.js itself only warns of a file that it cannot read.
  return path ? readFile(path).catch(() => undefined) : undefined;
}

/** The variables that lead the command, and commands of anon-cli in it, to the tenant alone. */
async function changesFor(
  { env }: Context,
  server: LocalServer,
  access: Access,
  world: ServedWorld | undefined,
): Promise<Env> {
  const { app, api } = await appValues(access, world?.values);
  const { url, issuer, authority, control } = server;
  return {
    ...Object.fromEntries(aboutOtherTenants.map((name) => [name, undefined])),
    ...appVariables({ url, issuer, clientId: app.clientId, audience: api.audience, authority }),
    ...controlVariables(control),
    ANON_GUESTS: world && guestsVariable(server),
    // Commands about the local tenant then mean this one, and leave the saved one alone.
    ANON_DATABASE_URL: `http://localhost:${server.port}${statePath}`,
    ...withoutProxy(env),
    ANON_SAVE: env.ANON_SAVE || '0',
  };
}

/** The longest value that Linux passes on, less the name. @see execve(2) */
const longestVariable = 131_000;

/** @throws {AnonError} `usage` for guests who do not fit */
function guestsVariable({ guests }: LocalServer): string {
  const text = JSON.stringify(guestsData(guests));
  if (text.length <= longestVariable) return text;
  throw new AnonError('usage', `The tokens of ${guests.length} guests do not fit into the variable ANON_GUESTS.`, {
    hint: 'Name about 80 guests at most in the world, or use: anon-cli local start --ephemeral --seed <world> --json',
  });
}

/** A proxy elsewhere would look for the tenant on its own machine. */
function withoutProxy(env: Env): Env {
  if (!(env.HTTPS_PROXY || env.https_proxy || env.HTTP_PROXY || env.http_proxy)) return {};
  const named = ['NO_PROXY', 'no_proxy'].filter((name) => env[name] !== undefined);
  const names = named.length === 0 ? ['NO_PROXY'] : named;
  return Object.fromEntries(names.map((name) => [name, [env[name], 'localhost'].filter(Boolean).join(',')]));
}

/** Variables that would lead to another tenant, or are for one. */
const aboutOtherTenants = [
  ...['AUTH0_CLIENT_SECRET', 'AUTH0_CLIENT_SIGNING_KEY_PATH', 'AUTH0_CLIENT_SIGNING_ALGORITHM'],
  ...['ANON_PROFILE', 'ANON_APP', 'ANON_API', 'ANON_APP_SECRET', 'ANON_EDITION'],
  ...['ANON_CONTROL_URL', 'ANON_CONTROL_TOKEN'],
];
