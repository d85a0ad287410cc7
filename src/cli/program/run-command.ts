import type { CommanderError } from 'commander';
import { AnonError, isAnonError } from '../../errors.ts';
import type { CommandDefinition } from '../commands/define-command.ts';
import { addGlobalOptions, type GlobalOptions } from '../options/global.ts';
import type { Context } from '../world/context.ts';

/** Parses `args` for the command at `path` and runs it. @throws {AnonError} `usage` for a wrong command line */
export async function runCommand(
  path: string,
  definition: CommandDefinition,
  context: Context,
  args: readonly string[],
): Promise<void> {
  // Loaded only here: the built program prints help and completes without commander.
  const { commanderCommand } = await import('./commander.ts');
  const command = commanderCommand(definition, (given, options) =>
    definition.run(context, given as never, options as never),
  );
  addGlobalOptions(command).name(`anon-cli ${path}`).exitOverride();
  command.configureOutput({ writeOut() {}, writeErr() {} });
  command.hook('preAction', async () => {
    const options: GlobalOptions = command.opts();
    if (options.format === undefined) return;
    const { chooseFormat } = await import('../format/choose.ts');
    // What else `--json` changes, `--format json` changes too.
    if (chooseFormat(path, definition, context, options) === 'json') command.setOptionValue('json', true);
  });
  try {
    await command.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (isAnonError(error) || !isCommanderError(error)) throw error;
    throw usageError(path, error);
  }
}

function isCommanderError(error: unknown): error is CommanderError {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('commander.');
}

/** Rewords commander's message: `error: unknown option '--meat'\n(Did you mean --meta?)`. */
function usageError(path: string, error: CommanderError): AnonError {
  const [first = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
  const didYouMean = suggestion?.replace(/^\(|\)$/g, '');
  const help = `anon-cli ${path} --help`;
  // The value of a misspelt option may be a secret.
  const [, option] = /^unknown option '([^=']+)=/.exec(first) ?? [];
  const problem = option === undefined ? first : `unknown option '${option}'.`;
  const message = `${problem.charAt(0).toUpperCase()}${problem.slice(1)}`;
  return new AnonError('usage', message.endsWith('.') ? message : `${message}.`, {
    hint: didYouMean ? `${didYouMean} See ${help}` : `See ${help}`,
  });
}
