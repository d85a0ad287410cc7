import { compareStates } from '../../../domain/tenant/compare-states.ts';
import { differencesExitCode } from '../../exit-code.ts';
import { printResult } from '../../output/output.ts';
import { changeData, renderChanges } from '../../render/snapshot.ts';
import { defineCommand } from '../define-command.ts';
import { localSnapshots, snapshotNamed } from './snapshot/snapshots.ts';

export const localDiffCommand = defineCommand({
  description: 'show what has changed in the local tenant since a snapshot',
  args: { '<snapshot>': 'its name' },
  options: { '--exit-code': 'end with 10 if anything has changed' },
  calls: 'nothing',
  examples: ['local diff before-checkout', 'local diff before-checkout --exit-code'],
  notes:
    'Object by object: + added, ~ changed, - removed. Of a secret it only says that it has changed. What requests have counted in a ' +
    'fault is left out.',
  more: 'docs/local-tenant.md',
  async run(context, { snapshot: name }, options) {
    const snapshots = await localSnapshots(context, options);
    const snapshot = snapshotNamed(snapshots, name);
    const changes = compareStates(snapshot, await snapshots.current());
    if (options.exitCode && changes.length > 0) context.ending.exitCode = differencesExitCode;
    printResult(context, options, {
      data: { snapshot: name, saved_at: snapshot.created_at, changes: changes.map(changeData) },
      human: (paint) => renderChanges(paint, name, changes),
    });
  },
});
