import { AnonError } from '../../errors.ts';
import type { Terminal } from '../../io/terminal/terminal.ts';
import type { World } from './context.ts';
import { type Env, isOn } from './environment.ts';

/**
 * What disables questions, even on a terminal: --no-input, ANON_NO_INPUT, or CI, which every build service sets. Found
 * before the command line is parsed.
 */
export function questionsRuledOutBy(argv: readonly string[], env: Env): string | undefined {
  const options = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  if (options.includes('--no-input')) return '--no-input';
  return ['ANON_NO_INPUT', 'CI'].find((name) => isOn(env[name]));
}

/** The same world without questions: each throws an error. */
export function unattended(world: World, ruledOutBy: string): World {
  const { terminal } = world;
  const refused = async (question: string): Promise<never> => {
    throw new AnonError('usage', `An answer is needed, but ${ruledOutBy} disables questions: ${question}`);
  };
  const readStdin = async (limitBytes?: number) => {
    if (terminal.stdin !== 'terminal') return terminal.readStdin(limitBytes);
    throw new AnonError('usage', `stdin is a terminal, and ${ruledOutBy} disables input from it.`);
  };
  return {
    ...world,
    // Other members are read from the real terminal on access.
    terminal: Object.create(terminal, {
      interactive: { value: false },
      questionsRuledOutBy: { value: ruledOutBy },
      readStdin: { value: readStdin },
    }),
    confirm: refused,
    prompts: { text: refused, secret: refused, choose: refused, chooseOrNew: refused, chooseMany: refused },
  };
}

/** Why no question can be asked, to end a sentence: `…, and there is no terminal to ask on.` */
export function whyNobodyIsAsked({ questionsRuledOutBy: name }: Pick<Terminal, 'questionsRuledOutBy'>): string {
  return name === undefined ? 'there is no terminal to ask on' : `${name} disables questions`;
}
