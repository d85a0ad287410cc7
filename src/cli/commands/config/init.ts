import { dirname, relative } from 'node:path';
import { installedSchema, newConfig } from '../../../domain/config/template.ts';
import { shellWord } from '../../../domain/shell-word.ts';
import { AnonError } from '../../../errors.ts';
import { printResult } from '../../output/output.ts';
import { printable } from '../../render/printable.ts';
import { defineCommand } from '../define-command.ts';

const defaultName = 'anon.yaml';

export const configInitCommand = defineCommand({
  description: 'create a configuration file with commented examples',
  args: { '[file]': { description: `the new file (default: ${defaultName})`, values: { file: true } } },
  options: { '--stdout': 'print it instead' },
  calls: 'nothing',
  examples: ['config init ~/anon.yaml', 'config init --stdout'],
  notes:
    'The file manages nothing until you remove the # in front of its examples. Its first line names the JSON Schema, ' +
    'with which editors complete and check it.',
  more: 'docs/config.md',
  async run(context, { file = defaultName }, options) {
    if (options.stdout) {
      const text = newConfig(`./${installedSchema}`);
      return printResult(context, options, { data: { file: null, text }, verbatim: true, human: () => text });
    }
    if (!/\.ya?ml$/i.test(file)) {
      throw new AnonError('usage', `'${file}' must end with .yaml or .yml, because the file has comments.`, {
        hint: `Example: anon-cli config init ${defaultName}`,
      });
    }
    const text = newConfig(schemaFrom(file));
    await context.writeNewFile(file, text);
    const validate = `anon-cli config validate${file === defaultName ? '' : ` --file ${shellWord(file)}`}`;
    printResult(context, options, {
      data: { file, text },
      human: (paint) =>
        `${paint.green('✔')} Created ${printable(file)}\n${paint.dim(`Next: edit it, then ${printable(validate)}\n`)}`,
    });
  },
});

/** The path from the folder of the file: the package is installed in the folder where the command runs. */
function schemaFrom(file: string): string {
  const path = relative(dirname(file), installedSchema).replaceAll('\\', '/');
  return path.startsWith('.') ? path : `./${path}`;
}
