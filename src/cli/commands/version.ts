import { printResult } from '../output/output.ts';
import { version } from '../world/version.ts';
import { defineCommand } from './define-command.ts';

export const versionCommand = defineCommand({
  description: 'print the version',
  calls: 'nothing',
  examples: ['version'],
  async run(context, _args, options) {
    printResult(context, options, { data: { version }, human: () => `${version}\n` });
  },
});
