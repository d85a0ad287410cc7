import { faultReading } from '../../../../wire/tenant-faults.ts';
import { printResult } from '../../../output/output.ts';
import { renderFaults } from '../../../render/fault.ts';
import { printable } from '../../../render/printable.ts';
import { defineCommand } from '../../define-command.ts';
import { findFault, localFaults } from './local-faults.ts';

const none = 'The local tenant has no faults.';
const howToAdd = 'Next: anon-cli local fault add --route /anonymous/token --status 429 --count 3';

export const localFaultListCommand = defineCommand({
  description: 'list the faults of the local tenant, in the order in which they are tried',
  calls: 'nothing',
  result: 'list',
  examples: ['local fault list'],
  more: 'docs/local-tenant.md',
  async run(context, _args, options) {
    const faults = await (await localFaults(context, options)).list();
    printResult(context, options, {
      data: faults.map(faultReading),
      human: (paint) => (faults.length === 0 ? `${none}\n${paint.dim(howToAdd)}\n` : renderFaults(paint, faults)),
    });
  },
});

export const localFaultRemoveCommand = defineCommand({
  description: 'remove a fault from the local tenant',
  args: { '<fault>': 'its name or id' },
  calls: 'nothing',
  examples: ['local fault remove latency'],
  async run(context, { fault: reference }, options) {
    const faults = await localFaults(context, options);
    const { id, name } = await findFault(faults, reference);
    await faults.remove(id);
    printResult(context, options, {
      data: { id, name, removed: true },
      human: (paint) => `${paint.green('✔')} Removed fault ${printable(name)}\n`,
    });
  },
});

export const localFaultClearCommand = defineCommand({
  description: 'remove all faults from the local tenant; limits stay',
  calls: 'nothing',
  examples: ['local fault clear'],
  async run(context, _args, options) {
    const removed = await (await localFaults(context, options)).clear();
    printResult(context, options, {
      data: { removed },
      human: (paint) =>
        removed === 0
          ? `No changes: ${none}\n`
          : `${paint.green('✔')} Removed ${removed} fault${removed === 1 ? '' : 's'}\n`,
    });
  },
});
