import { systemClock, systemTimer } from '../io/clock.ts';
import { hearNodeWarnings, processTerminal } from '../io/terminal/terminal.ts';
import { completionRequest } from './completion/request.ts';
import { main } from './main.ts';
import type { World } from './world/context.ts';

/** What `bin/anon-cli.cjs` calls. */
export async function start(argv: readonly string[]): Promise<number> {
  const code = await main(argv, processWorld(process.env));
  // Somebody is typing: a look-up or a connection that is still under way must not hold the process.
  if (completionRequest(argv)) process.exit(code);
  return code;
}

const lineBreaks = async () => (await import('./render/wrapped.ts')).wrapped;

/** The real world of this process. */
export function processWorld(env: NodeJS.ProcessEnv): World {
  let controller: AbortController | undefined;
  const signal = () => {
    if (!controller) {
      const made = new AbortController();
      controller = made;
      // Once each: a second Ctrl-C finds no listener and ends the process at once.
      for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => made.abort());
    }
    return controller.signal;
  };
  return {
    env,
    terminal: processTerminal(env),
    clock: systemClock(signal),
    signal,
    confirm: async (question) => (await import('../io/terminal/prompt.ts')).confirm(question, await lineBreaks()),
    prompts: {
      text: async (question) => (await import('../io/terminal/prompt.ts')).askText(question, await lineBreaks()),
      secret: async (question) => (await import('../io/terminal/prompt.ts')).askSecret(question, await lineBreaks()),
      choose: async (question, choices) =>
        (await import('../io/terminal/picker.ts')).choose(question, choices, await lineBreaks()),
      chooseOrNew: async (question, choices, noun) =>
        (await import('../io/terminal/picker.ts')).chooseOrNew(question, choices, noun, await lineBreaks()),
      chooseMany: async (question, choices) =>
        (await import('../io/terminal/picker.ts')).chooseMany(question, choices, await lineBreaks()),
    },
    timer: systemTimer,
    nodeWarnings: hearNodeWarnings,
    folders: async () => (await import('../io/files/folders.ts')).processFolders(env),
  };
}
