import { readTenantExport } from '../../../domain/tenant/export.ts';
import type { TenantExport } from '../../../wire/tenant-export.ts';
import { requireConfirmation } from '../../input/confirmation.ts';
import { printResult } from '../../output/output.ts';
import { refuseOtherTenants } from '../../tenant/local-access.ts';
import { removeSavedData } from '../../tenant/local-profile.ts';
import type { Context } from '../../world/context.ts';
import { defineCommand } from '../define-command.ts';
import { countsOf, countsText, refuseOtherEdition } from './carried.ts';
import { stateData } from './state-data.ts';

/** Far more than the largest tenant that a file can hold; longer texts do not fit into a string. */
const limitBytes = 256 * 2 ** 20;

export const localImportCommand = defineCommand({
  description: 'replace the local tenant by the one in a file of local export',
  args: { '<file>': { description: "the file; '-' for stdin", values: { file: true } } },
  options: { '-y, --yes': "don't ask for confirmation" },
  calls: 'nothing',
  examples: ['local export --output - | anon-cli local import - --yes'],
  notes: `The whole file is checked first, and the tenant is replaced at once or not at all: its issuer, edition, keys, \
applications, APIs, grants, users and Actions. Tokens that the imported tenant has issued stay valid.`,
  more: 'docs/local-tenant.md',
  async run(context, { file }, options) {
    await refuseOtherTenants(context, options);
    const imported = await readExported(context, file);
    refuseOtherEdition(context, options, imported.edition, 'The exported tenant');
    const local = await context.local();
    if (!options.yes && !(await local.isFresh())) {
      await requireConfirmation(context, options, {
        fact: 'An import deletes all applications, APIs, users and keys that the local tenant has now',
        question: 'Import?',
      });
    }
    const { newKeys } = await local.import(imported);
    // With other keys, the sessions saved here and the defaults of the profile are useless.
    if (newKeys) await removeSavedData(context);
    printResult(context, options, {
      data: {
        ...stateData(local),
        issuer: imported.issuer,
        edition: imported.edition,
        new_keys: newKeys,
        documents: countsOf(imported),
      },
      human: (paint) =>
        `${paint.green('✔')} Imported ${countsText(imported)}, in edition ${imported.edition}, with the issuer ${imported.issuer}\n` +
        `${paint.dim('Next: anon-cli status\n')}`,
    });
  },
});

async function readExported(context: Context, file: string): Promise<TenantExport> {
  if (file !== '-') return readTenantExport(await context.readFile(file, limitBytes), file);
  return readTenantExport(await context.terminal.readStdin(limitBytes), 'stdin');
}
