import { isAnonError, withHint } from '../../errors.ts';
import type { TlsCertificate } from '../../local/http/tls.ts';
import type { NamedFile } from '../certificates/own-certificate.ts';
import { authorityPath } from '../certificates/paths.ts';
import type { LocalPorts } from './ports.ts';

/** A certificate of the user's own and its key. */
export interface OwnFiles {
  readonly certificate: NamedFile;
  readonly key: NamedFile;
}

export interface ServingCertificate {
  /** The certificate for the present names, renewed in time. */
  current(): Promise<TlsCertificate>;
  /** The file with the certificate of the local tenant's authority; undefined with a certificate of the user's own. */
  readonly authority: string | undefined;
  /** Removes what was written for a state in memory. */
  remove?(): void;
}

/**
 * What a server presents over HTTPS. The first certificate is made in the background, because so are the keys of a new tenant.
 * @throws {AnonError} from `current`: `state_unusable` where a certificate cannot be made
 */
export async function servingCertificate(
  { certificates }: LocalPorts,
  names: () => readonly string[],
): Promise<ServingCertificate> {
  const { renewedCertificate } = await import('../certificates/renewed.ts');
  const renewed = renewedCertificate(certificates, names);
  const begun = renewed();
  begun.catch(() => {});
  let first: Promise<unknown> | undefined = begun;
  return {
    authority: authorityPath(certificates),
    async current() {
      try {
        await first;
        first = undefined;
        return await renewed();
      } catch (error) {
        throw isAnonError(error) ? withHint(error, otherWays) : error;
      }
    },
  };
}

const otherWays =
  'Serve plain HTTP (anon-cli local start --http), or bring a certificate of your own: --cert <file> --key <file>';

/** The same for a state in memory: only what clients must trust is in a file. @throws {AnonError} `state_unusable` */
export async function ephemeralServingCertificate(
  { certificates }: LocalPorts,
  wanted: { readonly names: readonly string[]; readonly alsoTrusted: string | undefined },
): Promise<ServingCertificate> {
  const { ephemeralCertificate } = await import('../certificates/ephemeral.ts');
  const { authority, remove, ...made } = await ephemeralCertificate(certificates, wanted);
  return { authority, remove, current: async () => made };
}

/** The user's own certificate, which is for the tenant's host. @throws {AnonError} `usage` where clients would refuse it */
export async function ownServingCertificate(
  { now }: LocalPorts,
  files: OwnFiles,
  host: string,
): Promise<ServingCertificate> {
  const { ownCertificate } = await import('../certificates/own-certificate.ts');
  const own = ownCertificate(files, { host, now: now() });
  return { authority: undefined, current: async () => own };
}
