import { randomBytes } from 'node:crypto';

/** A new secret for the cookies of an app: 32 bytes in hexadecimal, as the documentation of Auth0's SDKs makes it. */
export function newSessionSecret(): string {
  return randomBytes(32).toString('hex');
}
