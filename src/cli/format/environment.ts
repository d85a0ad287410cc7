import type { Member } from './members.ts';

/** Names that shells and programs give a meaning: a result must not change one. */
const taken =
  /^(PATH|HOME|SHELL|USER|LOGNAME|IFS|ENV|PWD|OLDPWD|CDPATH|TERM|LANG|TZ|MAIL|UID|EUID|PPID|PS\d|EDITOR|PAGER|OPTARG|OPTIND|(LC|LD|DYLD|NODE|NPM|GIT|BASH|ZSH|ANON|AUTH0|GITHUB)_.*)$/;

/** Lines that a POSIX shell sets the members with: `eval "$(…)"`. */
export function exportLines(members: readonly Member[]): string {
  return members.map(({ name, text }) => `export ${variableName(name)}=${quoted(text)}\n`).join('');
}

/**
 * The same for a `.env` file: as Node's `--env-file`, the `dotenv` packages and a shell that sources it all read it.
 * What they would not read alike is left out, by name: a wrong value is worse than none, and some shell would run it.
 */
export function dotenvLines(members: readonly Member[]): { lines: string; leftOut: string[] } {
  const values = members.map(({ name, text }) => ({ name: variableName(name), value: dotenvValue(text) }));
  return {
    lines: values.map(({ name, value }) => (value === undefined ? '' : `${name}=${value}\n`)).join(''),
    leftOut: values.filter(({ value }) => value === undefined).map(({ name }) => name),
  };
}

function variableName(name: string): string {
  const upper = name.toUpperCase();
  return taken.test(upper) || /^\d/.test(upper) ? `RESULT_${upper}` : upper;
}

/** Between single quotes a POSIX shell takes everything as it is; fish does but for backslashes, so they stay outside. */
function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, `'\\$&'`)}'`;
}

/** Their readers agree on no escape. Tokens and numbers stay without quotes, which Docker's `--env-file` would keep. */
function dotenvValue(text: string): string | undefined {
  if (/^[\w.:/@%+,=-]+$/.test(text)) return text;
  if (/[\0\r]/.test(text)) return undefined;
  if (!/["\\$`]/.test(text)) return `"${text}"`;
  return text.includes("'") || text.endsWith('\\') ? undefined : `'${text}'`;
}
