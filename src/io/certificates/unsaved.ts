import { createPrivateKey } from 'node:crypto';
import { backdatedMs, dayMs } from './authority.ts';
import type { Credentials } from './credentials.ts';
import { makeAuthority, makeServerCertificate } from './make.ts';
import { ownNames } from './server-certificate.ts';

/** A certificate for `localhost` and its addresses, with that of the authority that signed it. Nothing is saved. */
export async function unsavedCertificate(now: number): Promise<{ authority: string; server: Credentials }> {
  const validity = { notBefore: new Date(now - backdatedMs), notAfter: new Date(now + 397 * dayMs) };
  const { certificate, key } = await makeAuthority(validity);
  const server = await makeServerCertificate({ certificate, key: createPrivateKey(key) }, ownNames, validity);
  return { authority: certificate, server };
}
