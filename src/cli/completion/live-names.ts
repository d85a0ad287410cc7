import { eachApiName, type NamedApi, namedApis } from '../../domain/api/read.ts';
import { findApp } from '../../domain/app/find.ts';
import { eachAppName, type NamedApp, namedApps } from '../../domain/app/read.ts';
import { removableUrls, type UrlListName, urlListNames } from '../../domain/app/urls.ts';
import type { TenantConnection } from '../../domain/exchange/connection.ts';
import { only } from '../../domain/find-by-reference.ts';
import type { Profile } from '../../domain/profile/profile.ts';
import { interrupted } from '../../errors.ts';
import { withinTime } from '../../io/clock.ts';
import type { Terminal } from '../../io/terminal/terminal.ts';
import type { LiveKind } from '../options/definition.ts';
import type { GlobalOptions } from '../options/global.ts';
import { printable } from '../render/printable.ts';
import { accessTenant, requestedEdition, selectProfile } from '../tenant/access.ts';
import type { Context, World } from '../world/context.ts';
import { createContext } from '../world/create-context.ts';
import type { Candidate, LookUp } from './expect.ts';
import type { LocalKind } from './local-names.ts';

/** The longest wait after a key press, start-up included. */
const limitMs = 1300;

/** The names that `lookUp` asks for, filtered by `fits`. Prints nothing, asks nothing and changes nothing. */
export async function liveNames(lookUp: LookUp, fits: (text: string) => boolean, world: World): Promise<Candidate[]> {
  const candidates = (found: Found) => nameCandidates(lookUp, found, fits);
  const options = globalOptionsOf(lookUp);
  if (lookUp.kind === 'profile') return candidates({ profiles: await knownProfiles(quietContext(world)) });
  if (isLocalKind(lookUp.kind)) {
    const { localCandidates } = await import('./local-names.ts');
    return candidates({ local: await localCandidates(quietContext(world), lookUp.kind, limitMs) });
  }
  const { profile } = await selectProfile(quietContext(world), options);
  if (lookUp.kind === 'session') return candidates({ sessions: await savedSessionNames(quietContext(world), profile) });
  if (['action', 'fault'].includes(lookUp.kind) && profile.domain !== undefined) return [];
  if (profile.domain === undefined) return candidates({ profile, ...(await inLocalTenant(world, profile, lookUp)) });
  const apps: NamedApp[] = [];
  const apis: NamedApi[] = [];
  const urls: string[] = [];
  await withinTime(limitMs, async (signal) => {
    const { tenant } = await accessTenant(quietContext(world, signal), options);
    if (isUrlList(lookUp.kind)) urls.push(...(await urlsOf(tenant, lookUp.kind, lookUp.app)));
    else if (lookUp.kind === 'app') await eachAppName(tenant, (page) => apps.push(...page));
    else await eachApiName(tenant, (page) => apis.push(...page));
  });
  return candidates({ profile, apps, apis, urls });
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
async function inLocalTenant(world: World, profile: Profile, { kind, app, ...asked }: LookUp): Promise<Found> {
  const options = globalOptionsOf(asked);
  const { localNames } = await import('../../io/embedded/names.ts');
  const edition = requestedEdition(world, options);
  const state = await quietContext(world).localState(profile);
  let found: Found = {};
  const lookUp = async () => {
    const names = await localNames(state);
    if (!names || (edition !== undefined && edition !== names.edition)) return;
    const apps = namedApps(names.clients);
    const body = isUrlList(kind) ? names.clients.find(({ client_id }) => client_id === idOf(apps, app)) : undefined;
    const urls = body && isUrlList(kind) ? removableUrls({ body }, kind) : [];
    found = { apps, apis: namedApis(names.resourceServers), urls, actions: names.actions, faults: names.faults };
  };
  // A database may be far away.
  await ('file' in state ? lookUp() : withinTime(limitMs, lookUp));
  return found;
}

/** The client id of the application that a line names. */
function idOf(apps: readonly NamedApp[], reference: string | undefined): string | undefined {
  const byName = apps.filter(({ name }) => name === reference);
  return apps.find(({ clientId }) => clientId === reference)?.clientId ?? only(byName)?.clientId;
}

async function urlsOf(tenant: TenantConnection, list: UrlListName, reference = ''): Promise<readonly string[]> {
  return removableUrls(await findApp(tenant, reference), list);
}

/** What only the local tenant has, whatever the current profile is. */
function isLocalKind(kind: LiveKind): kind is LocalKind {
  return kind === 'user' || kind === 'key' || kind === 'snapshot';
}

function isUrlList(kind: LiveKind): kind is UrlListName {
  return urlListNames.some((list) => list === kind);
}

/** Names options as commander does: `caFile` for `--ca-file`. */
function globalOptionsOf({ options }: Pick<LookUp, 'options'>): GlobalOptions {
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
  return createContext(quiet, { warn() {}, aside() {}, debug() {}, warnAtOnce() {} });
}

/** What was looked up; kinds that were not asked for are missing. */
export interface Found {
  readonly profiles?: readonly Candidate[];
  readonly sessions?: readonly Candidate[];
  /** Of the local tenant: its users, its previous keys or its snapshots. */
  readonly local?: readonly Candidate[];
  /** The profile that the line is for. */
  readonly profile?: Profile;
  readonly apps?: readonly NamedApp[];
  readonly apis?: readonly NamedApi[];
  /** The Actions of the local tenant. */
  readonly actions?: readonly { readonly id: string; readonly name: string; readonly trigger: string }[];
  /** Its faults. */
  readonly faults?: readonly { readonly name: string; readonly route: string }[];
  /** The URLs of an application. */
  readonly urls?: readonly string[];
}

/** More than this fills several screens, and shells ask before they show it. */
const most = 200;

/** The names that `lookUp` asks for and that fit the word at the cursor, at most 200. */
export function nameCandidates(lookUp: LookUp, found: Found, fits: (text: string) => boolean): Candidate[] {
  const offered = candidatesOf(lookUp, found).filter(({ text }) => !lookUp.without.includes(text));
  const whole = offered.map(({ text, about }) => ({ text: `${lookUp.before}${text}`, about }));
  return capped(whole.filter(({ text }) => fits(text)));
}

function candidatesOf({ kind, api, prefix }: LookUp, found: Found): readonly Candidate[] {
  if (kind === 'profile') return found.profiles ?? [];
  if (kind === 'session') return found.sessions ?? [];
  if (isLocalKind(kind)) return (found.local ?? []).filter(({ text }) => typeable(text));
  if (kind === 'app') return appCandidates(found.apps ?? [], prefix);
  if (kind === 'api') return apiCandidates(found.apis ?? [], prefix);
  if (kind === 'action') return actionCandidates(found.actions ?? []);
  if (kind === 'fault') return faultCandidates(found.faults ?? []);
  if (isUrlList(kind)) return [...new Set(found.urls)].filter(typeable).map((text) => ({ text, about: '' }));
  return scopeCandidates(found, api);
}

function appCandidates(apps: readonly NamedApp[], prefix: string): Candidate[] {
  const alone = uniqueIn(apps);
  return apps.flatMap(({ name, clientId }) => named({ name, id: clientId, alone: alone(name), prefix }));
}

function apiCandidates(apis: readonly NamedApi[], prefix: string): Candidate[] {
  const alone = uniqueIn(apis);
  return apis.flatMap(({ name, audience }) => named({ name, id: audience, alone: alone(name), prefix }));
}

function actionCandidates(actions: NonNullable<Found['actions']>): Candidate[] {
  const alone = uniqueIn(actions);
  return actions
    .map(({ id, name, trigger }) => ({ text: alone(name) ? name : id, about: trigger }))
    .filter(({ text }) => typeable(text));
}

function faultCandidates(faults: NonNullable<Found['faults']>): Candidate[] {
  return faults.map(({ name, route }) => ({ text: name, about: route })).filter(({ text }) => typeable(text));
}

/** By name; by id if the name is ambiguous or cannot be typed, or if the typed prefix matches the id. */
function named(one: { name: string; id: string; alone: boolean; prefix: string }): Candidate[] {
  const { name, id, alone, prefix } = one;
  if (!alone || !typeable(name)) return typeable(id) ? [{ text: id, about: name }] : [];
  const byName = { text: name, about: id };
  return prefix !== '' && id !== name && id.startsWith(prefix) ? [byName, { text: id, about: name }] : [byName];
}

/** Whether a name belongs to exactly one of `all`. */
function uniqueIn(all: readonly { name: string }[]): (name: string) => boolean {
  const counts = new Map<string, number>();
  for (const { name } of all) counts.set(name, (counts.get(name) ?? 0) + 1);
  return (name) => counts.get(name) === 1;
}

/** Can be typed on a command line: not like an option, nothing invisible, no space at either end. */
function typeable(text: string): boolean {
  return text !== '' && !text.startsWith('-') && text === text.trim() && text === printable(text);
}

/** Scopes of the API on the line, otherwise of the profile's default, otherwise of the only API. */
function scopeCandidates({ profile, apis = [] }: Found, reference: string | undefined): Candidate[] {
  const wanted = reference || profile?.api?.audience;
  const [only, ...others] = apis;
  const api = wanted === undefined ? (others.length === 0 ? only : undefined) : apiNamed(apis, wanted);
  return (api?.scopes ?? [])
    .filter(({ value }) => typeable(value))
    .map(({ value, description }) => ({ text: value, about: description ?? '' }));
}

function apiNamed(apis: readonly NamedApi[], reference: string): NamedApi | undefined {
  return (
    apis.find(({ audience, id }) => audience === reference || id === reference) ??
    apis.find(({ name }) => name === reference) ??
    apis.find(({ name }) => name.toLowerCase() === reference.toLowerCase())
  );
}

/** Keeps the last one: a shell inserts the common beginning of all candidates, which must hold for those left out too. */
function capped(candidates: Candidate[]): Candidate[] {
  if (candidates.length <= most) return candidates;
  const sorted = candidates.sort((a, b) => (a.text < b.text ? -1 : 1));
  return [...sorted.slice(0, most - 1), ...sorted.slice(-1)];
}
