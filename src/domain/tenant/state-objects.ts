import { fingerprintOf } from '../../jose/fingerprint.ts';
import { isJsonObject, type JsonObject } from '../../wire/schema.ts';
import type { CarriedDocument, TenantExport } from '../../wire/tenant-export.ts';
import type { SavedClock, SnapshotState } from '../../wire/tenant-snapshot.ts';

/** An object of a state, under the name that people know. */
export interface StateObject {
  /** In the words of this tool: `application`, `API`, `user`. */
  readonly kind: string;
  /** Null for what a tenant has once. */
  readonly name: string | null;
  readonly id: string;
  readonly content: JsonObject;
}

/** All that a state holds, kind by kind. */
export function stateObjects({ state, clock, faults, login_sessions: logins }: SnapshotState): StateObject[] {
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
