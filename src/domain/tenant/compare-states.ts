import { fingerprintOf } from '../../jose/fingerprint.ts';
import { isJsonObject, type JsonObject } from '../../wire/schema.ts';
import type { CarriedDocument, TenantExport } from '../../wire/tenant-export.ts';
import type { SavedClock, SnapshotState } from '../../wire/tenant-snapshot.ts';
import { same } from '../plan/difference.ts';

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

/** An object of a state, under the name that people know. */
interface StateObject {
  /** In the words of this tool: `application`, `API`, `user`. */
  readonly kind: string;
  /** Null for what a tenant has once. */
  readonly name: string | null;
  readonly id: string;
  readonly content: JsonObject;
}

/** All that a state holds, kind by kind. */
function stateObjects({ state, clock, faults, login_sessions: logins }: SnapshotState): StateObject[] {
  const { documents } = state;
  return [
    ...documents.tenant.map(({ document }) => one('tenant settings', null, 'settings', document)),
    one('clock', null, 'clock', clockContent(clock)),
    ...documents.key.flatMap(({ document }) => keysIn(document)),
    ...named(documents.client, 'application', ({ name }) => name),
    ...named(documents.resource_server, 'API', ({ name, identifier }) => name ?? identifier),
    ...named(documents.client_grant, 'grant', (grant) => grantName(documents, grant)),
    ...named(documents.client_credential, 'application key', ({ kid }) => kid),
    ...named(documents.user, 'user', ({ email, user_id }) => email ?? user_id),
    ...named(documents.action, 'Action', ({ name }) => name),
    ...named(documents.refresh_token, 'refresh token', ({ user_id }) => user_id),
    ...named(logins, 'login session', ({ user_id }) => user_id),
    ...faults.map(faultObject),
  ];
}

/** As `local clock --json` says it. */
function clockContent(clock: SavedClock): JsonObject {
  if (clock === null) return { offset_seconds: 0 };
  if ('offset_ms' in clock) return { offset_seconds: clock.offset_ms / 1000 };
  return { frozen_at: new Date(clock.frozen_at_ms).toISOString() };
}

function one(kind: string, name: string | null, id: string, content: JsonObject): StateObject {
  return { kind, name, id, content };
}

function named(
  list: readonly CarriedDocument[],
  kind: string,
  nameOf: (document: JsonObject) => unknown,
): StateObject[] {
  return list.map(({ id, document }) => one(kind, String(nameOf(document) ?? id), id, document));
}

/** `web for https://api.shop.example`. */
function grantName(documents: TenantExport['documents'], { client_id: clientId, audience }: JsonObject): string {
  const app = documents.client.find(({ id }) => id === clientId)?.document.name ?? clientId;
  return `${String(app)} for ${String(audience)}`;
}

/** Without what requests have counted in it: nobody has changed that. */
function faultObject({ id, document: { seen: _, hit: __, ...fault } }: CarriedDocument): StateObject {
  return fault.kind === 'limit'
    ? one('limit', String(fault.route), id, fault)
    : one('fault', String(fault.name ?? id), id, fault);
}

/** Each key on its own, without the key itself. */
function keysIn(document: JsonObject): StateObject[] {
  const { signing, session, previous } = document;
  const { signing: oldSigning, session: oldSession } = objectOf(previous);
  const key = (use: string, state: string) => (given: unknown) => {
    const { kid, k, jwk: _, longest_seconds: __, ...times } = objectOf(given);
    const name = use === 'signing' ? String(kid) : fingerprintOf(String(k));
    return one(`${use} key`, name, name, { state, ...times });
  };
  return [
    ...[signing].map(key('signing', 'current')),
    ...listOf(oldSigning).map(key('signing', 'previous')),
    ...[session].map(key('session', 'current')),
    ...listOf(oldSession).map(key('session', 'previous')),
  ];
}

function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Members whose values nobody may see: of any object, wherever they are in it. */
export function isSecret(member: string): boolean {
  return (secretForm.test(member) || camelForm.test(member)) && member !== 'secret_encoded';
}

/** Settings of add-ons have names such as `signingKey`. */
const camelForm = /[a-z](?:Hash|Pem|Jwk|Keys?)$/;

const secretForm = /secret|password|private|(?:^|_)(?:hash|pem|jwk|k|keys?)$/i;
