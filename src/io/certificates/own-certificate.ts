import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { AnonError } from '../../errors.ts';
import { type Credentials, endOf, isFor, startOf } from './credentials.ts';

/** A file that the user named. */
export interface NamedFile {
  readonly path: string;
  readonly text: string;
}

/**
 * A certificate of the user's own, with the certificates of its authorities after it, and its key. Clients must find the
 * tenant's `host` in it.
 * @throws {AnonError} `usage` where a client would refuse it
 */
export function ownCertificate(
  { certificate, key }: { readonly certificate: NamedFile; readonly key: NamedFile },
  { host, now }: { readonly host: string; readonly now: number },
): Credentials {
  const x509 = certificateIn(certificate);
  if (!x509.checkPrivateKey(keyIn(key))) {
    throw new AnonError('usage', `The key in ${key.path} does not belong to the certificate in ${certificate.path}.`);
  }
  if (endOf(x509) <= now) throw unusable(certificate, `ended on ${dayOf(endOf(x509))}`);
  if (startOf(x509) > now) throw unusable(certificate, `is valid only from ${dayOf(startOf(x509))} on`);
  if (!isFor(x509, host)) {
    throw new AnonError('usage', `The certificate in ${certificate.path} is not for ${host}, the tenant's host name.`, {
      hint: 'Serve the tenant under a name in the certificate: --domain <name>',
    });
  }
  return { certificate: certificate.text, key: key.text };
}

function certificateIn({ path, text }: NamedFile): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch (cause) {
    throw new AnonError('usage', `${path} does not begin with a certificate that can be read.`, {
      hint: 'It must be PEM: each certificate begins with -----BEGIN CERTIFICATE-----',
      cause,
    });
  }
}

function keyIn({ path, text }: NamedFile): KeyObject {
  try {
    return createPrivateKey(text);
  } catch (cause) {
    const isEncrypted = /BEGIN ENCRYPTED|^Proc-Type: 4,ENCRYPTED/m.test(text);
    throw new AnonError('usage', `${path} ${isEncrypted ? 'is encrypted' : 'holds no private key that can be read'}.`, {
      hint: isEncrypted
        ? 'Decrypt it first: openssl pkey -in <file> -out <new file>'
        : 'It must be PEM: -----BEGIN PRIVATE KEY-----',
      cause,
    });
  }
}

function unusable({ path }: NamedFile, problem: string): AnonError {
  return new AnonError('usage', `The certificate in ${path} ${problem}.`, { hint: "Is this machine's clock right?" });
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
