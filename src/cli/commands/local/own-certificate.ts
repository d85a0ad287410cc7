import { AnonError } from '../../../errors.ts';
import type { OwnFiles } from '../../../io/embedded/serving-certificate.ts';
import type { Context } from '../../world/context.ts';

/** The certificate that `--cert` and `--key` name; undefined without them. @throws {AnonError} `usage` */
export async function ownCertificate(
  { readFile }: Context,
  { http, cert, key }: { readonly http?: true; readonly cert?: string; readonly key?: string },
): Promise<OwnFiles | undefined> {
  if (http && (cert ?? key) !== undefined) {
    throw new AnonError('usage', '--http serves no certificate: leave --cert and --key out, or --http.');
  }
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    throw new AnonError('usage', 'A certificate of your own needs both: --cert <file> --key <file>');
  }
  return {
    certificate: { path: cert, text: await readFile(cert) },
    key: { path: key, text: await readFile(key) },
  };
}
