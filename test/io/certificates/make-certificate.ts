import { join } from 'node:path';
import { serverCertificate } from '../../../src/io/certificates/server-certificate.ts';
import { systemClock } from '../../../src/io/clock.ts';
import { withLock } from '../../../src/io/files/lock.ts';

// Run as its own process: makes the certificates of a folder, once stdin ends, and prints the certificate.
const [folder = '', name = ''] = process.argv.slice(2);
const clock = systemClock(() => new AbortController().signal);

process.stdout.write('ready\n');
process.stdin.resume().once('end', async () => {
  const { certificate } = await serverCertificate(
    {
      folder: join(folder, 'tls'),
      now: () => clock.now(),
      warn: (message) => process.stdout.write(`warning: ${message}\n`),
      exclusively: (work) => withLock(join(folder, 'certificates.lock'), clock, work),
    },
    [name],
  );
  process.stdout.write(certificate);
});
