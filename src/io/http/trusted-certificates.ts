import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import tls from 'node:tls';
import { AnonError, isAnonError } from '../../errors.ts';
import type { Env } from '../env.ts';
import { reasonOf } from '../files/files.ts';
import { readWholeSync } from '../files/input.ts';

const pem = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * The certificates to trust when those of `caFile` are trusted too. Naming any to TLS replaces those it trusts by
 * itself, so they are all named: Node's own and those of NODE_EXTRA_CA_CERTS.
 * @throws {AnonError} `usage` for a file without a certificate
 */
export function trustedWith(caFile: string, env: Env): string[] {
  return [...trustedAnyway(env.NODE_EXTRA_CA_CERTS), ...certificatesIn(caFile)];
}

function trustedAnyway(extraFile: string | undefined): readonly string[] {
  // Since Node 22.15 it can be asked, and then counts those of the system where it was started so.
  if ('getCACertificates' in tls) return (tls.getCACertificates as () => string[])();
  if (!extraFile) return tls.rootCertificates;
  try {
    return [...tls.rootCertificates, ...(readFileSync(extraFile, 'utf8').match(pem) ?? [])];
  } catch {
    // Node has warned of it at its start.
    return tls.rootCertificates;
  }
}

function certificatesIn(path: string): string[] {
  let found: string[];
  try {
    found = readWholeSync(path).toString().match(pem) ?? [];
  } catch (cause) {
    if (isAnonError(cause)) throw cause;
    throw new AnonError('usage', `The certificate file ${path} cannot be read: ${reasonOf(cause)}.`, { cause });
  }
  if (found.length === 0) {
    throw new AnonError('usage', `The certificate file ${path} holds no certificate.`, {
      hint: 'It must be PEM: each certificate begins with -----BEGIN CERTIFICATE-----',
    });
  }
  for (const certificate of found) {
    try {
      new X509Certificate(certificate);
    } catch (cause) {
      throw new AnonError('usage', `The certificate file ${path} holds a certificate that cannot be read.`, { cause });
    }
  }
  return found;
}
