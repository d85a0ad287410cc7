import type { Command } from 'commander';
import { AnonError } from '../../../errors.ts';
import type { GlobalOptions } from '../../options/global.ts';

/** What makes `token create` create many guests. */
export interface BulkOptions extends GlobalOptions {
  readonly count?: string;
  readonly concurrency?: string;
  readonly output?: string;
  readonly resume?: string;
}

export function addBulkOptions(command: Command): Command {
  return command
    .option('--count <n>', "so many guests, one JSON object a line; 'all': one a line of the --meta-file")
    .option('--concurrency <n>', 'with --count: so many at once (16)')
    .option('--output <file>', 'with --count: into this new file, for you alone to read')
    .option('--resume <file>', 'with --count: append the guests that this file lacks');
}

/** Options that `--count` gets along with badly. */
interface OfOneGuest {
  readonly userId?: string;
  readonly metaFile?: string;
  readonly session?: string;
}

/** What was asked of many guests. */
export interface Bulk {
  readonly count: number | 'all';
  readonly concurrency: number;
  /** Where they go, unless to stdout. */
  readonly file: { readonly path: string; readonly resumed: boolean } | undefined;
}

const usualConcurrency = 16;
const maxConcurrency = 256;
const maxCount = 10_000_000;

/** Undefined where one guest is meant. @throws {AnonError} `usage` */
export function readBulk(options: BulkOptions & OfOneGuest): Bulk | undefined {
  const { count, concurrency, output, resume } = options;
  const without = Object.entries({ concurrency, output, resume }).find(([, value]) => value !== undefined);
  if (count === undefined) {
    if (without) throw new AnonError('usage', `--${without[0]} goes with --count.`);
    return undefined;
  }
  checkTogether(options);
  const path = resume ?? output;
  return {
    count: count === 'all' ? count : wholeNumber('--count', count, maxCount),
    concurrency:
      concurrency === undefined ? usualConcurrency : wholeNumber('--concurrency', concurrency, maxConcurrency),
    file: path === undefined ? undefined : { path, resumed: resume !== undefined },
  };
}

function checkTogether(options: BulkOptions & OfOneGuest): void {
  const { count, field, format, output, resume, userId, metaFile, session } = options;
  if (userId !== undefined) throw new AnonError('usage', '--user-id is of one guest, and --count makes many.');
  if (format !== undefined && !['json', 'ndjson', 'human'].includes(format)) {
    throw new AnonError('usage', `--count prints a line of JSON a guest, and not --format ${format}.`, {
      hint: 'One value a line: --field access_token',
    });
  }
  if (session !== undefined) {
    throw new AnonError('usage', '--session names one session, and those of --count are not kept.', {
      hint: 'They can go into a file: --output guests.ndjson',
    });
  }
  if (output !== undefined && resume !== undefined) {
    throw new AnonError('usage', 'Either --output or --resume: the file to resume is written to.');
  }
  if (field !== undefined && (output ?? resume) !== undefined) {
    throw new AnonError('usage', 'A file takes whole guests, not one --field of them.', {
      hint: 'To stdout, without the file: --count 3 --field access_token',
    });
  }
  if (metaFile === '-') {
    throw new AnonError('usage', 'With --count the metadata is in a file, which is looked through first.', {
      hint: 'Such as --meta-file people.ndjson, with one JSON object a line',
    });
  }
  if (count === 'all' && metaFile === undefined) {
    throw new AnonError('usage', '--count all makes a guest of each line of a --meta-file, and there is none.');
  }
}

function wholeNumber(flag: string, text: string, most: number): number {
  const number = Number(text);
  if (/^\d{1,9}$/.test(text) && number >= 1 && number <= most) return number;
  throw new AnonError('usage', `${flag} takes a whole number from 1 to ${most}.`);
}
