import { AnonError } from '../../errors.ts';

/** The whole state of a local tenant, its clock included, as plain JSON. It holds keys, secrets and hashes of passwords. */
export interface TenantSnapshot {
  readonly format: 'anon-cli snapshot';
  readonly version: 1;
  /** The client id of the tenant's sample application. */
  readonly tenant: string;
  readonly state: unknown;
}

/** A snapshot as this tenant made it. */
interface OwnSnapshot<State> extends TenantSnapshot {
  readonly state: State;
}

/** A new snapshot. */
export function snapshotOf<State>(tenant: string, state: State): OwnSnapshot<State> {
  return { format: 'anon-cli snapshot', version: 1, tenant, state };
}

/** What a snapshot holds. @throws {AnonError} `usage` for that of another tenant, and for anything else */
export function readSnapshot<State>(tenant: string, snapshot: TenantSnapshot): OwnSnapshot<State> {
  if (snapshot?.format !== 'anon-cli snapshot' || snapshot.version !== 1) {
    throw new AnonError('usage', 'This is not a snapshot of a local tenant.', {
      hint: 'Pass what snapshot() returned.',
    });
  }
  if (!isState(snapshot.state)) {
    throw new AnonError('usage', 'The state in this snapshot is damaged.', { hint: 'Pass what snapshot() returned.' });
  }
  if (snapshot.tenant !== tenant) throw new AnonError('usage', 'This snapshot belongs to another local tenant.');
  return snapshot as OwnSnapshot<State>;
}

/** What every tenant has. Without it the tenant would answer nothing from then on. */
const needed = ['tenant/settings', 'key/current'];

function isState(state: unknown): boolean {
  if (!isObject(state) || !Array.isArray(state.documents) || !Array.isArray(state.used)) return false;
  const { documents, used } = state as { documents: unknown[]; used: unknown[] };
  const names = new Set(documents.map((saved) => (isDocument(saved) ? `${saved.kind}/${saved.id}` : '')));
  return !names.has('') && needed.every((name) => names.has(name)) && used.every(Array.isArray);
}

function isDocument(saved: unknown): saved is { readonly kind: string; readonly id: string } {
  return isObject(saved) && typeof saved.kind === 'string' && typeof saved.id === 'string' && isObject(saved.document);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
