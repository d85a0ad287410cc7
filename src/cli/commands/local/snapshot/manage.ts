import { checkSnapshotName, snapshotText } from '../../../../domain/tenant/snapshot.ts';
import { AnonError } from '../../../../errors.ts';
import { printResult } from '../../../output/output.ts';
import { printable } from '../../../render/printable.ts';
import { renderSnapshots, snapshotData } from '../../../render/snapshot.ts';
import { defineCommand } from '../../define-command.ts';
import { countsOf, countsText } from '../carried.ts';
import { localSnapshots, noSnapshot } from './snapshots.ts';

export const localSnapshotSaveCommand = defineCommand({
  description: 'save the whole local tenant under a name, to come back to it',
  args: { '<name>': 'letters, digits, dots, dashes and underscores' },
  options: { '--replace': 'replace a snapshot with this name' },
  calls: 'nothing',
  examples: ['local snapshot save before-checkout'],
  notes:
    "It has the tenant's keys, secrets, users, clock, faults and login sessions, so the file is readable for you alone. A running " +
    'server goes on meanwhile.',
  more: 'docs/local-tenant.md',
  async run(context, { name: given }, options) {
    const name = checkSnapshotName(given);
    const snapshots = await localSnapshots(context, options);
    const current = await snapshots.current();
    const text = snapshotText(current, context.clock.now());
    if (!(await snapshots.save(name, text, options.replace === true))) {
      throw new AnonError('usage', `Snapshot '${name}' already exists.`, {
        hint: `Use another name, or replace it: anon-cli local snapshot save ${name} --replace`,
      });
    }
    const { issuer, edition } = current.state;
    printResult(context, options, {
      data: { name, issuer, edition, documents: countsOf(current.state) },
      human: (paint) =>
        `${paint.green('✔')} Saved snapshot ${name}: ${countsText(current.state)}\n` +
        `${paint.dim(`Next: anon-cli local diff ${name}, or anon-cli local snapshot restore ${name}`)}\n`,
    });
  },
});

export const localSnapshotListCommand = defineCommand({
  description: 'list the snapshots of the local tenant',
  calls: 'nothing',
  result: 'list',
  examples: ['local snapshot list'],
  more: 'docs/local-tenant.md',
  async run(context, _args, options) {
    const listed = (await localSnapshots(context, options)).list();
    printResult(context, options, {
      data: listed.map(snapshotData),
      human: (paint) =>
        listed.length === 0
          ? `The local tenant has no snapshots.\n${paint.dim('Next: anon-cli local snapshot save <name>')}\n`
          : renderSnapshots(paint, listed, context.clock.now()),
    });
  },
});

export const localSnapshotRemoveCommand = defineCommand({
  description: 'remove a snapshot; the local tenant stays as it is',
  args: { '<snapshot>': 'its name' },
  calls: 'nothing',
  examples: ['local snapshot remove before-checkout'],
  async run(context, { snapshot: given }, options) {
    const name = checkSnapshotName(given);
    const snapshots = await localSnapshots(context, options);
    if (!(await snapshots.remove(name))) throw noSnapshot(snapshots, name);
    printResult(context, options, {
      data: { name, removed: true },
      human: (paint) => `${paint.green('✔')} Removed snapshot ${printable(name)}\n`,
    });
  },
});
