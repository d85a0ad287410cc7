import { AnonError } from '../../errors.ts';
import { same } from '../plan/difference.ts';
import type { Progress } from './apply.ts';
import { movedSettings } from './apply.ts';
import { type ConfigObject, keyOf } from './objects.ts';
import { type ConfigPlan, type ObjectValues, planTargets, type Step, targetFor } from './plan.ts';
import { type FoundObject, objectsIn, type TenantSnapshot } from './read-tenant.ts';
import type { Value, Values } from './settings.ts';

/** One apply, or one undo: the settings that it was to change, saved before it changed any. */
export interface RecordEntry {
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** The entry that this one took back. */
  readonly undoes?: number | undefined;
  /** It was taken back itself. */
  readonly undone?: boolean | undefined;
  /** What came of it is not saved: the command was killed. */
  readonly unfinished?: boolean | undefined;
  readonly steps: readonly Pick<Step, 'object' | 'before' | 'after'>[];
}

/** What this machine knows about the changes it made to one tenant. */
export interface TenantRecord {
  /** How the last apply left the settings that it manages. */
  readonly left:
    | {
        readonly atMs: number;
        readonly objects: readonly ObjectValues[];
        /** It failed, and not everything that it was to set is known to be set. */
        readonly incomplete?: true | undefined;
      }
    | undefined;
  /** The latest last. */
  readonly entries: readonly RecordEntry[];
}

/** Saves the records of tenants, each under its issuer. */
export interface ConfigRecords {
  /** @throws {AnonError} `state_unusable` */
  read(issuer: string): Promise<TenantRecord>;
  /** @throws {AnonError} `state_unusable` */
  write(issuer: string, record: TenantRecord): Promise<void>;
}

const maxEntries = 50;

/** The record with a new entry for what is about to be changed. */
export function withEntry(
  record: TenantRecord,
  { steps }: ConfigPlan,
  { atMs, undoes }: { atMs: number; undoes?: number | undefined },
): TenantRecord {
  const id = (record.entries.at(-1)?.id ?? 0) + 1;
  const plain = steps.map(({ object, before, after }) => ({ object, before, after }));
  const entry = { id, atMs, ...(undoes !== undefined && { undoes }), unfinished: true, steps: plain };
  return { ...record, entries: [...record.entries, entry].slice(-maxEntries) };
}

/** The record once a plan was carried out, as far as it was: settings whose change is unknown are not in it. */
export function withOutcome(
  record: TenantRecord,
  { managed, narrowed, steps }: ConfigPlan,
  { done, failure }: Progress,
  { atMs, undoes }: { atMs: number; undoes?: number | undefined },
): TenantRecord {
  const before = failure || narrowed || undoes !== undefined ? (record.left?.objects ?? []) : [];
  const left = new Map(before.map((one) => [keyOf(one.object), one]));
  const add = ({ object, values }: ObjectValues) => {
    const known = left.get(keyOf(object))?.values;
    left.set(keyOf(object), { object, values: { ...known, ...values } });
  };
  const planned = new Set(steps.map(({ object }) => keyOf(object)));
  for (const one of managed) if (!failure || !planned.has(keyOf(one.object))) add(one);
  for (const { object, after } of done) add({ object, values: after });
  if (failure?.unknown) forget(left, failure.step);
  const own = steps.length > 0 ? record.entries.at(-1)?.id : undefined;
  const entries = record.entries.map(({ unfinished, ...entry }) => ({
    ...entry,
    ...(entry.id === undoes && !failure && { undone: true }),
    // A whole apply that went well has set what an earlier one may have left.
    ...(unfinished && entry.id !== own && (failure || narrowed) && { unfinished }),
  }));
  const incomplete = failure !== undefined || ((narrowed || undoes !== undefined) && record.left?.incomplete);
  return { entries, left: { atMs, objects: [...left.values()], ...(incomplete && { incomplete }) } };
}

function forget(left: Map<string, ObjectValues>, { object, after }: Step): void {
  const known = left.get(keyOf(object));
  if (!known) return;
  const rest = Object.entries(known.values).filter(([name]) => !(name in after));
  left.set(keyOf(object), { object, values: Object.fromEntries(rest) });
}

/** A setting that is not as the last apply left it. */
export interface Drift {
  readonly object: ConfigObject;
  readonly setting: string;
  readonly left: Value;
  /** Undefined where the object does not exist any more. */
  readonly now: Value | undefined;
}

/**
 * What has changed at a tenant since the last apply, among the settings that it manages. `unsure` are those that a command may
 * have changed that was killed: nobody can tell who did.
 */
export function driftSince(
  { left, entries }: TenantRecord,
  snapshot: TenantSnapshot,
): { readonly drift: Drift[]; readonly unsure: Drift[] } {
  const objects = objectsIn(snapshot);
  const all = (left?.objects ?? []).flatMap(({ object, values }) => {
    const found = targetFor(objects, { object, values })?.found;
    return Object.entries(values).flatMap(([setting, value]) => driftOf(object, setting, value, found));
  });
  const open = entries.filter(({ unfinished }) => unfinished).flatMap(({ steps }) => steps);
  const isOurs = ({ object, setting, now }: Drift) =>
    open.some((step) => keyOf(step.object) === keyOf(object) && same(step.after[setting], now));
  return { drift: all.filter((one) => !isOurs(one)), unsure: all.filter(isOurs) };
}

function driftOf(object: ConfigObject, setting: string, left: Value, found: FoundObject | undefined): Drift[] {
  if (!found) return [{ object, setting, left, now: undefined }];
  const now = found.values[setting] ?? null;
  return same(now, left) ? [] : [{ object, setting, left, now }];
}

/**
 * The entry to take back: the one named, or the last apply that was not taken back.
 * @throws {AnonError} `not_found`
 */
export function entryToUndo({ entries }: TenantRecord, id: number | undefined, selection: string): RecordEntry {
  const found =
    id === undefined
      ? entries.findLast(({ undone, undoes }) => !undone && undoes === undefined)
      : entries.find((entry) => entry.id === id);
  if (found) return found;
  if (id === undefined) {
    throw new AnonError(
      'not_found',
      'Nothing to undo: no change of config apply at this tenant is left on this machine.',
    );
  }
  throw new AnonError('not_found', `Change ${id} not found.`, {
    hint: `To see all: anon-cli config undo --list${selection}`,
  });
}

/** A setting that somebody else changed after the change that is to be taken back. */
export interface Moved {
  readonly object: ConfigObject;
  /** Undefined: the whole object does not exist any more. */
  readonly setting: string | undefined;
}

/** Plans to take back an entry; `moved` is what stands in the way. */
export function planUndo(entry: RecordEntry, snapshot: TenantSnapshot): { plan: ConfigPlan; moved: Moved[] } {
  const objects = objectsIn(snapshot);
  const moved: Moved[] = [];
  const targets = entry.steps.flatMap(({ object, before, after }) => {
    const target = targetFor(objects, { object, values: before });
    if (!target) {
      moved.push({ object, setting: undefined });
      return [];
    }
    const names = movedSettings({ before, after }, target.found.values as Values);
    moved.push(...names.map((setting) => ({ object, setting })));
    return [target];
  });
  return { plan: planTargets(snapshot, targets, true), moved };
}
