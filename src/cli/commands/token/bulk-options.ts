import { AnonError } from '../../../errors.ts';
import type { OptionValues } from '../../options/definition.ts';
import type { GlobalOptions } from '../../options/global.ts';

/** With these, `token create` creates many guests. */
export const bulkOptions = {
  '--count <n>': "create this many guests, one JSON object per line; 'all': one per line of --meta-file",
  '--concurrency <n>': 'with --count: guests to create at once (default: 16)',
  '--output <file>': {
    description: 'with --count: write to this new file, which only you can read',
    values: { file: true },
  },
  '--resume <file>': { description: 'with --count: add the guests missing from this file', values: { file: true } },
} as const;

export type BulkOptions = GlobalOptions & OptionValues<typeof bulkOptions>;

/** Options that matter for `--count`. */
interface OtherOptions {
  readonly userId?: string;
  readonly metaFile?: string;
  readonly session?: string;
}

/** The options of a bulk run, checked. */
export interface Bulk {
  readonly count: number | 'all';
  readonly concurrency: number;
  /** Undefined for stdout. */
  readonly file: { readonly path: string; readonly resumed: boolean } | undefined;
}

const defaultConcurrency = 16;
const maxConcurrency = 256;
const maxCount = 10_000_000;

/** Undefined without `--count`. @throws {AnonError} `usage` */
export function readBulk(options: BulkOptions & OtherOptions): Bulk | undefined {
  const { count, concurrency, output, resume } = options;
  const dependent = Object.entries({ concurrency, output, resume }).find(([, value]) => value !== undefined);
  if (count === undefined) {
    if (dependent) throw new AnonError('usage', `--${dependent[0]} needs --count.`);
    return undefined;
  }
  checkCombination(options);
  const path = resume ?? output;
  return {
    count: count === 'all' ? count : wholeNumber('--count', count, maxCount),
    concurrency:
      concurrency === undefined ? defaultConcurrency : wholeNumber('--concurrency', concurrency, maxConcurrency),
    file: path === undefined ? undefined : { path, resumed: resume !== undefined },
  };
}

function checkCombination(options: BulkOptions & OtherOptions): void {
  const { count, field, format, output, resume, userId, metaFile, session } = options;
  if (userId !== undefined) throw new AnonError('usage', "--user-id can't be used with --count.");
  if (format !== undefined && !['json', 'ndjson', 'human'].includes(format)) {
    throw new AnonError('usage', `--count and --format ${format} can't be combined: each guest is a line of JSON.`, {
      hint: 'For one value per line: --field access_token',
    });
  }
  if (session !== undefined) {
    throw new AnonError('usage', "--session and --count can't be combined: guests of --count are not saved.", {
      hint: 'To write them to a file: --output guests.ndjson',
    });
  }
  if (output !== undefined && resume !== undefined) {
    throw new AnonError('usage', "--output and --resume can't be combined: --resume also writes to its file.");
  }
  if (field !== undefined && (output ?? resume) !== undefined) {
    const flag = output === undefined ? '--resume' : '--output';
    throw new AnonError('usage', `--field and ${flag} can't be combined: the file has complete guests.`, {
      hint: "To print one value per line, don't write a file: --count 3 --field access_token",
    });
  }
  if (metaFile === '-') {
    throw new AnonError('usage', "--meta-file - can't be used with --count: the metadata is read twice.", {
      hint: 'Pass a file with one JSON object per line. Example: --meta-file people.ndjson',
    });
  }
  if (count === 'all' && metaFile === undefined) {
    throw new AnonError('usage', '--count all needs --meta-file: it creates one guest per line.');
  }
}

function wholeNumber(flag: string, text: string, max: number): number {
  const number = Number(text);
  if (/^\d{1,9}$/.test(text) && number >= 1 && number <= max) return number;
  throw new AnonError('usage', `${flag} must be a whole number from 1 to ${max}.`);
}
