import type { GlobalOptions } from '../options/global.ts';

/** What `--format` takes. */
export const outputFormats = ['human', 'json', 'ndjson', 'env', 'dotenv', 'github', 'header', 'curl'] as const;
export type OutputFormat = (typeof outputFormats)[number];

/** Whether a person reads the result, and may be told more than the result on the way. */
export function isForPeople({ json, field, format }: GlobalOptions): boolean {
  return !json && field === undefined && (format === undefined || format === 'human');
}

/** Whether the command line asks for JSON, so that its errors are JSON too: told before it is parsed. */
export function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end < 0 ? undefined : end).some((word, index) => {
    if (word === '--json') return true;
    const format = word === '--format' ? argv[index + 1] : /^--format=(.*)$/.exec(word)?.[1];
    return format === 'json' || format === 'ndjson';
  });
}
