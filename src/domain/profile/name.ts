import { AnonError } from '../../errors.ts';

/** Keys that are not read back from a JSON file, for they would reach an object's prototype. */
const unkept = ['constructor', 'prototype'];

/** A profile's name is also a file's: letters, digits, dots, dashes and underscores. @throws {AnonError} `usage` */
export function checkProfileName(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name) && !unkept.includes(name)) return name;
  throw new AnonError('usage', `'${name.slice(0, 80)}' cannot be a profile's name.`, {
    hint: 'Letters, digits, dots, dashes and underscores, at most 64, such as acme-staging.',
  });
}
