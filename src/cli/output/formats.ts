import type { JsonObject } from '../../wire/schema.ts';
import type { GlobalOptions } from '../options/global.ts';
import type { Paint } from '../render/paint.ts';
import type { Calls } from './calls.ts';

/** Whether a person reads the result, so that progress may be shown as well. */
export function isForPeople({ json, field, format }: GlobalOptions): boolean {
  return !json && field === undefined && (format === undefined || format === 'human');
}

/** Whether the command line asks for JSON, and so for errors as JSON. Decided before it is parsed: parsing may fail. */
export function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end < 0 ? undefined : end).some((word, index) => {
    if (word === '--json') return true;
    const format = word === '--format' ? argv[index + 1] : /^--format=(.*)$/.exec(word)?.[1];
    return format === 'json' || format === 'ndjson';
  });
}

/** What a command found out or did. */
export interface Result {
  /** For `--json` and `--field`; names are in snake_case, as on the wire. */
  readonly data: JsonObject | readonly JsonObject[];
  /** For people. */
  readonly human: (paint: Paint) => string;
  /** Text that is no lines for people, such as a script: as it is on a terminal too. */
  readonly verbatim?: true;
  /** What people are told is only that a list is empty; as it is where `data` is an empty array. */
  readonly empty?: boolean;
}

/** How this command's result is printed, where `--format` says; decided before the command runs. */
export interface Printing {
  as?: (result: Result) => void;
  /** Where to write down what is sent to a tenant. */
  calls?: Calls;
}
