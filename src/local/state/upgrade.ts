import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Edition } from '../../wire/edition/edition.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { Kind, Store, StoreReader } from '../store/store.ts';
import { editionOf } from './edition.ts';
import { withEditionMembers } from './resource-server.ts';

/** The Management API scopes of the endpoints that the local tenant serves. @see wire contract, section 6 */
export const managementScopes = [
  'read:tenant_settings',
  'update:tenant_settings',
  'read:clients',
  'create:clients',
  'update:clients',
  'delete:clients',
  'read:client_summary',
  'read:client_keys',
  'update:client_keys',
  'read:client_credentials',
  'create:client_credentials',
  'update:client_credentials',
  'delete:client_credentials',
  'read:resource_servers',
  'create:resource_servers',
  'update:resource_servers',
  'delete:resource_servers',
  'read:client_grants',
  'create:client_grants',
  'update:client_grants',
  'delete:client_grants',
  'read:users',
  'create:users',
  'update:users',
  'delete:users',
] as const;

/**
 * What a state has after an upgrade by this version: the document says so, because to look through all others at every start
 * would take longer than most commands.
 */
export function upgradeMark({ newResourceServer, hiddenMembers }: Edition): { fingerprint: string } {
  const upgraded = JSON.stringify([managementScopes, newResourceServer, hiddenMembers]);
  return { fingerprint: createHash('sha256').update(upgraded).digest('base64url') };
}

async function isUpgraded(store: StoreReader): Promise<boolean> {
  const saved = await store.get('tenant', 'upgrade');
  return saved?.fingerprint === upgradeMark(await editionOf(store)).fingerprint;
}

/**
 * Upgrades a state from another version: adds new Management API scopes, to the API and to the grant of the client that
 * configures the tenant, and adds new members to its resource servers. Everything else stays unchanged.
 */
export async function upgrade(store: Store): Promise<void> {
  if (await isUpgraded(store)) return;
  await store.write(async (writer) => {
    if (await isUpgraded(writer)) return;
    for (const { kind, document } of await outdated(writer)) writer.put(kind, String(document.id), document);
    writer.put('tenant', 'upgrade', upgradeMark(await editionOf(writer)));
  });
}

interface Outdated {
  readonly kind: Kind;
  /** The document after the upgrade. */
  readonly document: JsonObject;
}

async function outdated(store: StoreReader): Promise<Outdated[]> {
  const edition = await editionOf(store);
  return [
    ...(await changed(store, 'resource_server', (server) => withScopes(withEditionMembers(edition, server)))),
    ...(await changed(store, 'client_grant', withScope)),
  ];
}

async function changed(
  store: StoreReader,
  kind: Kind,
  current: (document: JsonObject) => JsonObject,
): Promise<Outdated[]> {
  return (await store.list(kind)).flatMap((before) => {
    const document = current(before);
    return isDeepStrictEqual(document, before) ? [] : [{ kind, document }];
  });
}

function withScopes(server: JsonObject): JsonObject {
  const scopes = (server.scopes as { value: string }[] | undefined) ?? [];
  const missing = missingFrom(scopes.map(({ value }) => value));
  if (server.is_system !== true || missing.length === 0) return server;
  return { ...server, scopes: [...scopes, ...missing.map((value) => ({ value }))] };
}

function withScope(grant: JsonObject): JsonObject {
  const scope = (grant.scope as string[] | undefined) ?? [];
  const missing = missingFrom(scope);
  if (grant.is_system !== true || missing.length === 0) return grant;
  return { ...grant, scope: [...scope, ...missing] };
}

function missingFrom(known: readonly string[]): string[] {
  return managementScopes.filter((value) => !known.includes(value));
}
