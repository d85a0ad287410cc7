import type { Profile } from '../../domain/profile/profile.ts';
import type { NamedApi, NamedApp } from '../../domain/tenant/names.ts';
import { printable } from '../render/printable.ts';
import type { Candidate, LookUp } from './expect.ts';

/** What was looked up; kinds that were not asked for are missing. */
export interface Found {
  readonly profiles?: readonly Candidate[];
  readonly sessions?: readonly Candidate[];
  /** The profile that the line is for. */
  readonly profile?: Profile;
  readonly apps?: readonly NamedApp[];
  readonly apis?: readonly NamedApi[];
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
  if (kind === 'app') return appCandidates(found.apps ?? [], prefix);
  if (kind === 'api') return apiCandidates(found.apis ?? [], prefix);
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
