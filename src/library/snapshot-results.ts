import type { DocumentCounts } from './profile-results.ts';

/** `local snapshot save`. */
export type LocalSnapshotSaveResult = {
  readonly name: string;
  readonly issuer: string;
  readonly edition: 'preview' | 'ea';
  readonly documents: DocumentCounts;
};

/** `local snapshot list` prints an array of these. */
export type LocalSnapshotResult = {
  readonly name: string;
  /** ISO 8601, in UTC, by this machine's clock. */
  readonly saved_at: string;
  readonly bytes: number;
};

/** `local snapshot restore`. */
export type LocalSnapshotRestoreResult = {
  readonly name: string;
  /** False: the tenant was as in the snapshot already. */
  readonly changed: boolean;
  readonly issuer: string;
  readonly edition: 'preview' | 'ea';
  /** Whether the keys are others than before: then the sessions saved on this machine were removed. */
  readonly new_keys: boolean;
  readonly documents: DocumentCounts;
};

/** `local snapshot remove`. */
export type LocalSnapshotRemoveResult = { readonly name: string; readonly removed: true };

/** `local diff`. */
export type LocalDiffResult = {
  readonly snapshot: string;
  readonly saved_at: string;
  /** Empty where nothing has changed. */
  readonly changes: readonly {
    readonly change: 'added' | 'changed' | 'removed';
    /** `application`, `API`, `user` and so on. */
    readonly kind: string;
    /** Null for what a tenant has once. */
    readonly name: string | null;
    readonly id: string;
    /** Of a changed object: what differs. Null stands for a member that is not set; a secret has no values. */
    readonly members: readonly (
      | { readonly member: string; readonly before: unknown; readonly after: unknown }
      | { readonly member: string; readonly secret: true }
    )[];
  }[];
};
