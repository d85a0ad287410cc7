import { readFileSync } from 'node:fs';
import { type ConnectionOptions, checkServerIdentity } from 'node:tls';
import { isSocket, type PostgresAddress } from './address.ts';
import { DatabaseRefusedError } from './refused-error.ts';

/** Options of a TLS connection; false for none. */
export type Encryption = ConnectionOptions | false;

/**
 * What to try, in this order, until the server accepts one.
 * @see https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-SSLMODE-STATEMENTS
 */
export function encryptionsOf(address: PostgresAddress): readonly [Encryption, ...Encryption[]] {
  const { host, sslMode } = address;
  if (sslMode === 'disable' || isSocket(host)) return [false];
  const tls = tlsOptions(address);
  if (sslMode === 'allow') return [false, tls];
  if (sslMode === 'prefer') return [tls, false];
  return [tls];
}

function tlsOptions(address: PostgresAddress): ConnectionOptions {
  const { host, sslMode, sslRootCert, sslCert, sslKey } = address;
  const isNameChecked = sslMode === 'verify-full' || sslRootCert === 'system';
  const isChainChecked = isNameChecked || sslMode === 'verify-ca' || sslRootCert !== undefined;
  return {
    rejectUnauthorized: isChainChecked,
    checkServerIdentity: (_, certificate) => (isNameChecked ? checkServerIdentity(host, certificate) : undefined),
    ...(sslRootCert !== undefined && sslRootCert !== 'system' && { ca: read(sslRootCert, 'the root certificate') }),
    ...(sslCert !== undefined && { cert: read(sslCert, 'the client certificate') }),
    ...(sslKey !== undefined && { key: read(sslKey, 'the key of the client certificate') }),
  };
}

function read(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const reason = code === 'ENOENT' ? 'the file does not exist' : `the system reports ${code}`;
    throw new DatabaseRefusedError('tls', `cannot read ${what} ${path}: ${reason}`, error);
  }
}
