import { dirname, isAbsolute, relative } from 'node:path';
import { installedSchema } from '../../../domain/config/template.ts';
import { AnonError } from '../../../errors.ts';
import { printResult } from '../../output/output.ts';
import { printableJson } from '../../render/printable.ts';
import { defineCommand } from '../define-command.ts';

export const configSchemaCommand = defineCommand({
  description: 'print the JSON Schema of a configuration, for editors',
  options: { '--policies': 'that of a file with policies alone', '--world': 'that of a world, for local seed' },
  calls: 'nothing',
  examples: ['config schema > ~/anon.schema.json'],
  notes:
    'The installed package has the same in dist/anon.schema.json, and the first line that config init writes names it. Elsewhere, ' +
    'save it beside the configuration and begin that with: # yaml-language-server: $schema=./anon.schema.json',
  more: 'docs/config.md',
  async run(context, _args, options) {
    const schema = await schemaOf(options);
    printResult(context, options, { data: schema, verbatim: true, human: () => `${printableJson(schema, 2)}\n` });
  },
});

/** @throws {AnonError} `usage` */
async function schemaOf({ policies, world }: { readonly policies?: true; readonly world?: true }) {
  if (policies && world) throw new AnonError('usage', "--policies and --world can't be combined.");
  if (world) return (await import('../../../domain/world/json-schema.ts')).worldJsonSchema();
  const { configJsonSchemas } = await import('../../../domain/config/json-schemas.ts');
  return configJsonSchemas()[policies ? 'anon.policy.schema.json' : 'anon.schema.json'];
}

/**
 * The path to the JSON Schema from the folder of a file: the package is installed in the folder where the command runs, or in
 * the file's, if that is elsewhere.
 */
export function schemaPath(file: string | undefined): string {
  const folder = file === undefined ? '' : relative('.', dirname(file));
  const isElsewhere = folder.startsWith('..') || isAbsolute(folder);
  const path = isElsewhere ? installedSchema : relative(folder, installedSchema).replaceAll('\\', '/');
  return path.startsWith('.') ? path : `./${path}`;
}
