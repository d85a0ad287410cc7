import { AnonError } from '../../../errors.ts';
import type { TenantExport } from '../../../wire/tenant-export.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { printResult } from '../../output/output.ts';
import { printable, printableJson } from '../../render/printable.ts';
import { requestedEdition } from '../../tenant/access.ts';
import { refuseOtherTenants } from '../../tenant/local-access.ts';
import type { Context } from '../../world/context.ts';
import { defineCommand } from '../define-command.ts';
import { countsOf, countsText } from './carried.ts';

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
