import type { JsonObject } from '../../wire/schema.ts';
import type { GlobalOptions } from '../options/global.ts';
import type { Paint } from '../render/paint.ts';
import type { Calls } from './tenant-observers.ts';

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

/** The result of a command. */
export interface Result {
  /** For `--json` and `--field`; names are in snake_case, as on the wire. */
  readonly data: JsonObject | readonly JsonObject[];
  /** The variables of `--format env` and `dotenv`, by name; the default is one for each member of `data`. */
  readonly variables?: Readonly<Record<string, string>>;
  /** For people. */
  readonly human: (paint: Paint) => string;
  /** For `--format markdown`, if the command has it. */
  readonly markdown?: () => string;
  /** The text is printed unchanged, on a terminal too. For scripts and files. */
  readonly verbatim?: true;
  /** As JSON it is one line, for programs that read on while the command runs. */
  readonly oneLine?: true;
  /** The text for people only says that there is nothing to list. Default: whether `data` is an empty array. */
  readonly empty?: boolean;
}

/** How `--format` prints the result; decided before the command runs. */
export interface Printing {
  as?: (result: Result) => void;
  /** Records the requests to the tenant. */
  calls?: Calls;
}
