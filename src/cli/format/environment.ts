import type { Member } from './members.ts';

/** Names that shells and programs give a meaning: a result must not change one. */
const taken =
  /^(PATH|HOME|SHELL|USER|LOGNAME|IFS|ENV|PWD|OLDPWD|CDPATH|TERM|LANG|TZ|MAIL|UID|EUID|PPID|PS\d|EDITOR|PAGER|OPTARG|OPTIND|(LC|LD|DYLD|NODE|NPM|GIT|BASH|ZSH|ANON|AUTH0|GITHUB)_.*)$/;

/** Lines that a POSIX shell sets the members with: `eval "$(…)"`. */
export function exportLines(members: readonly Member[]): string {
  return members.map(({ name, text }) => `export ${variableName(name)}=${quoted(text)}\n`).join('');
}

/** The same for a `.env` file, as Node's `--env-file` and the `dotenv` packages read it. */
export function dotenvLines(members: readonly Member[]): string {
  return members.map(({ name, text }) => `${variableName(name)}=${dotenvQuoted(text)}\n`).join('');
}

function variableName(name: string): string {
  const upper = name.toUpperCase();
  return taken.test(upper) || /^\d/.test(upper) ? `RESULT_${upper}` : upper;
}

/** Between single quotes a POSIX shell takes everything as it is. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** These files know no way to escape a quote that all their readers agree on; so another quote is taken. */
function dotenvQuoted(text: string): string {
  if (!/["\\$`]/.test(text)) return `"${text.replaceAll('\n', '\\n')}"`;
  if (!text.includes("'")) return `'${text}'`;
  if (!text.includes('`')) return `\`${text}\``;
  return `"${text.replaceAll(/["\\$`]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}
