import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type ConnectionOptions, checkServerIdentity, createSecureContext, type SecureContext } from 'node:tls';
import { isSocket, type PostgresAddress } from './address.ts';
import { DatabaseRefusedError } from './refused-error.ts';

/** Options of a TLS connection; false for none. */
export type Encryption = ConnectionOptions | false;

/**
 * What to try, in this order, until the server accepts one.
 * @see https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-SSLMODE-STATEMENTS
 * @throws {DatabaseRefusedError} `tls` where settings contradict each other, or name a file that cannot be used
 */
export function encryptionsOf(address: PostgresAddress): readonly [Encryption, ...Encryption[]] {
  const { host, sslMode, sslRootCert } = address;
  // Anyone can get a certificate from a public authority, but only for a name of their own.
  if (sslRootCert === 'system' && sslMode !== 'verify-full') {
    throw refused(`sslrootcert=system needs sslmode=verify-full, not ${sslMode}`);
  }
  if (sslMode === 'disable' || isSocket(host)) return [false];
  if (sslMode === 'verify-ca' && sslRootCert === undefined) {
    throw refused('sslmode=verify-ca needs sslrootcert: a file with the certificates to trust');
  }
  const tls = tlsOptions(address);
  if (sslMode === 'allow') return [false, tls];
  if (sslMode === 'prefer') return [tls, false];
  return [tls];
}

function tlsOptions(address: PostgresAddress): ConnectionOptions {
  const { host, sslMode, sslRootCert } = address;
  const isNameChecked = sslMode === 'verify-full';
  return {
    secureContext: secureContextOf(address),
    // With a root certificate libpq checks the chain in every mode, and so `require` is `verify-ca`.
    rejectUnauthorized: isNameChecked || sslRootCert !== undefined,
    checkServerIdentity: (_, certificate) => (isNameChecked ? checkServerIdentity(host, certificate) : undefined),
  };
}

function secureContextOf(address: PostgresAddress): SecureContext {
  const { sslCert, sslKey } = address;
  const ca = authoritiesOf(address);
  if (sslCert === undefined && sslKey === undefined) return createSecureContext(ca);
  if (sslKey === undefined) throw refused(`sslcert=${sslCert} needs sslkey: the file with the key of that certificate`);
  if (sslCert === undefined) throw refused(`sslkey=${sslKey} needs sslcert: the file with the certificate of that key`);
  const [cert, key] = [read(sslCert, 'the client certificate'), read(sslKey, 'the key of the client certificate')];
  // OpenSSL would only report that nobody answered its question.
  if (key.includes('ENCRYPTED')) throw refused(`${sslKey} is encrypted with a passphrase, which is not supported`);
  try {
    if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) throw new Error('they are not a pair');
    return createSecureContext({ ...ca, cert, key });
  } catch (error) {
    throw refused(`cannot use the client certificate ${sslCert} with the key ${sslKey}: ${reasonOf(error)}`, error);
  }
}

/** Loading those that Node.js knows takes a quarter of a start, so only a mode that needs them does. */
function authoritiesOf({ sslMode, sslRootCert }: PostgresAddress): { ca?: string | [] } {
  if (sslRootCert !== undefined && sslRootCert !== 'system') return { ca: readRoot(sslRootCert) };
  return sslMode === 'verify-full' ? {} : { ca: [] };
}

/** OpenSSL would accept a file without certificates, and then trust none. */
function readRoot(path: string): string {
  const text = read(path, 'the root certificate');
  try {
    new X509Certificate(text);
    return text;
  } catch (error) {
    throw refused(`cannot use the root certificate ${path}: ${reasonOf(error)}`, error);
  }
}

function read(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const reason = code === 'ENOENT' ? 'the file does not exist' : `the system reports ${code}`;
    throw refused(`cannot read ${what} ${path}: ${reason}`, error);
  }
}

/** OpenSSL's reason, without its numbers and the names of its functions. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  return 'reason' in error ? String(error.reason) : error.message;
}

function refused(message: string, cause?: unknown): DatabaseRefusedError {
  return new DatabaseRefusedError('tls', message, cause);
}
