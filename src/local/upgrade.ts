import type { JsonObject } from '../wire/schema.ts';
import { managementScopes } from './management-scopes.ts';
import type { Store, StoreReader, StoreWriter } from './store/store.ts';

/**
 * Gives a state that an earlier version made the Management API scopes which have come since, at the API and
 * for the client that configures the tenant. Everything else stays as it is.
 */
export function upgrade(store: Store): void {
  if (outdated(store).length === 0) return;
  store.write((writer: StoreWriter) => {
    for (const { kind, document, scopes } of outdated(writer)) {
      writer.put(kind, String(document.id), { ...document, ...scopes });
    }
  });
}

interface Outdated {
  readonly kind: 'resource_server' | 'client_grant';
  readonly document: JsonObject;
  readonly scopes: JsonObject;
}

function outdated(store: StoreReader): Outdated[] {
  const servers = store.list('resource_server').flatMap((document): Outdated[] => {
    const scopes = document.scopes as { value: string }[] | undefined;
    const missing = missingFrom(scopes?.map(({ value }) => value));
    if (document.is_system !== true || missing.length === 0) return [];
    return [{ kind: 'resource_server', document, scopes: { scopes: [...(scopes ?? []), ...missing.map(asScope)] } }];
  });
  const grants = store.list('client_grant').flatMap((document): Outdated[] => {
    const scope = document.scope as string[] | undefined;
    const missing = missingFrom(scope);
    if (document.is_system !== true || missing.length === 0) return [];
    return [{ kind: 'client_grant', document, scopes: { scope: [...(scope ?? []), ...missing] } }];
  });
  return [...servers, ...grants];
}

function missingFrom(known: readonly string[] = []): string[] {
  return managementScopes.filter((value) => !known.includes(value));
}

function asScope(value: string): { value: string } {
  return { value };
}
