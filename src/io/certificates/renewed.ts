import { isAnonError } from '../../errors.ts';
import type { CertificatePorts } from './authority.ts';
import { type ServerCertificate, serverCertificate } from './server-certificate.ts';

/** After a failure, the next attempt to renew a certificate. */
const pauseMs = 60_000;

/**
 * A function that returns the certificate for `names()`: the same one until it must be renewed or lacks a name. Where no new one
 * can be made, a running server goes on with the old one, and warns.
 * @throws {AnonError} from the first call, as {@link serverCertificate}
 */
export function renewedCertificate(
  ports: CertificatePorts,
  names: () => readonly string[],
): () => Promise<ServerCertificate> {
  let present: ServerCertificate | undefined;
  let renewing: Promise<ServerCertificate> | undefined;
  let notBefore = Number.NEGATIVE_INFINITY;
  const renew = async () => {
    try {
      present = await serverCertificate(ports, names());
      return present;
    } catch (error) {
      if (!present || !isAnonError(error)) throw error;
      notBefore = ports.now() + pauseMs;
      ports.warn(`The certificate cannot be renewed: ${error.message}`);
      return present;
    } finally {
      renewing = undefined;
    }
  };
  return async () => {
    const now = ports.now();
    const isCurrent = present && now < present.renewAt && names().every(present.covers);
    if (present && (isCurrent || now < notBefore)) return present;
    renewing ??= renew();
    return renewing;
  };
}
