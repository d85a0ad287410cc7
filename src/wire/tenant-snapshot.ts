import * as v from 'valibot';
import { plainObject } from './schema.ts';
import type { CarriedDocument, TenantExport } from './tenant-export.ts';

/** The member `format` of every snapshot, by which a file is recognised as one. */
export const snapshotFormat = 'anon-cli snapshot of a local tenant';

/** Increased when an older program could no longer read a snapshot. */
export const snapshotVersion = 1;

/** How a tenant's clock differs from the machine's, in milliseconds; null: it is the machine's. */
export type SavedClock = { readonly offset_ms: number } | { readonly frozen_at_ms: number } | null;

/** The whole state of a local tenant, secrets included: what an export has, and what only a snapshot does. */
export interface SnapshotState {
  readonly state: TenantExport;
  readonly clock: SavedClock;
  /** Faults and limits. */
  readonly faults: readonly CarriedDocument[];
  /** Of browsers at the tenant. */
  readonly login_sessions: readonly CarriedDocument[];
}

/** What `local snapshot save` writes. */
export interface TenantSnapshotFile extends SnapshotState {
  readonly format: typeof snapshotFormat;
  readonly version: typeof snapshotVersion;
  /** ISO 8601, by this machine's clock. */
  readonly created_at: string;
}

const documents = v.array(
  v.strictObject({ id: v.pipe(v.string(), v.nonEmpty('must not be empty')), document: plainObject }),
);

/** The file without `state`, which has versions of its own. */
export const snapshotFrame = v.looseObject({
  created_at: v.pipe(v.string(), v.isoTimestamp('must be a time in ISO 8601')),
  clock: v.nullable(
    v.union(
      [v.strictObject({ offset_ms: v.number() }), v.strictObject({ frozen_at_ms: v.number() })],
      'must have offset_ms or frozen_at_ms',
    ),
  ),
  faults: documents,
  login_sessions: documents,
});
