import type { ServedAt, StateCall } from '../../wire/state-call.ts';
import type { Commit, DocumentDatabase } from '../store/database.ts';
import type { Kind } from '../store/store.ts';

/** The state in the memory of this process, for other processes of its user. */
export interface SharedState {
  readonly database: DocumentDatabase;
  readonly servedAt: () => ServedAt;
}

const kinds: Readonly<Record<Kind, true>> = {
  ...{ tenant: true, key: true, client: true, resource_server: true, client_grant: true, client_credential: true },
  ...{ user: true, action: true, fault: true },
  ...{ login_session: true, authorization_code: true, pushed_request: true, refresh_token: true },
};

/** The first kind of documents in a call that no state has. */
export function unknownKind(call: StateCall): string | undefined {
  return kindsIn(call).find((kind) => !Object.hasOwn(kinds, kind));
}

function kindsIn(call: StateCall): readonly string[] {
  if (call.call === 'commit') return [...call.conditions, ...call.writes].map(({ kind }) => kind);
  return 'kind' in call ? [call.kind] : [];
}

/** The result of a call whose kinds are known; null for none. */
export async function resultOf({ database }: SharedState, call: StateCall): Promise<unknown> {
  switch (call.call) {
    case 'changesSince':
      return database.changesSince(call.revision, false);
    case 'get':
      return (await database.get(call.kind as Kind, call.id)) ?? null;
    case 'list':
      return database.list(call.kind as Kind, call.where, call.range);
    case 'count':
      return database.count(call.kind as Kind, call.where);
    case 'commit':
      return (await database.commit(call as Commit)) ?? null;
    case 'takeOnce':
      return database.takeOnce(call.id, call);
  }
}
