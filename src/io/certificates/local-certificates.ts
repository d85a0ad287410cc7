import { type CertificatePorts, localAuthority } from './authority.ts';
import { endOf } from './credentials.ts';
import { savedNames } from './server-certificate.ts';
import { type TrustStore, type TrustWorld, trustStore } from './trust-store.ts';

/** The certificates of the local tenant, as commands show them. */
export interface LocalCertificates {
  /** Makes the authority at first use. @throws {AnonError} `state_unusable` */
  authority(): Promise<AuthorityFacts>;
  /** The user's own list of trusted authorities. */
  trustStore(): Promise<TrustStore>;
}

export interface AuthorityFacts {
  /** The file with its certificate. */
  readonly path: string;
  /** SHA-256. */
  readonly fingerprint: string;
  readonly notAfter: Date;
  /** The host names and addresses in the certificate of servers; empty until one has started. */
  readonly names: readonly string[];
}

export function localCertificates(ports: CertificatePorts, world: () => Promise<TrustWorld>): LocalCertificates {
  return {
    async authority() {
      const { path, x509 } = await localAuthority(ports);
      return { path, fingerprint: x509.fingerprint256, notAfter: new Date(endOf(x509)), names: savedNames(ports) };
    },
    trustStore: async () => trustStore(await world(), await localAuthority(ports)),
  };
}
