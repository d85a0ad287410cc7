import { AnonError } from '../../errors.ts';

/** The profile of the local tenant, which is also the default profile. */
export const localProfileName = 'local';

/** Keys that are not read from a JSON file, because they would reach an object's prototype. */
const prototypeKeys = ['constructor', 'prototype'];

/**
 * The default profile name for a tenant: `acme` for `acme.eu.auth0.com`, otherwise its host.
 * @throws {AnonError} `usage` when that is not a valid name
 */
export function profileNameFor(domain: string): string {
  const tenant = /^([^.]+)(\.[^.]+)?\.auth0\.com$/.exec(domain)?.[1];
  return checkProfileName(tenant ?? hostName(domain));
}

/** The host and port of a domain, in characters allowed in a profile name: `localhost-4400`. */
export function hostName(domain: string): string {
  const host = domain.replace(/^http:\/\//, '');
  return host.replaceAll(/[^A-Za-z0-9._-]/g, '-').replace(/^[^A-Za-z0-9]+/, '');
}

/** A profile name is also a file name: letters, digits, dots, dashes and underscores only. @throws {AnonError} `usage` */
export function checkProfileName(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name) && !prototypeKeys.includes(name)) return name;
  throw new AnonError('usage', `Invalid profile name '${name.slice(0, 80)}'.`, {
    hint: 'Use up to 64 letters, digits, dots, dashes and underscores. Example: acme-staging',
  });
}
