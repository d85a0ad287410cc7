import { AnonError } from '../../errors.ts';
import type { Terminal } from '../../io/terminal/terminal.ts';
import type { World } from './context.ts';
import { type Env, isOn } from './environment.ts';

/**
 * What rules questions out, even on a terminal: --no-input, ANON_NO_INPUT, or the CI that every build service sets.
 * Told before the line is parsed.
 */
export function questionsRuledOutBy(argv: readonly string[], env: Env): string | undefined {
  const options = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  if (options.includes('--no-input')) return '--no-input';
  return ['ANON_NO_INPUT', 'CI'].find((name) => isOn(env[name]));
}

/** The same world with nobody at its terminal. Who asks all the same gets an error, and nobody a prompt. */
export function unattended(world: World, ruledOutBy: string): World {
  const { terminal } = world;
  const refused = async (question: string): Promise<never> => {
    throw new AnonError('usage', `This takes an answer, and ${ruledOutBy} rules questions out: ${question}`);
  };
  const readStdin = async () => {
    if (terminal.stdin !== 'terminal') return terminal.readStdin();
    throw new AnonError('usage', `stdin is a terminal, and ${ruledOutBy} rules out that somebody types there.`);
  };
  return {
    ...world,
    // Its other members look at the real one when they are asked for.
    terminal: Object.create(terminal, {
      interactive: { value: false },
      questionsRuledOutBy: { value: ruledOutBy },
      readStdin: { value: readStdin },
    }),
    confirm: refused,
    prompts: { text: refused, secret: refused, choose: refused, chooseOrNew: refused, chooseMany: refused },
  };
}

/** Why nobody is asked, to end a sentence with: `…, and there is no terminal to ask on.` */
export function whyNobodyIsAsked({ questionsRuledOutBy: name }: Pick<Terminal, 'questionsRuledOutBy'>): string {
  return name === undefined ? 'there is no terminal to ask on' : `${name} rules questions out`;
}
