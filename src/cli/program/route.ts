import { valueFlags } from '../options/global.ts';
import { commands, groups } from './commands.ts';

/** Where a command line leads. */
export interface Route {
  /** The words of a command or a noun that were found: `token create`, `token`, or nothing. */
  readonly path: string;
  /** The first word that is none, when the path does not end at a command. */
  readonly stray: string | undefined;
  /** What the command is to parse. */
  readonly rest: readonly string[];
  readonly help: boolean;
  readonly version: boolean;
}

/**
 * Finds the command that a line names, without the library that parses its options: that one is loaded
 * with the command. Options that every command takes may stand before its words.
 */
export function route(argv: readonly string[]): Route {
  const rest: string[] = [];
  let path = '';
  let help = false;
  let stray: string | undefined;
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
      stray = word;
      break;
    }
    path = longer;
  }
  rest.push(...argv.slice(index));
  const options = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest;
  return {
    path,
    stray,
    rest,
    help: help || options.some((option) => option === '--help' || option === '-h'),
    version: path === '' && stray === undefined && options.some((option) => option === '--version' || option === '-V'),
  };
}
