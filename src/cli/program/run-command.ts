import type { CommanderError } from 'commander';
import { AnonError, isAnonError } from '../../errors.ts';
import { addGlobalOptions, type GlobalOptions } from '../options/global.ts';
import type { Context } from '../world/context.ts';
import type { CommandMaker } from './commands.ts';

/** Parses `args` as the command at `path` and runs it. @throws {AnonError} `usage` for what it does not take */
export async function runCommand(
  path: string,
  make: CommandMaker,
  context: Context,
  args: readonly string[],
): Promise<void> {
  const command = addGlobalOptions(make(context)).name(`anon-cli ${path}`).exitOverride();
  command.configureOutput({ writeOut() {}, writeErr() {} });
  command.hook('preAction', async () => {
    const options: GlobalOptions = command.opts();
    if (options.format === undefined) return;
    const { chooseFormat } = await import('../format/choose.ts');
    // What asks for JSON by another name finds all that `--json` changes.
    if (chooseFormat(path, context, options) === 'json') command.setOptionValue('json', true);
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

/** Commander's message, `error: unknown option '--meat'\n(Did you mean --meta?)`, as ours. */
function usageError(path: string, error: CommanderError): AnonError {
  const [first = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
  const didYouMean = suggestion?.replace(/^\(|\)$/g, '');
  const help = `anon-cli ${path} --help`;
  // What stands behind a misspelt option may be a secret.
  const [, option] = /^unknown option '([^=']+)=/.exec(first) ?? [];
  const told = option === undefined ? first : `unknown option '${option}'.`;
  const message = `${told.charAt(0).toUpperCase()}${told.slice(1)}`;
  return new AnonError('usage', message.endsWith('.') ? message : `${message}.`, {
    hint: didYouMean ? `${didYouMean} See ${help}` : `See ${help}`,
  });
}
