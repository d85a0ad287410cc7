import type { CommanderError } from 'commander';
import { AnonError, isAnonError } from '../errors.ts';
import { answeredAtOnce, showHelp } from './answered-at-once.ts';
import type { CommandDefinition } from './commands/define-command.ts';
import { addGlobalOptions, type GlobalOptions } from './options/global.ts';
import { asksForJson } from './output/formats.ts';
import { type Report, reportAsJson, reportForPeople } from './output/report.ts';
import { commands } from './program/commands.ts';
import { route } from './program/route.ts';
import type { Context, World } from './world/context.ts';
import { questionsRuledOutBy, unattended } from './world/unattended.ts';

/** Runs a command line (without the program's name) and returns its exit code. The only place that reports errors. */
export async function main(argv: readonly string[], given: World): Promise<number> {
  const ruledOutBy = questionsRuledOutBy(argv, given.env);
  const world = ruledOutBy === undefined ? given : unattended(given, ruledOutBy);
  const report = asksForJson(argv) ? reportAsJson(world) : reportForPeople(world);
  try {
    const reported = { ...world, terminal: report.terminal };
    const exitCode = (await answeredAtOnce(argv, reported)) ? 0 : await run(argv, reported, report);
    await report.end();
    return exitCode;
  } catch (error) {
    return report.end({ error });
  }
}

async function run(argv: readonly string[], world: World, report: Report): Promise<number> {
  const found = route(argv);
  if (found.version) return showVersion(found.rest, world, report);
  const load = commands[found.path];
  if (found.help && found.unknown === undefined) {
    if (await showHelp(found.path, world)) return 0;
    throw new Error(`the help of '${found.path}' is missing`);
  }
  if (load) {
    const context = await contextOf(await withPalette(world), report);
    await runCommand(found.path, await load(), context, found.rest);
    return context.ending.exitCode;
  }
  const { unknownCommand } = await import('./program/unknown-command.ts');
  throw unknownCommand(found);
}

/** The version, with other options. */
async function showVersion(options: readonly string[], world: World, report: Report): Promise<number> {
  const others = options.filter((option) => option !== '--version' && option !== '-V');
  const { versionCommand } = await import('./commands/version.ts');
  await runCommand('version', versionCommand, await contextOf(world, report), others);
  return 0;
}

/** Help does not load it. */
async function contextOf(world: World, report: Report): Promise<Context> {
  const { createContext } = await import('./world/create-context.ts');
  return createContext(world, report);
}

/** Loads the palette only where a stream has colour. */
async function withPalette(world: World): Promise<World> {
  const { terminal } = world;
  if (!terminal.resultColour && !terminal.noteColour) return world;
  const { palette } = await import('../io/terminal/palette.ts');
  return { ...world, terminal: Object.create(terminal, { palette: { value: palette } }) };
}

/** Parses `args` for the command at `path` and runs it. @throws {AnonError} `usage` for a wrong command line */
export async function runCommand(
  path: string,
  definition: CommandDefinition,
  context: Context,
  args: readonly string[],
): Promise<void> {
  // Loaded only here: the built program prints help and completes without commander.
  const { commanderCommand } = await import('./program/commander.ts');
  const command = commanderCommand(definition, (given, options) =>
    definition.run(context, given as never, options as never),
  );
  addGlobalOptions(command).name(`anon-cli ${path}`).exitOverride();
  command.configureOutput({ writeOut() {}, writeErr() {} });
  command.hook('preAction', async () => {
    const options: GlobalOptions = command.opts();
    if (options.format === undefined) return;
    const { chooseFormat } = await import('./format/choose.ts');
    // What else `--json` changes, `--format json` changes too.
    if (chooseFormat(path, definition, context, options) === 'json') command.setOptionValue('json', true);
  });
  try {
    await command.parseAsync(definition.dashed ? dashedLast(args, definition.dashed) : args, { from: 'user' });
  } catch (error) {
    if (isAnonError(error) || !isCommanderError(error)) throw error;
    throw usageError(path, error);
  }
}

/** Commander takes a word with a dash for an option unless it is behind `--`. */
function dashedLast(args: readonly string[], dashed: RegExp): string[] {
  if (args.includes('--')) return [...args];
  return [...args.filter((word) => !dashed.test(word)), '--', ...args.filter((word) => dashed.test(word))];
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
  // An option of the command to be run.
  const ofCommand = path === 'local exec' && first.startsWith('unknown option') && !didYouMean;
  const message = `${problem.charAt(0).toUpperCase()}${problem.slice(1)}`;
  return new AnonError('usage', message.endsWith('.') ? message : `${message}.`, {
    hint: ofCommand
      ? 'Put -- in front of the command: anon-cli local exec -- npm test'
      : didYouMean
        ? `${didYouMean} See ${help}`
        : `See ${help}`,
  });
}
