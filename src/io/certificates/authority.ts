import { X509Certificate } from 'node:crypto';
import { dirname } from 'node:path';
import { writeFileSync } from '../files/atomic-write.ts';
import { fileFailure, privateFolder, readIfExists, setAside } from '../files/files.ts';
import { keepPrivate } from '../files/private-mode.ts';
import { credentialsIn, endOf, type ReadCredentials, textOf } from './credentials.ts';
import { authorityKeyPath, authorityPath } from './paths.ts';

/** What certificates need from the machine. */
export interface CertificatePorts {
  /** The folder of the certificates and their keys. */
  readonly folder: string;
  /** The time, in milliseconds since 1970. */
  readonly now: () => number;
  readonly warn: (message: string) => void;
  /** Runs `work` while no other process of this user makes certificates. */
  readonly exclusively: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

/** The certificate authority of the local tenant. */
export interface Authority extends ReadCredentials {
  /** The file with the certificate alone, for those who are to trust it. */
  readonly path: string;
}

const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** A clock that is slow by less than this still finds a new certificate valid. */
export const backdatedMs = 24 * hourMs;

/** A certificate is replaced this long before its end. */
export const renewedBeforeMs = 30 * dayMs;

const authorityMs = 3650 * dayMs;

/**
 * The certificate authority of the local tenant, made at first use. One that has ended, or soon will, is replaced
 * with a warning. Files that are damaged, or that others put there, are set aside with a warning.
 *
 * `ca-key.pem` holds both its key and its certificate, so that they cannot come apart; `ca.pem` is a copy of the certificate.
 * @throws {AnonError} `state_unusable` where a file cannot be read or written
 */
export async function localAuthority(ports: CertificatePorts): Promise<Authority> {
  const found = usableAuthority(ports);
  if (found) {
    for (const ours of [ports.folder, authorityKeyPath(ports)]) keepPrivate(ours, ports.warn);
    return found;
  }
  privateFolder(ports.folder);
  // Another process may have made it meanwhile.
  return ports.exclusively(async () => usableAuthority(ports) ?? restored(ports) ?? made(ports));
}

/** The saved authority, if nothing has to be written. */
export function usableAuthority(ports: CertificatePorts): Authority | undefined {
  const saved = savedAuthority(ports);
  const isCurrent = saved && endOf(saved.x509) - ports.now() > renewedBeforeMs;
  return isCurrent && isPublished(ports, saved) ? saved : undefined;
}

function savedAuthority(ports: CertificatePorts): Authority | undefined {
  const saved = credentialsIn(readIfExists(authorityKeyPath(ports))?.toString('utf8') ?? '');
  return saved && isAuthority(saved) ? { ...saved, path: authorityPath(ports) } : undefined;
}

/** Whether these are credentials that {@link made} could have written: others could not be used in their place. */
function isAuthority({ x509, privateKey }: ReadCredentials): boolean {
  const isP256 = privateKey.asymmetricKeyDetails?.namedCurve === 'prime256v1';
  return x509.ca && isP256 && x509.checkIssued(x509) && x509.verify(x509.publicKey);
}

/** The text is compared first, because reading a certificate takes longer. */
function isPublished(ports: CertificatePorts, { certificate, x509 }: Authority): boolean {
  const text = readIfExists(authorityPath(ports))?.toString('latin1');
  return text === certificate || publishedIn(ports) === x509.fingerprint256;
}

/** The fingerprint of the certificate that clients find; undefined without one. */
function publishedIn(ports: CertificatePorts): string | undefined {
  const text = readIfExists(authorityPath(ports));
  try {
    return text && new X509Certificate(text).fingerprint256;
  } catch {
    return undefined;
  }
}

/** The saved authority, after the copy of its certificate was written again. */
function restored(ports: CertificatePorts): Authority | undefined {
  const saved = savedAuthority(ports);
  if (!saved || endOf(saved.x509) - ports.now() <= renewedBeforeMs) return undefined;
  publish(ports, saved);
  return saved;
}

async function made(ports: CertificatePorts): Promise<Authority> {
  const now = ports.now();
  const before = savedAuthority(ports);
  if (before) ports.warn(replacement(before, now));
  else clear(ports, authorityKeyPath(ports), 'does not hold a certificate authority of anon-cli');
  const { makeAuthority } = await import('./make.ts');
  const validity = { notBefore: new Date(now - backdatedMs), notAfter: new Date(now + authorityMs) };
  const text = textOf(await makeAuthority(validity));
  write(authorityKeyPath(ports), text, 0o600);
  const authority = savedAuthority(ports);
  if (!authority) throw new Error('the new certificate authority is not one');
  publish(ports, authority, before);
  return authority;
}

function replacement({ x509 }: Authority, now: number): string {
  const day = new Date(endOf(x509)).toISOString().slice(0, 10);
  const when = endOf(x509) > now ? `ends on ${day}` : `ended on ${day}`;
  return `The local tenant's certificate authority ${when}, and a new one takes its place. To trust it: anon-cli local trust`;
}

/** Writes the copy of the certificate. Anything but an earlier copy is set aside. */
function publish(ports: CertificatePorts, { certificate, path }: Authority, before?: Authority): void {
  const published = publishedIn(ports);
  if (published === undefined || published !== before?.x509.fingerprint256) {
    clear(ports, path, "is not the certificate of the local tenant's authority");
  }
  write(path, certificate, 0o644);
}

/** Sets a file aside, with a warning, if there is one. */
export function clear(ports: Pick<CertificatePorts, 'now' | 'warn'>, path: string, problem: string): void {
  if (readIfExists(path) === undefined) return;
  const aside = setAside(path, ports.now());
  ports.warn(`${path} ${problem}. It was moved to ${aside}, and a new file takes its place.`);
}

/** Replaces a file at once. @throws {AnonError} `state_unusable` */
export function write(path: string, text: string, mode: number): void {
  privateFolder(dirname(path));
  try {
    writeFileSync(path, text, { mode });
  } catch (error) {
    throw fileFailure(path, 'cannot be written', error);
  }
}
