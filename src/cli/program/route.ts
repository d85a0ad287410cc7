import { valueFlags } from '../options/global.ts';
import { commands, groups } from './commands.ts';

/** What a command line names. */
export interface Route {
  /** The command or noun that was found: `token create`, `token`, or an empty text. */
  readonly path: string;
  /** The first unknown word, if the path does not end at a command. */
  readonly unknown: string | undefined;
  /** What is left for the command to parse. */
  readonly rest: readonly string[];
  readonly help: boolean;
  readonly version: boolean;
}

/**
 * Finds the command that a line names. The library that parses its options is loaded later, with the command. Global
 * options may stand before its words.
 */
export function route(argv: readonly string[]): Route {
  const rest: string[] = [];
  let path = '';
  let help = false;
  let unknown: string | undefined;
  let index = 0;
  for (; index < argv.length && !Object.hasOwn(commands, path); index += 1) {
    const word = argv[index] ?? '';
    if (word === '--') break;
    if (word.startsWith('-')) {
      const value = valueFlags.has(word) ? argv.slice(index + 1, index + 2) : [];
      rest.push(word, ...value);
      index += value.length;
      continue;
    }
    if (word === 'help' && path === '' && !help) {
      help = true;
      continue;
    }
    const longer = path === '' ? word : `${path} ${word}`;
    if (!Object.hasOwn(commands, longer) && !Object.hasOwn(groups, longer)) {
      unknown = word;
      break;
    }
    path = longer;
  }
  rest.push(...argv.slice(index));
  const options = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest;
  return {
    path,
    unknown,
    rest,
    help: help || options.some((option) => option === '--help' || option === '-h'),
    version:
      path === '' && unknown === undefined && options.some((option) => option === '--version' || option === '-V'),
  };
}
