import type { JsonObject } from '../../wire/schema.ts';
import type { CarriedDocument } from '../../wire/tenant-export.ts';
import type { SnapshotState } from '../../wire/tenant-snapshot.ts';
import type { Store, StoreReader } from '../store/store.ts';
import { importState, readExport } from './carried-state.ts';
import { clockOf } from './clock.ts';

/**
 * The whole state at one point in time. Without what ends in minutes: authorization codes, pushed authorization requests, and what
 * was used once.
 */
export async function snapshotState(store: Store): Promise<SnapshotState> {
  await store.refresh();
  return store.snapshot(async (reader) => ({
    state: await readExport(reader),
    clock: (await clockOf(reader)) ?? null,
    faults: (await reader.list('fault')).map((document) => ({ id: faultId(document), document })),
    login_sessions: await documentsOf(reader, 'login_session'),
  }));
}

async function documentsOf(reader: StoreReader, kind: 'login_session'): Promise<CarriedDocument[]> {
  return (await reader.list(kind)).map((document) => ({ id: String(document.id), document }));
}

function faultId({ kind, id, route }: JsonObject): string {
  return kind === 'limit' ? `limit ${String(route)}` : String(id);
}

/**
 * Replaces the whole state by a checked snapshot, in one commit. Returns whether the keys are others than before, so that no
 * token issued before is valid any longer.
 */
export async function restoreState(
  store: Store,
  { state, clock, faults, login_sessions }: SnapshotState,
): Promise<{ readonly newKeys: boolean }> {
  return importState(store, state, (writer) => {
    for (const { id, document } of faults) writer.put('fault', id, document);
    for (const { id, document } of login_sessions) writer.put('login_session', id, document);
    if (clock) writer.put('tenant', 'clock', { ...clock });
  });
}
