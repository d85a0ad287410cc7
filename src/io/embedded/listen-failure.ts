import { AnonError } from '../../errors.ts';
import { codeOf } from '../files/files.ts';

/** Where a server should have listened. */
interface Wanted {
  readonly address?: string | undefined;
  /** A host, with a port other than 443. */
  readonly domain?: string | undefined;
}

/** Why a server cannot listen at a port, from the socket's error. */
export function listenFailure(port: number, { address: given, domain }: Wanted, error: unknown): AnonError {
  const code = codeOf(error);
  if (given !== undefined && ['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(code)) {
    return new AnonError('failed', `This machine does not have the address ${given}.`, {
      hint: 'Choose one that it has, or all of them: anon-cli local start --host 0.0.0.0',
      cause: error,
    });
  }
  // `localhost` has two addresses, and the port may be taken at only one of them.
  const where = error instanceof Error && 'address' in error && error.address === '::1' ? ' on [::1]' : '';
  const reason =
    code === 'EADDRINUSE'
      ? 'is in use'
      : code === 'EACCES'
        ? 'needs elevated privileges'
        : `is not available (${code})`;
  const host = domain === undefined ? undefined : new URL(`https://${domain}`).hostname;
  const hint =
    code === 'EACCES' && host !== undefined
      ? `Name another port in the domain, or put a proxy in front of one: anon-cli local start --domain ${host}:4400`
      : 'Choose another: --port 4401';
  return new AnonError('failed', `Port ${port} ${reason}${where}.`, { hint, cause: error });
}
