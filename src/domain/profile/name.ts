import { AnonError } from '../../errors.ts';

/** Keys that are not read back from a JSON file, for they would reach an object's prototype. */
const unkept = ['constructor', 'prototype'];

/**
 * What to call the profile of a tenant that nobody named: `acme` for `acme.eu.auth0.com`, else its host.
 * @throws {AnonError} `usage` when that cannot be a name
 */
export function profileNameFor(domain: string): string {
  const tenant = /^([^.]+)(\.[^.]+)?\.auth0\.com$/.exec(domain)?.[1];
  return checkProfileName(tenant ?? hostName(domain));
}

/** The host of a domain, with its port, in letters that a profile's name may have: `localhost-4400`. */
export function hostName(domain: string): string {
  const host = domain.replace(/^http:\/\//, '');
  return host.replaceAll(/[^A-Za-z0-9._-]/g, '-').replace(/^[^A-Za-z0-9]+/, '');
}

/** A profile's name is also a file's: letters, digits, dots, dashes and underscores. @throws {AnonError} `usage` */
export function checkProfileName(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name) && !unkept.includes(name)) return name;
  throw new AnonError('usage', `Invalid profile name '${name.slice(0, 80)}'.`, {
    hint: 'Use up to 64 letters, digits, dots, dashes and underscores. Example: acme-staging',
  });
}
