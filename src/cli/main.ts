import { completionRequest } from './completion/request.ts';
import { asksForJson } from './output/formats.ts';
import { type Report, reportAsJson, reportForPeople } from './output/report.ts';
import { commands } from './program/commands.ts';
import { route } from './program/route.ts';
import { runCommand } from './program/run-command.ts';
import type { World } from './world/context.ts';
import { createContext } from './world/create-context.ts';
import { questionsRuledOutBy, unattended } from './world/unattended.ts';
import { version } from './world/version.ts';

/** Runs a command line (without the program's name) and returns its exit code. The only place that reports errors. */
export async function main(argv: readonly string[], given: World): Promise<number> {
  const ruledOutBy = questionsRuledOutBy(argv, given.env);
  const world = ruledOutBy === undefined ? given : unattended(given, ruledOutBy);
  const request = completionRequest(argv);
  if (request) {
    const { answer } = await import('./completion/answer.ts');
    await answer(request, world, async () => (await import('./program/completion-tree.ts')).completionTree());
    return 0;
  }
  const report = asksForJson(argv) ? reportAsJson(world) : reportForPeople(world);
  try {
    await run(argv, { ...world, terminal: report.terminal }, report);
  } catch (error) {
    return report.end({ error });
  }
  return report.end();
}

async function run(argv: readonly string[], world: World, report: Report): Promise<void> {
  const found = route(argv);
  if (found.version) return showVersion(found.rest, world, report);
  const load = commands[found.path];
  if (found.help && found.stray === undefined) return showHelp(found.path, world);
  if (load) {
    return runCommand(found.path, await load(), createContext(await withPalette(world), report), found.rest);
  }
  if (found.stray === undefined && found.path === '' && found.rest.length === 0) return showHelp('', world);
  const { notACommand } = await import('./program/unknown-command.ts');
  throw notACommand(found);
}

/** Without other options, `--version` loads nothing else. */
async function showVersion(options: readonly string[], world: World, report: Report): Promise<void> {
  const others = options.filter((option) => option !== '--version' && option !== '-V');
  if (others.length === 0) return world.terminal.result(`${version}\n`);
  const { versionCommand } = await import('./commands/version.ts');
  return runCommand('version', versionCommand, createContext(world, report), others);
}

async function showHelp(path: string, { terminal }: World): Promise<void> {
  const { helpText } = await import('./program/help.ts');
  const text = await helpText(path);
  if (!terminal.resultIsTerminal && !terminal.resultColour) return terminal.result(text);
  const { fittedHelp, paintHelp } = await import('./render/help.ts');
  const lines = fittedHelp(text, terminal.resultColumns);
  if (!terminal.resultColour) return terminal.result(lines);
  const { palette } = await import('../io/terminal/palette.ts');
  terminal.result(paintHelp(lines, palette));
}

/** Loads the palette only where a stream has colour. */
async function withPalette(world: World): Promise<World> {
  const { terminal } = world;
  if (!terminal.resultColour && !terminal.noteColour) return world;
  const { palette } = await import('../io/terminal/palette.ts');
  return { ...world, terminal: Object.create(terminal, { palette: { value: palette } }) };
}
