import { printResult } from '../../output/output.ts';
import { printableJson } from '../../render/printable.ts';
import { defineCommand } from '../define-command.ts';

export const configSchemaCommand = defineCommand({
  description: 'print the JSON Schema of a configuration, for editors',
  options: { '--policies': 'that of a file with policies alone' },
  calls: 'nothing',
  examples: ['config schema > ~/anon.schema.json'],
  notes:
    'The installed package has the same in dist/anon.schema.json, and the first line that config init writes names it. Elsewhere, ' +
    'save it beside the configuration and begin that with: # yaml-language-server: $schema=./anon.schema.json',
  more: 'docs/config.md',
  async run(context, _args, options) {
    const { configJsonSchemas } = await import('../../../domain/config/json-schemas.ts');
    const schema = configJsonSchemas()[options.policies ? 'anon.policy.schema.json' : 'anon.schema.json'];
    printResult(context, options, { data: schema, verbatim: true, human: () => `${printableJson(schema, 2)}\n` });
  },
});
