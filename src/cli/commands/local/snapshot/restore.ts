import { compareStates } from '../../../../domain/tenant/compare-states.ts';
import { requireConfirmation } from '../../../input/confirmation.ts';
import { printResult } from '../../../output/output.ts';
import { printable } from '../../../render/printable.ts';
import { removeLostData } from '../../../tenant/local-profile.ts';
import { defineCommand } from '../../define-command.ts';
import { countsOf, countsText, refuseOtherEdition } from '../carried.ts';
import { localSnapshots, snapshotNamed } from './snapshots.ts';

export const localSnapshotRestoreCommand = defineCommand({
  description: 'put the local tenant back to a snapshot',
  args: { '<snapshot>': 'its name' },
  options: { '-y, --yes': "don't ask for confirmation" },
  calls: 'nothing',
  examples: ['local snapshot restore before-checkout --yes'],
  notes:
    'The tenant is replaced at once or not at all: its issuer, edition, keys, applications, APIs, grants, users, Actions, clock and ' +
    'faults. A running server has them from the next request on.',
  more: 'docs/local-tenant.md',
  async run(context, { snapshot: name }, options) {
    const snapshots = await localSnapshots(context, options);
    const snapshot = snapshotNamed(snapshots, name);
    refuseOtherEdition(context, options, snapshot.state.edition, 'The tenant in the snapshot');
    const { length: changes } = compareStates(snapshot, await snapshots.current());
    if (changes > 0 && !options.yes && !(await (await context.local()).isFresh())) {
      await requireConfirmation(context, options, {
        fact: `The local tenant has changed since snapshot '${name}': ${changes} object${changes === 1 ? '' : 's'}`,
        question: 'Put it back?',
      });
    }
    const { newKeys } = changes === 0 ? { newKeys: false } : await snapshots.restore(snapshot);
    if (newKeys) await removeLostData(context, snapshot.state);
    const { issuer, edition } = snapshot.state;
    printResult(context, options, {
      data: { name, changed: changes > 0, issuer, edition, new_keys: newKeys, documents: countsOf(snapshot.state) },
      human: (paint) =>
        changes === 0
          ? `No changes: the local tenant is as in snapshot ${printable(name)}.\n`
          : `${paint.green('✔')} Restored snapshot ${printable(name)}: ${countsText(snapshot.state)}\n` +
            `${paint.dim('Next: anon-cli status')}\n`,
    });
  },
});
