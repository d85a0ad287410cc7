import { AnonError } from '../../errors.ts';
import { cleanValue, type Env } from '../../io/env.ts';

export type { Env };

/**
 * The one door through which variables of the environment come: each is read when somebody asks for it, so that a
 * broken one fails only the commands that use it. Its value comes bare; one that is empty then counts as not set.
 *
 * Reading one whose value nobody can have meant throws.
 * @throws {AnonError} `usage`, naming the variable and never its value
 */
export function environmentOf(raw: Env): Env {
  return new Proxy(raw, {
    get: (variables, name) => {
      const value = Reflect.get(variables, name);
      return typeof name === 'string' && typeof value === 'string' && isOurs(name) ? read(name, value) : value;
    },
  });
}

/** Ours, and those of others that say how a tenant is reached. What a terminal or a CI sets is theirs. */
function isOurs(name: string): boolean {
  return /^(AUTH0_|ANON_|HTTPS_PROXY$|NO_PROXY$)/i.test(name);
}

/** What holds credentials, all of them for the tenant that AUTH0_DOMAIN names. */
export const credentialVariables: readonly string[] = [
  'AUTH0_CLIENT_ID',
  'AUTH0_CLIENT_SECRET',
  'AUTH0_CLIENT_SIGNING_KEY_PATH',
  'AUTH0_ACCESS_TOKEN',
];

function read(name: string, raw: string): string {
  const value = cleanValue(raw);
  const problem = problemOf(name, value);
  if (problem === undefined) return value;
  throw new AnonError('usage', `${name} ${problem}.`, { hint: `Set ${name} to its value, or unset it.` });
}

/** In words, why nobody can have meant this value; undefined for one that may be right. */
function problemOf(name: string, value: string): string | undefined {
  // The address of a proxy is looked at where it is used; its password may hold almost anything.
  if (/_PROXY$/i.test(name)) return undefined;
  if (isPlaceholder(value)) return 'holds a placeholder that nothing replaced';
  // Names of applications and APIs are free text.
  if (/^ANON_(APP|API)$/i.test(name)) return undefined;
  if (/^["'`]|["'`]$/.test(value)) return 'has a quotation mark at one end only';
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(value)) return 'holds a line break or another control character';
  if (/\p{Cf}/u.test(value)) return 'holds an invisible character';
  // A path may, and of the domain more is said where it is read.
  if (/\s/.test(value) && !/_(PATH|FILE|DOMAIN)$/i.test(name)) return 'holds a blank';
  return undefined;
}

/**
 * `${NAME}`, `{{ name }}` or `$(name)` anywhere, or one of these as all of it: `$NAME`, `%NAME%`, `<name>`, `{name}`,
 * `#{name}#`, `__NAME__`, `YOUR_NAME`, the stars of a log, and what JavaScript makes of a value that is not there.
 */
function isPlaceholder(value: string): boolean {
  return (
    /\$\{|\{\{|\$\(/.test(value) ||
    /^(\$\w+|%\w+%|<[^<>]*>|#?\{[^{}]*\}#?|__\w+__|YOUR_\w+|\*+|undefined|null)$/.test(value)
  );
}

/** Whether a variable that is a switch is on: any value but these. */
export function isOn(value: string | undefined): boolean {
  return !['', '0', 'false', 'no', 'off'].includes(cleanValue(value ?? '').toLowerCase());
}
