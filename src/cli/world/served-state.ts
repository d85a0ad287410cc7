import { AnonError } from '../../errors.ts';
import type { ServedState } from '../../io/embedded/state-address.ts';
import { statePath } from '../../wire/control.ts';
import { parseUrl } from '../../wire/url.ts';
import type { Env } from './environment.ts';

/** Whether ANON_DATABASE_URL names a tenant in the memory of another process, and not a database. */
export function isServedAddress(text: string): boolean {
  return /^https?:/i.test(text);
}

/** The tenant at the address in ANON_DATABASE_URL, as `local exec` sets it. @throws {AnonError} `usage` */
export function servedState(text: string, { ANON_CONTROL_TOKEN: token }: Env): ServedState {
  const url = parseUrl(text);
  // Whoever gets the token can read the tenant's keys.
  const isHere = url?.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (!url || !isHere || url.pathname !== statePath || url.username !== '' || url.search !== '' || url.hash !== '') {
    throw new AnonError('usage', 'ANON_DATABASE_URL is not the address of a local tenant.', {
      hint: `Give http://localhost:<port>${statePath}, or the address of a PostgreSQL database.`,
    });
  }
  if (!token) {
    throw new AnonError('usage', 'ANON_DATABASE_URL names a local tenant, and ANON_CONTROL_TOKEN is not set.', {
      hint: 'anon-cli local exec sets both. For the tenant that is saved on this machine: unset ANON_DATABASE_URL.',
    });
  }
  return { served: { url: url.href, token }, displayed: url.href };
}
