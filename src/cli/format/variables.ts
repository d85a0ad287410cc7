import { exactJson } from '../../wire/exact-json.ts';
import { isJsonObject, type JsonObject } from '../../wire/schema.ts';

/** A named value of a result. */
export interface Member {
  /** Its path in the JSON, joined by `_`: `app_client_id`. */
  readonly name: string;
  /** Strings unchanged, other values as JSON, null as an empty text. */
  readonly text: string;
  /** The name is that of the variable. */
  readonly isVariable?: true;
}

/** Variables that a command names itself. */
export function variables(values: Readonly<Record<string, string>>): Member[] {
  return Object.entries(values).map(([name, text]) => ({ name, text, isVariable: true }));
}

/**
 * The values of a result that can be variables: those at the top level and in its objects, with arrays as JSON. Deeper
 * objects are left out: `--field` prints the claims of a token.
 */
export function membersOf(data: JsonObject): Member[] {
  const members = new Map<string, Member>();
  const add = (name: string, value: unknown) => {
    const key = name.replaceAll(/[^A-Za-z0-9]/g, '_');
    // Variables are upper-case, and GitHub ignores the case of outputs.
    const unique = key.toLowerCase();
    if (value !== undefined && !members.has(unique)) members.set(unique, { name: key, text: textOf(value) });
  };
  for (const [name, value] of Object.entries(data)) if (!isJsonObject(value)) add(name, value);
  for (const [name, value] of Object.entries(data)) {
    if (!isJsonObject(value)) continue;
    for (const [inner, text] of Object.entries(value)) if (!isJsonObject(text)) add(`${name}_${inner}`, text);
  }
  return [...members.values()];
}

/** JSON can escape apostrophes, so that it fits between single quotes. */
function textOf(value: unknown): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : exactJson(value).replaceAll("'", '\\u0027');
}

/** Names that mean something to shells and programs: a result must not change them. */
const taken =
  /^(PATH|HOME|SHELL|USER|LOGNAME|IFS|ENV|PWD|OLDPWD|CDPATH|TERM|LANG|TZ|MAIL|UID|EUID|PPID|PS\d|EDITOR|PAGER|OPTARG|OPTIND|(LC|LD|DYLD|NODE|NPM|GIT|BASH|ZSH|ANON|AUTH0|GITHUB)_.*)$/;

/** Lines that set the members in a POSIX shell: `eval "$(…)"`. */
export function exportLines(members: readonly Member[]): string {
  return members.map((member) => `export ${variableName(member)}=${quoted(member.text)}\n`).join('');
}

/**
 * Lines of a `.env` file that Node's `--env-file`, the `dotenv` packages and a shell that sources it all read alike.
 * Members that they would read differently are left out: a shell might even execute them.
 */
export function dotenvLines(members: readonly Member[]): { lines: string; leftOut: string[] } {
  const values = members.map((member) => ({ name: variableName(member), value: dotenvValue(member.text) }));
  return {
    lines: values.map(({ name, value }) => (value === undefined ? '' : `${name}=${value}\n`)).join(''),
    leftOut: values.filter(({ value }) => value === undefined).map(({ name }) => name),
  };
}

/** Why a value is missing from the lines of `dotenvLines`. */
export function leftOutWarning(name: string): string {
  return `${name} is left out: programs that read .env files disagree on its value.`;
}

function variableName({ name, isVariable }: Member): string {
  if (isVariable) return name;
  const upper = name.toUpperCase();
  return taken.test(upper) || /^\d/.test(upper) ? `RESULT_${upper}` : upper;
}

/** A POSIX shell interprets nothing between single quotes; fish interprets backslashes there, so they stay outside. */
function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, `'\\$&'`)}'`;
}

/** The readers agree on no escape sequence. Tokens and numbers are unquoted: Docker's `--env-file` keeps quotes. */
function dotenvValue(text: string): string | undefined {
  if (/^[\w.:/@%+,=-]+$/.test(text)) return text;
  if (/[\0\r]/.test(text)) return undefined;
  if (!/["\\$`]/.test(text)) return `"${text}"`;
  return text.includes("'") || text.endsWith('\\') ? undefined : `'${text}'`;
}

/** Workflow commands that make the log show `***` for each of `secrets`, line by line. */
export function maskLines(secrets: readonly string[]): string {
  const lines = secrets.flatMap((secret) => secret.split(/[\r\n]+/)).filter((line) => line.trim() !== '');
  return [...new Set(lines)].map((line) => `::add-mask::${line.replaceAll('%', '%25')}\n`).join('');
}

/** Lines for the file in GITHUB_OUTPUT: each sets an output of the step. */
export function outputLines(members: readonly Member[]): string {
  return members
    .map(({ name, text }) => {
      if (!/[\r\n]/.test(text)) return `${name}=${text}\n`;
      const end = delimiterFor(text);
      return `${name}<<${end}\n${text}\n${end}\n`;
    })
    .join('');
}

/** A delimiter that the text does not contain: otherwise the text could end its value and set other outputs. */
function delimiterFor(text: string): string {
  let delimiter = 'END_OF_VALUE';
  while (text.includes(delimiter)) delimiter += '_';
  return delimiter;
}

/** Names of members whose value is a secret. */
const secretName = /(^|_)(token|secret|assertion|verifier|ticket|password|private_key)$/i;

// Matches only at the start of a word: from every letter on, a long word would take quadratic time.
const dottedWord = /(?<![\w-])[\w-]+\.[\w.-]*/g;

export function isSecretMember(name: string): boolean {
  return secretName.test(name);
}

/** Every secret in a result, at any depth: members with a secret name, and everything that looks like a token. */
export function secretsIn(data: unknown, name = ''): string[] {
  if (typeof data === 'string') {
    const tokens = tokensIn(data);
    return isSecretMember(name) && data !== '' ? [data, ...tokens] : tokens;
  }
  if (Array.isArray(data)) return data.flatMap((item) => secretsIn(item, name));
  if (typeof data !== 'object' || data === null) return [];
  return Object.entries(data).flatMap(([key, value]) => secretsIn(value, key));
}

/** A JOSE header is a JSON object, so every token begins with the base64url of `{"`. */
function tokensIn(text: string): string[] {
  return (text.match(dottedWord) ?? []).flatMap((word) => {
    const begin = word.indexOf('eyJ');
    return begin < 0 ? [] : [word.slice(begin)];
  });
}
