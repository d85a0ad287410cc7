import { AnonError } from '../../errors.ts';
import { cleanValue, type Env } from '../../io/env.ts';

export type { Env };

/**
 * Variables of the environment, cleaned and checked when they are read, so that a broken one fails only the commands that use
 * it. An empty value counts as not set.
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

/** Our variables, and those for proxies. Others, such as those of a terminal or CI, are passed on unchanged. */
function isOurs(name: string): boolean {
  return /^(AUTH0_|ANON_|HTTPS_PROXY$|NO_PROXY$)/i.test(name);
}

/** Variables with credentials for the tenant of AUTH0_DOMAIN. */
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

/** Why the value must be a mistake; undefined if it may be right. */
function problemOf(name: string, value: string): string | undefined {
  // Checked where it is used; a proxy's password may contain almost anything.
  if (/_PROXY$/i.test(name)) return undefined;
  if (isPlaceholder(value)) return 'holds an unreplaced placeholder';
  // Names of applications and APIs are free text.
  if (/^ANON_(APP|API)$/i.test(name)) return undefined;
  if (/^["'`]|["'`]$/.test(value)) return 'has an unmatched quotation mark';
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(value)) return 'contains a line break or another control character';
  if (/\p{Cf}/u.test(value)) return 'contains an invisible character';
  // A path may contain one, and the domain has a better message elsewhere.
  if (/\s/.test(value) && !/_(PATH|FILE|DOMAIN)$/i.test(name)) return 'contains a space';
  return undefined;
}

/**
 * `${NAME}`, `{{ name }}` or `$(name)` anywhere, or the whole value is one of `$NAME`, `%NAME%`, `<name>`, `{name}`,
 * `#{name}#`, `__NAME__`, `YOUR_NAME`, the asterisks of a masked log, `undefined` or `null`.
 */
function isPlaceholder(value: string): boolean {
  return (
    /\$\{|\{\{|\$\(/.test(value) ||
    /^(\$\w+|%\w+%|<[^<>]*>|#?\{[^{}]*\}#?|__\w+__|YOUR_\w+|\*+|undefined|null)$/.test(value)
  );
}

/** Whether a variable that is a switch is on. */
export function isOn(value: string | undefined): boolean {
  return value !== undefined && !['', '0', 'false', 'no', 'off'].includes(cleanValue(value).toLowerCase());
}
