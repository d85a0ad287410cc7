import { readIfExists } from '../files/files.ts';
import { keepPrivate } from '../files/private-mode.ts';
import {
  type Authority,
  backdatedMs,
  type CertificatePorts,
  clear,
  dayMs,
  localAuthority,
  renewedBeforeMs,
  usableAuthority,
  write,
} from './authority.ts';
import {
  authorityName,
  type Credentials,
  credentialsIn,
  endOf,
  isFor,
  namesIn,
  organization,
  type ReadCredentials,
  startOf,
  textOf,
} from './credentials.ts';
import { serverPath } from './paths.ts';

/** The longest that browsers accept is 398 days for public authorities, and 825 days on Apple's systems for others. */
const serverMs = 397 * dayMs;

/** The names that each certificate has. */
export const ownNames = ['localhost', '127.0.0.1', '::1'];

/** The names of earlier starts stay in the certificate, up to this many: two servers then do not replace each other's. */
const maxNames = 50;

export interface ServerCertificate extends Credentials {
  /** When it is time to make the next one, in milliseconds since 1970. */
  readonly renewAt: number;
  /** Whether clients accept it for a host name or an IP address. */
  covers(name: string): boolean;
}

/**
 * The certificate of servers of the local tenant, for `localhost`, its addresses and `names`. A new one is made where the saved
 * one lacks a name, ends within 30 days, or was not signed by the present authority.
 * @throws {AnonError} `state_unusable` where a file cannot be read or written
 */
export async function serverCertificate(ports: CertificatePorts, names: readonly string[]): Promise<ServerCertificate> {
  const authority = await localAuthority(ports);
  const wanted = [...new Set([...ownNames, ...names])];
  const found = usable(ports, authority, wanted);
  if (found) {
    keepPrivate(serverPath(ports), ports.warn);
    return presented(found);
  }
  // Another process may have made it meanwhile.
  return ports.exclusively(async () =>
    presented(usable(ports, authority, wanted) ?? (await made(ports, authority, wanted))),
  );
}

/**
 * The names of the saved certificate, and between which times, in milliseconds since 1970, {@link serverCertificate} returns it
 * for them; undefined where a new one is needed.
 */
export function certificateValidity(
  ports: CertificatePorts,
): { readonly names: string[]; readonly fromMs: number; readonly untilMs: number } | undefined {
  const authority = usableAuthority(ports);
  const saved = authority && usable(ports, authority, ownNames);
  if (!saved) return undefined;
  const untilMs = Math.min(renewalOf(saved), endOf(authority.x509) - renewedBeforeMs);
  return { names: namesIn(saved.x509), fromMs: startOf(saved.x509), untilMs };
}

/** The names of the saved certificate; empty without one. */
export function savedNames(ports: Pick<CertificatePorts, 'folder'>): string[] {
  const saved = savedIn(ports);
  return saved ? namesIn(saved.x509) : [];
}

function savedIn(ports: Pick<CertificatePorts, 'folder'>): ReadCredentials | undefined {
  return credentialsIn(readIfExists(serverPath(ports))?.toString('utf8') ?? '');
}

function usable(
  ports: CertificatePorts,
  { x509: authority }: Authority,
  names: readonly string[],
): ReadCredentials | undefined {
  const saved = savedIn(ports);
  if (!saved) return undefined;
  // While the clock is slow, no certificate begins before its authority's.
  const now = Math.max(ports.now(), startOf(authority));
  const isValid = startOf(saved.x509) <= now && now < renewalOf(saved);
  const isSigned = saved.x509.checkIssued(authority) && saved.x509.verify(authority.publicKey);
  return isValid && isSigned && names.every((name) => isFor(saved.x509, name)) ? saved : undefined;
}

function renewalOf({ x509 }: ReadCredentials): number {
  return endOf(x509) - renewedBeforeMs;
}

function presented(credentials: ReadCredentials): ServerCertificate {
  const { certificate, key, x509 } = credentials;
  return { certificate, key, renewAt: renewalOf(credentials), covers: (name) => isFor(x509, name) };
}

async function made(
  ports: CertificatePorts,
  authority: Authority,
  wanted: readonly string[],
): Promise<ReadCredentials> {
  const path = serverPath(ports);
  const before = savedIn(ports);
  if (!before || !isOurs(before)) clear(ports, path, 'is not a certificate of anon-cli with its key');
  const now = Math.max(ports.now(), startOf(authority.x509));
  const together = [...new Set([...wanted, ...(before ? namesIn(before.x509) : [])])];
  const { makeServerCertificate } = await import('./make.ts');
  const credentials = await makeServerCertificate(
    { certificate: authority.certificate, key: authority.privateKey },
    together.slice(0, Math.max(maxNames, wanted.length)),
    {
      notBefore: new Date(Math.max(now - backdatedMs, startOf(authority.x509))),
      notAfter: new Date(Math.min(now + serverMs, endOf(authority.x509))),
    },
  );
  write(path, textOf(credentials), 0o600);
  const written = savedIn(ports);
  if (!written) throw new Error('the new certificate cannot be read');
  return written;
}

/** Whether an authority of anon-cli signed it, this one or an earlier one. */
function isOurs({ x509 }: ReadCredentials): boolean {
  return x509.issuer.startsWith(`CN=${authorityName} `) && x509.issuer.includes(`O=${organization}`);
}
