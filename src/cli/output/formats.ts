import type { GlobalOptions } from '../options/global.ts';

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
