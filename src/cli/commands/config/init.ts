import { newConfig } from '../../../domain/config/template.ts';
import { shellWord } from '../../../domain/shell-word.ts';
import { AnonError } from '../../../errors.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { printResult } from '../../output/output.ts';
import { printable } from '../../render/printable.ts';
import type { Context } from '../../world/context.ts';
import { defineCommand } from '../define-command.ts';
import { schemaPath } from './schema.ts';

const defaultName = 'anon.yaml';

export const configInitCommand = defineCommand({
  description: 'create a configuration file with commented examples',
  args: { '[file]': { description: `the new file (default: ${defaultName})`, values: { file: true } } },
  options: {
    '--from-tenant': 'with what is open to guests at the tenant',
    '--stdout': 'print it instead',
  },
  calls: 'tenant',
  examples: ['config init ~/anon.yaml', 'config init --from-tenant --stdout'],
  notes:
    'Without --from-tenant, the file manages nothing until you remove the # in front of its examples. Its first line names the JSON Schema, ' +
    'with which editors complete and check it.',
  more: 'docs/config.md',
  async run(context, { file = defaultName }, options) {
    if (options.stdout) {
      const text = await newText(context, options, undefined);
      return printResult(context, options, { data: { file: null, text }, verbatim: true, human: () => text });
    }
    if (!/\.ya?ml$/i.test(file)) {
      throw new AnonError('usage', `'${file}' must end with .yaml or .yml, because the file has comments.`, {
        hint: `Example: anon-cli config init ${defaultName}`,
      });
    }
    const text = await newText(context, options, file);
    await context.writeNewFile(file, text);
    const validate = `anon-cli config validate${file === defaultName ? '' : ` --file ${shellWord(file)}`}`;
    printResult(context, options, {
      data: { file, text },
      human: (paint) =>
        `${paint.green('✔')} Created ${printable(file)}\n${paint.dim(`Next: edit it, then ${printable(validate)}\n`)}`,
    });
  },
});

async function newText(
  context: Context,
  options: GlobalOptions & { readonly fromTenant?: true },
  file: string | undefined,
): Promise<string> {
  if (!options.fromTenant) return newConfig(schemaPath(file));
  const { tenantFile } = await import('./export.ts');
  const { text, notes } = await tenantFile(context, options, { full: false, file });
  for (const note of notes) context.warn(note);
  return text;
}
