import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import tls from 'node:tls';
import { AnonError, isAnonError } from '../../errors.ts';
import type { Env } from '../env.ts';

const pem = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The file of `--ca-file`. */
export interface CertificateFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** @throws {AnonError} `usage` for a file that cannot be read */
export async function readCertificateFile(
  path: string,
  readBytes: (path: string) => Promise<Uint8Array>,
): Promise<CertificateFile> {
  try {
    return { path, bytes: await readBytes(path) };
  } catch (cause) {
    if (!isAnonError(cause)) throw cause;
    throw new AnonError(cause.code, `The certificate file ${cause.message}`, { hint: cause.hint, cause });
  }
}

/**
 * All certificates to trust: those in `file`, Node's own, and those of NODE_EXTRA_CA_CERTS. A list given to TLS replaces its
 * own, so it must have all of them.
 * @throws {AnonError} `usage` for a file without a certificate
 */
export function trustedWith(file: CertificateFile, env: Env): string[] {
  return [...trustedByDefault(env.NODE_EXTRA_CA_CERTS), ...certificatesIn(file)];
}

function trustedByDefault(extraFile: string | undefined): readonly string[] {
  // Since Node 22.15, which includes those of the system where Node was started with --use-system-ca.
  if ('getCACertificates' in tls) return (tls.getCACertificates as () => string[])();
  if (!extraFile) return tls.rootCertificates;
  try {
    return [...tls.rootCertificates, ...(readFileSync(extraFile, 'utf8').match(pem) ?? [])];
  } catch {
    // Node warned about it when it started.
    return tls.rootCertificates;
  }
}

function certificatesIn({ path, bytes }: CertificateFile): string[] {
  const found: string[] = Buffer.from(bytes).toString().match(pem) ?? [];
  if (found.length === 0) {
    throw new AnonError('usage', `The certificate file ${path} contains no certificate.`, {
      hint: 'It must be PEM: each certificate begins with -----BEGIN CERTIFICATE-----',
    });
  }
  for (const certificate of found) {
    try {
      new X509Certificate(certificate);
    } catch (cause) {
      throw new AnonError('usage', `The certificate file ${path} contains a certificate that cannot be read.`, {
        cause,
      });
    }
  }
  return found;
}
