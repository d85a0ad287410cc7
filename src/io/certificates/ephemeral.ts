import { type TemporaryFile, temporaryFile } from '../files/temporary-folder.ts';
import { type Authority, backdatedMs, type CertificatePorts, dayMs, usableAuthority } from './authority.ts';
import { type Credentials, credentialsIn, endOf, type ReadCredentials, startOf } from './credentials.ts';
import { ownNames } from './server-certificate.ts';

/** Nobody runs a server for longer whose state ends with it. */
const validMs = 365 * dayMs;

export interface EphemeralCertificate extends Credentials {
  /** The file with the certificates to trust. */
  readonly authority: string;
  /** Removes what was written for it. */
  remove(): void;
}

/**
 * A certificate in memory for `localhost`, its addresses and `names`. The user's authority signs it where there is one, so that what
 * trusts it trusts this server; otherwise a new one does, whose certificate is in a temporary file. Nothing else is written.
 * @param alsoTrusted certificates for the file, in PEM, beside the authority's
 * @throws {AnonError} `state_unusable` where the temporary file cannot be written
 */
export async function ephemeralCertificate(
  ports: CertificatePorts,
  { names, alsoTrusted }: { readonly names: readonly string[]; readonly alsoTrusted: string | undefined },
): Promise<EphemeralCertificate> {
  const now = ports.now();
  const { makeAuthority, makeServerCertificate } = await import('./make.ts');
  const validity = { notBefore: new Date(now - backdatedMs), notAfter: new Date(now + validMs) };
  const saved = savedAuthority(ports);
  const authority = saved ?? readBack(await makeAuthority(validity));
  const credentials = await makeServerCertificate(
    { certificate: authority.certificate, key: authority.privateKey },
    [...new Set([...ownNames, ...names])],
    {
      notBefore: new Date(Math.max(now - backdatedMs, startOf(authority.x509))),
      notAfter: new Date(Math.min(now + validMs, endOf(authority.x509))),
    },
  );
  if (saved && alsoTrusted === undefined) return { ...credentials, authority: saved.path, remove() {} };
  const file: TemporaryFile = temporaryFile('ca.pem', authority.certificate + (alsoTrusted ?? ''));
  return { ...credentials, authority: file.path, remove: file.remove };
}

/** Undefined also where it cannot be read, or would have to be made again. */
function savedAuthority(ports: CertificatePorts): Authority | undefined {
  try {
    return usableAuthority(ports);
  } catch {
    return undefined;
  }
}

function readBack({ key, certificate }: Credentials): ReadCredentials {
  const read = credentialsIn(key + certificate);
  if (!read) throw new Error('the new certificate authority cannot be read');
  return read;
}
