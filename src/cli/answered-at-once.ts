import { completionRequest } from './completion/request.ts';
import type { World } from './world/context.ts';
import { version } from './world/version.ts';

/** Answers a command line that needs no command: completion, the version or a page of help. False for any other. */
export async function answeredAtOnce(argv: readonly string[], world: World): Promise<boolean> {
  const request = completionRequest(argv);
  if (request) {
    const { answer } = await import('./completion/answer.ts');
    await answer(request, world, async () => (await import('./program/completion-tree.ts')).completionTree());
    return true;
  }
  if (argv.length > 0 && argv.every((word) => word === '--version' || word === '-V')) {
    world.terminal.result(`${version}\n`);
    return true;
  }
  const path = pageOf(argv);
  return path !== undefined && showHelp(path, world);
}

/** The noun or command whose help a line asks for; undefined where it has other options or asks for something else. */
function pageOf(argv: readonly string[]): string | undefined {
  const words = argv.filter((word) => word !== '--help' && word !== '-h');
  const asks = words.length < argv.length || words[0] === 'help' || argv.length === 0;
  // No other words name a page, and no other may name a file.
  if (!asks || !words.every((word) => /^[a-z][a-z-]*$/.test(word))) return undefined;
  return words.slice(words[0] === 'help' ? 1 : 0).join(' ');
}

/** Prints the help of the noun or command at `path`. False, and prints nothing, for any other path. */
export async function showHelp(path: string, { terminal }: World): Promise<boolean> {
  const { helpText } = await import('./program/help.ts');
  const text = await helpText(path);
  if (text === undefined) return false;
  terminal.result(await shownHelp(text, terminal));
  return true;
}

async function shownHelp(text: string, terminal: World['terminal']): Promise<string> {
  if (!terminal.resultIsTerminal && !terminal.resultColour) return text;
  const { fittedHelp, paintHelp } = await import('./render/wrapped.ts');
  const lines = fittedHelp(text, terminal.resultColumns);
  if (!terminal.resultColour) return lines;
  const { palette } = await import('../io/terminal/palette.ts');
  return paintHelp(lines, palette);
}
