import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../../wire/schema.ts';
import type { Kind, Store, StoreReader, StoreWriter } from '../store/store.ts';
import { editionOf } from './edition.ts';
import { keptResourceServer } from './resource-server.ts';
import { managementScopes } from './seed.ts';

/**
 * Gives a state that an earlier version made the Management API scopes which have come since, at the API and
 * for the client that configures the tenant, and its resource servers the members that all of them have by now.
 * Everything else stays as it is.
 */
export function upgrade(store: Store): void {
  if (outdated(store).length === 0) return;
  store.write((writer: StoreWriter) => {
    for (const { kind, document } of outdated(writer)) writer.put(kind, String(document.id), document);
  });
}

interface Outdated {
  readonly kind: Kind;
  /** As it should be. */
  readonly document: JsonObject;
}

function outdated(store: StoreReader): Outdated[] {
  const edition = editionOf(store);
  return [
    ...changed(store, 'resource_server', (server) => withScopes(keptResourceServer(edition, server))),
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
