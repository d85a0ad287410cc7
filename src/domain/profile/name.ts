import { AnonError } from '../../errors.ts';

/** A profile's name is also a file's: letters, digits, dots, dashes and underscores. @throws {AnonError} `usage` */
export function checkProfileName(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) return name;
  throw new AnonError('usage', `'${name.slice(0, 80)}' cannot be a profile's name.`, {
    hint: 'Letters, digits, dots, dashes and underscores, at most 64, such as acme-staging.',
  });
}
