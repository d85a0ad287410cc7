import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CertificateFile } from '../../src/io/http/trusted-certificates.ts';
import certificates from '../fixtures/tls.json' with { type: 'json' };
import { temporaryFolder } from './folder.ts';

/** The path of a file with the authority's certificate that signed the test servers' ones, or with another. */
export function authorityFile(certificate = certificates.authority): string {
  const path = join(temporaryFolder(), 'authority.pem');
  writeFileSync(path, certificate);
  return path;
}

/** The same file, read. */
export function authority(): CertificateFile {
  return certificateFile(authorityFile());
}

export function certificateFile(path: string): CertificateFile {
  return { path, bytes: readFileSync(path) };
}
