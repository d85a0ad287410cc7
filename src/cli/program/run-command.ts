import type { Command, CommanderError } from 'commander';
import { AnonError, isAnonError } from '../../errors.ts';
import type { CommandDefinition } from '../commands/define-command.ts';
import { addGlobalOptions, type GlobalOptions } from '../options/global.ts';
import type { Context } from '../world/context.ts';
import type { LoadedCommand } from './commands.ts';

/** Parses `args` as the command at `path` and runs it. @throws {AnonError} `usage` for what it does not take */
export async function runCommand(
  path: string,
  loaded: LoadedCommand,
  context: Context,
  args: readonly string[],
): Promise<void> {
  const command = typeof loaded === 'function' ? loaded(context) : await commandFor(loaded, context);
  addGlobalOptions(command).name(`anon-cli ${path}`).exitOverride();
  command.configureOutput({ writeOut() {}, writeErr() {} });
  command.hook('preAction', async () => {
    const options: GlobalOptions = command.opts();
    if (options.format === undefined) return;
    const { chooseFormat } = await import('../format/choose.ts');
    const facts = typeof loaded === 'function' ? factsByPath(path) : loaded;
    // What else `--json` changes, `--format json` changes too.
    if (chooseFormat(path, facts, context, options) === 'json') command.setOptionValue('json', true);
  });
  try {
    await command.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (isAnonError(error) || !isCommanderError(error)) throw error;
    throw usageError(path, error);
  }
}

async function commandFor(definition: CommandDefinition, context: Context): Promise<Command> {
  const { commanderCommand } = await import('./commander.ts');
  return commanderCommand(definition, (args, options) => definition.run(context, args as never, options as never));
}

const tokenCommands = ['token create', 'token update', 'token renew', 'token get', 'quickstart'];
const offlineCommands = /^(token watch|session|profile|local|login|status|completion|version)\b/;

/** Of a command that is not written with `defineCommand` yet. */
function factsByPath(path: string) {
  return {
    calls: offlineCommands.test(path) ? 'nothing' : 'tenant',
    result: tokenCommands.includes(path) ? 'access token' : 'one',
  } as const;
}

function isCommanderError(error: unknown): error is CommanderError {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('commander.');
}

/** Commander's message, `error: unknown option '--meat'\n(Did you mean --meta?)`, as ours. */
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
