import { AnonError } from '../../errors.ts';

/** What a session is kept as that nobody named: the next such one takes its place, so that loops keep one. */
export const defaultSessionName = 'default';

/** A session's name is also a file's: letters, digits, dots, dashes and underscores. @throws {AnonError} `usage` */
export function checkSessionName(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) return name;
  throw new AnonError('usage', `'${name.slice(0, 80)}' cannot be a session's name.`, {
    hint: 'Letters, digits, dots, dashes and underscores, at most 64, such as cart or guest-1.',
  });
}
