import { isJsonObject, type JsonObject } from '../../wire/schema.ts';
import type { SnapshotState } from '../../wire/tenant-snapshot.ts';
import { same } from '../plan/difference.ts';
import { isSecret, type StateObject, stateObjects } from './state-objects.ts';

/** A member of an object that two states have in different ways. A secret's values are left out. */
export type ChangedMember =
  | { readonly member: string; readonly before: unknown; readonly after: unknown }
  | { readonly member: string; readonly secret: true };

/** An object of the local tenant that differs between two states. */
export interface ObjectChange {
  readonly change: 'added' | 'changed' | 'removed';
  readonly kind: string;
  readonly name: string | null;
  readonly id: string;
  /** Of a changed object, in the order of their names; otherwise empty. */
  readonly members: readonly ChangedMember[];
}

/** How the second state differs from the first: object by object, in the order of their kinds. */
export function compareStates(before: SnapshotState, after: SnapshotState): ObjectChange[] {
  const [olds, news] = [stateObjects(before), stateObjects(after)];
  const afterById = new Map(news.map((object) => [keyOf(object), object]));
  const beforeIds = new Set(olds.map(keyOf));
  const changes = [
    ...olds.flatMap((old) => {
      const now = afterById.get(keyOf(old));
      if (!now) return [changeOf('removed', old)];
      const members = changedMembers(old.content, now.content);
      return members.length === 0 ? [] : [changeOf('changed', now, members)];
    }),
    ...news.filter((object) => !beforeIds.has(keyOf(object))).map((object) => changeOf('added', object)),
  ];
  const order = [...new Set([...olds, ...news].map(({ kind }) => kind))];
  return changes.sort((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind));
}

function keyOf({ kind, id }: StateObject): string {
  return `${kind} ${id}`;
}

function changeOf(
  change: ObjectChange['change'],
  { kind, name, id }: StateObject,
  members: readonly ChangedMember[] = [],
): ObjectChange {
  return { change, kind, name, id, members };
}

/** The members that differ, with a dot before those of a nested object. */
function changedMembers(before: JsonObject, after: JsonObject, path = ''): ChangedMember[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name): ChangedMember[] => {
    const [old, now] = [before[name], after[name]];
    if (same(old, now)) return [];
    const member = `${path}${name}`;
    if (isSecret(name)) return [{ member, secret: true }];
    if (isJsonObject(old) && isJsonObject(now)) return changedMembers(old, now, `${member}.`);
    if (holdsSecret(old) || holdsSecret(now)) return [{ member, secret: true }];
    return [{ member, before: old ?? null, after: now ?? null }];
  });
}

/** Whether any member inside is a secret: then the whole value is not shown. */
function holdsSecret(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsSecret);
  return isJsonObject(value) && Object.entries(value).some(([name, inner]) => isSecret(name) || holdsSecret(inner));
}
