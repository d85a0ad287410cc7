import { mostSimilar } from '../../../../domain/did-you-mean.ts';
import { checkSnapshotName, readSnapshot } from '../../../../domain/tenant/snapshot.ts';
import { AnonError } from '../../../../errors.ts';
import type { LocalSnapshots } from '../../../../io/embedded/local-snapshots.ts';
import type { TenantSnapshotFile } from '../../../../wire/tenant-snapshot.ts';
import type { GlobalOptions } from '../../../options/global.ts';
import { refuseOtherTenants } from '../../../tenant/local-access.ts';
import type { Context } from '../../../world/context.ts';

/** The snapshots of the local tenant. @throws {AnonError} `edition_unsupported` where `--profile` names another */
export async function localSnapshots(context: Context, options: GlobalOptions): Promise<LocalSnapshots> {
  await refuseOtherTenants(context, options);
  return (await context.local()).snapshots;
}

/** The checked snapshot of this name. @throws {AnonError} `not_found`, and as {@link readSnapshot} */
export function snapshotNamed(snapshots: LocalSnapshots, name: string): TenantSnapshotFile {
  const text = snapshots.text(checkSnapshotName(name));
  if (text === undefined) throw noSnapshot(snapshots, name);
  return readSnapshot(text, name);
}

/** @throws {AnonError} */
export function noSnapshot(snapshots: LocalSnapshots, name: string): AnonError {
  const similar = mostSimilar(
    name,
    snapshots.list().map((snapshot) => snapshot.name),
  );
  const list = 'anon-cli local snapshot list';
  return new AnonError('not_found', `Snapshot '${name}' not found.`, {
    hint: similar ? `Did you mean '${similar}'? To see all: ${list}` : `Run: ${list}`,
  });
}
