import type { Profile } from '../../domain/profile/profile.ts';
import {
  eachApiName,
  eachAppName,
  type NamedApi,
  type NamedApp,
  namedApis,
  namedApps,
} from '../../domain/tenant/names.ts';
import { interrupted } from '../../errors.ts';
import { withinTime } from '../../io/clock.ts';
import type { Terminal } from '../../io/terminal/terminal.ts';
import type { GlobalOptions } from '../options/global.ts';
import { accessTenant, requestedEdition, selectProfile } from '../tenant/access.ts';
import type { Context, World } from '../world/context.ts';
import { createContext } from '../world/create-context.ts';
import type { Candidate, LookUp } from './expect.ts';
import { type Found, nameCandidates } from './name-candidates.ts';

/** The longest wait after a key press, start-up included. */
const limitMs = 1300;

/** The names that `lookUp` asks for, filtered by `fits`. Prints nothing, asks nothing and changes nothing. */
export async function liveNames(lookUp: LookUp, fits: (text: string) => boolean, world: World): Promise<Candidate[]> {
  const candidates = (found: Found) => nameCandidates(lookUp, found, fits);
  const options = globalOptionsOf(lookUp);
  if (lookUp.kind === 'profile') return candidates({ profiles: await knownProfiles(quietContext(world)) });
  const { profile } = await selectProfile(quietContext(world), options);
  if (lookUp.kind === 'session') return candidates({ sessions: await savedSessionNames(quietContext(world), profile) });
  if (profile.domain === undefined) return candidates({ profile, ...(await inLocalTenant(world, options)) });
  const apps: NamedApp[] = [];
  const apis: NamedApi[] = [];
  await withinTime(limitMs, async (signal) => {
    const { tenant } = await accessTenant(quietContext(world, signal), options);
    if (lookUp.kind === 'app') await eachAppName(tenant, (page) => apps.push(...page));
    else await eachApiName(tenant, (page) => apis.push(...page));
  });
  return candidates({ profile, apps, apis });
}

async function knownProfiles(context: Context): Promise<Candidate[]> {
  const profiles = await (await context.profiles()).list();
  return profiles.map(({ name, domain }) => ({ text: name, about: domain ?? 'the local tenant' }));
}

/** The names alone: reading a session may need the keyring. */
async function savedSessionNames(context: Context, profile: Profile): Promise<Candidate[]> {
  const sessions = await context.sessions(profile);
  const current = await sessions.current();
  return (await sessions.names()).map((name) => ({ text: name, about: name === current ? 'the current session' : '' }));
}

/** Nothing if the line asks for another edition than that of the local tenant: the command would be refused. */
async function inLocalTenant(world: World, options: GlobalOptions): Promise<Found> {
  const [{ localNames }, { localStatePath }] = await Promise.all([
    import('../../io/embedded/names.ts'),
    import('../../io/files/folders.ts'),
  ]);
  const edition = requestedEdition(world, options);
  const state = await localNames(localStatePath(await world.folders()));
  if (!state || (edition !== undefined && edition !== state.edition)) return {};
  return { apps: namedApps(state.clients), apis: namedApis(state.resourceServers) };
}

/** Names options as commander does: `caFile` for `--ca-file`. */
function globalOptionsOf({ options }: LookUp): GlobalOptions {
  return Object.fromEntries(
    Object.entries(options).map(([flag, value]) => [
      flag.replace(/^-+/, '').replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );
}

/** A context for completion: it prints nothing, asks nothing, saves nothing and never waits for a rate limit. */
function quietContext(world: World, signal = new AbortController().signal): Context {
  const terminal: Terminal = {
    result() {},
    resultLines: async () => ({ write: async () => true }),
    note() {},
    readStdin: async () => '',
    stdin: 'nothing',
    interactive: false,
    resultIsTerminal: false,
    resultColumns: 80,
    noteColumns: 80,
    resultColour: false,
    noteColour: false,
    noteRewritable: false,
  };
  const clock = {
    now: () => world.clock.now(),
    wait: async () => {
      throw interrupted();
    },
  };
  const quiet: World = { ...world, terminal, clock, readOnly: true, signal: () => signal, confirm: async () => false };
  return createContext(quiet, { warn() {}, debug() {} });
}
