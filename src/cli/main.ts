import { withoutTokens } from '../domain/exchange/secrecy.ts';
import { AnonError, isAnonError } from '../errors.ts';
import { commands } from './command-table.ts';
import { completionRequest } from './completion/request.ts';
import { createContext, type World } from './context.ts';
import { exitCodeOf } from './exit-code.ts';
import { asksForJson } from './output-format.ts';
import { printable } from './render/printable.ts';
import { route } from './route.ts';
import { runCommand } from './run-command.ts';
import { questionsRuledOutBy, unattended } from './unattended.ts';
import { version } from './version.ts';

/** Runs one command line (without the program's name) and returns its exit code. The only place that reports errors. */
export async function main(argv: readonly string[], given: World): Promise<number> {
  const ruledOutBy = questionsRuledOutBy(argv, given.env);
  const world = ruledOutBy === undefined ? given : unattended(given, ruledOutBy);
  const request = completionRequest(argv);
  if (request) {
    await (await import('./completion/answer.ts')).answer(request, world);
    return 0;
  }
  const json = asksForJson(argv);
  const warnings: string[] = [];
  const told = new Set<string>();
  try {
    await run(argv, world, (message) => {
      // What is looked at twice is warned of once.
      if (told.has(message)) return;
      told.add(message);
      if (json) warnings.push(message);
      else world.terminal.note(warningLine(message));
    });
    for (const message of warnings) world.terminal.note(warningLine(message));
    return 0;
  } catch (thrown) {
    const error = isAnonError(thrown) ? thrown : unexpected(thrown);
    const { renderError } = await import('./render/error.ts');
    const { noteColour } = world.terminal;
    world.terminal.note(renderError(error, { json, colour: noteColour, warnings, exitCode: exitCodeOf(error.code) }));
    return exitCodeOf(error.code);
  }
}

function warningLine(message: string): string {
  return `warning: ${printable(withoutTokens(message))}\n`;
}

async function run(argv: readonly string[], world: World, warn: (message: string) => void): Promise<void> {
  const found = route(argv);
  if (found.version) {
    world.terminal.result(`${version}\n`);
    return;
  }
  const load = commands[found.path];
  if (found.help && found.stray === undefined) return showHelp(found.path, world);
  if (load) {
    return runCommand(found.path, await load(), createContext(world, warn), found.rest);
  }
  if (found.stray === undefined && found.path === '' && found.rest.length === 0) return showHelp('', world);
  const { notACommand } = await import('./not-a-command.ts');
  throw notACommand(found);
}

async function showHelp(path: string, { terminal }: World): Promise<void> {
  const { helpText } = await import('./help.ts');
  const text = await helpText(path);
  if (!terminal.resultColour) return terminal.result(text);
  const { paintHelp } = await import('./render/help.ts');
  terminal.result(paintHelp(text));
}

/** Something this program did not foresee. Its message may hold anything, so only its kind is told. */
function unexpected(error: unknown): AnonError {
  const name = error instanceof Error ? error.name : typeof error;
  const code = error instanceof Error && 'code' in error ? ` ${String(error.code)}` : '';
  return new AnonError('failed', `Something unexpected went wrong (${name}${code}).`, {
    hint: 'This is a defect of anon-cli; please report it with the command you ran.',
    cause: error,
  });
}
