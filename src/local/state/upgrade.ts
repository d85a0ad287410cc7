import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../../wire/schema.ts';
import type { Kind, Store, StoreReader, StoreWriter } from '../store/store.ts';
import { editionOf } from './edition.ts';
import { withEditionMembers } from './resource-server.ts';
import { managementScopes } from './seed.ts';

/**
 * Upgrades a state from an earlier version: adds new Management API scopes, to the API and to the grant of the client that
 * configures the tenant, and adds new members to its resource servers. Everything else stays unchanged.
 */
export function upgrade(store: Store): void {
  if (outdated(store).length === 0) return;
  store.write((writer: StoreWriter) => {
    for (const { kind, document } of outdated(writer)) writer.put(kind, String(document.id), document);
  });
}

interface Outdated {
  readonly kind: Kind;
  /** The document after the upgrade. */
  readonly document: JsonObject;
}

function outdated(store: StoreReader): Outdated[] {
  const edition = editionOf(store);
  return [
    ...changed(store, 'resource_server', (server) => withScopes(withEditionMembers(edition, server))),
    ...changed(store, 'client_grant', withScope),
  ];
}

function changed(store: StoreReader, kind: Kind, current: (document: JsonObject) => JsonObject): Outdated[] {
  return store.list(kind).flatMap((before) => {
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
