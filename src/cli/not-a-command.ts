import { mostSimilar } from '../domain/similar.ts';
import { AnonError } from '../errors.ts';
import { wordsAfter } from './command-table.ts';
import { globalOptions } from './global-options.ts';
import type { Route } from './route.ts';

/** Why a command line leads to no command. */
export function notACommand({ path, stray, rest }: Route): AnonError {
  const words = wordsAfter(path);
  const help = `anon-cli ${path}${path && ' '}--help`;
  if (stray !== undefined) {
    const similar = mostSimilar(stray, words);
    const command = `${path}${path && ' '}${stray.slice(0, 60)}`;
    return new AnonError('usage', `There is no command '${command}'.`, {
      hint: similar ? `Did you mean '${path}${path && ' '}${similar}'? See ${help}` : `See ${help}`,
    });
  }
  const known = globalOptions.map(({ flags }) => flags.split(' ')[0] ?? '');
  const flags = rest.filter((word) => word.startsWith('-')).map((word) => word.split('=')[0] ?? '');
  const option = flags.find((flag) => !known.includes(flag));
  if (option !== undefined) {
    const similar = mostSimilar(option, [...known, '--help', '--version']);
    return new AnonError('usage', `Unknown option '${option.slice(0, 60)}'.`, {
      hint: similar ? `Did you mean ${similar}? See ${help}` : `See ${help}`,
    });
  }
  return new AnonError('usage', `A command is missing after 'anon-cli${path && ' '}${path}'.`, {
    hint: `One of ${words.join(', ')}. See ${help}`,
  });
}
