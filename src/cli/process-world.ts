import { systemClock, systemTimer } from '../io/clock.ts';
import { onNodeWarning, processTerminal } from '../io/terminal/terminal.ts';
import type { World } from './world/context.ts';

const lineBreaks = async () => (await import('./render/wrapped.ts')).wrapped;

/** The world of this process. */
export function processWorld(env: NodeJS.ProcessEnv): World {
  let controller: AbortController | undefined;
  const signal = () => {
    if (!controller) {
      const made = new AbortController();
      controller = made;
      // Once each: a second Ctrl-C has no listener and ends the process at once.
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
    placeOf: async (host, signal) => (await import('../io/http/host-lookup.ts')).placeOf(host, signal),
    trust: async () => (await import('../io/certificates/run-program.ts')).processTrustWorld(env),
    nodeWarnings: onNodeWarning,
    folders: async () => (await import('../io/files/folders.ts')).processFolders(env),
  };
}
