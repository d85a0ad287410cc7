import { join } from 'node:path';
import type { CertificatePorts } from '../../src/io/certificates/authority.ts';
import { temporaryFolder } from './folder.ts';

export interface TestCertificates extends CertificatePorts {
  readonly warnings: string[];
  /** Moves the clock. */
  forward(ms: number): void;
}

/** What certificates need, with a clock that stands still, and without other processes. */
export function testCertificates(folder = join(temporaryFolder(), 'tls')): TestCertificates {
  let time = Date.parse('2026-06-01T12:00:00Z');
  const warnings: string[] = [];
  return {
    folder,
    warnings,
    now: () => time,
    warn: (message) => void warnings.push(message),
    exclusively: (work) => work(),
    forward: (ms) => {
      time += ms;
    },
  };
}
