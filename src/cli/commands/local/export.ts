import { readTenantExport } from '../../../domain/tenant/export.ts';
import { AnonError } from '../../../errors.ts';
import type { TenantExport } from '../../../wire/tenant-export.ts';
import { requireConfirmation } from '../../input/confirmation.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { printResult } from '../../output/output.ts';
import { printable, printableJson } from '../../render/printable.ts';
import { requestedEdition } from '../../tenant/access.ts';
import { refuseOtherTenants } from '../../tenant/local-access.ts';
import { removeLostData, warnOfOldVariables } from '../../tenant/local-profile.ts';
import type { Context } from '../../world/context.ts';
import { defineCommand } from '../define-command.ts';
import { countsOf, countsText, refuseOtherEdition } from './carried.ts';
import { stateData } from './state-data.ts';

const secretsInside = "holds the tenant's private key and the client secrets of its applications.";

export const localExportCommand = defineCommand({
  description: 'write the whole local tenant to a JSON file, secrets included',
  options: {
    '--output <file>': {
      description: "the new file, which only you can read; '-' for stdout",
      default: 'local-tenant.json',
      values: { file: true },
    },
  },
  calls: 'nothing',
  examples: ['local export --output ~/tenant.json', 'local export --output - | anon-cli local import - --yes'],
  notes: 'Anyone with this file can issue tokens of the tenant: protect it like a password.',
  more: 'docs/local-tenant.md',
  async run(context, _args, options) {
    await refuseOtherTenants(context, options);
    const { output } = options;
    // Checked before the state is read.
    if (output === '-' && context.terminal.resultIsTerminal) throw onTerminal();
    const exported = await (await context.local()).export(requestedEdition(context, options));
    if (output === '-') return printExport(context, options, exported);
    await context.writeNewFile(output, textOf(exported));
    context.warn(`${output} ${secretsInside} Protect it like a password.`);
    printResult(context, options, {
      data: { file: output, issuer: exported.issuer, edition: exported.edition, documents: countsOf(exported) },
      human: (paint) =>
        `${paint.green('✔')} Exported ${countsText(exported)} to ${printable(output)}, which only you can read\n` +
        `${paint.dim('Next: anon-cli local import <file>, where the tenant should go\n')}`,
    });
  },
});

function printExport(context: Context, options: GlobalOptions, exported: TenantExport): void {
  context.warn(`The output ${secretsInside} Protect it like a password.`);
  printResult(context, options, { data: { ...exported }, verbatim: true, human: () => textOf(exported) });
}

function textOf(exported: TenantExport): string {
  return `${printableJson(exported, 2)}\n`;
}

function onTerminal(): AnonError {
  return new AnonError('usage', `stdout is a terminal, and the export ${secretsInside}`, {
    hint: 'Write it to a file that only you can read: anon-cli local export --output tenant.json',
  });
}

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
    if (newKeys) {
      await removeLostData(context, imported);
      warnOfOldVariables(context);
    }
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
