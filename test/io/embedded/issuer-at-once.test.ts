import pg from 'pg';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { LocalPorts } from '../../../src/io/embedded/ports.ts';
import { serveLocal } from '../../../src/io/embedded/server.ts';
import { servingLock } from '../../../src/io/embedded/serving-lock.ts';
import { openLocal } from '../../../src/io/embedded/tenant.ts';
import { testCertificates } from '../../support/certificates.ts';
import { noon } from '../../support/domain.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { addressOf } from '../../support/postgres-store.ts';
import { testDatabase } from '../../support/test-postgres.ts';

const sessionsThatWait = `SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
  WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted`;

/** A tenant in a database, and another server of it, which is about to change the issuer. */
async function otherServer() {
  const address = addressOf(await testDatabase());
  const ports: LocalPorts = {
    state: { postgres: address, displayed: 'the database' },
    now: () => noon,
    warn() {},
    exclusively: (work) => work(),
    certificates: testCertificates(temporaryFolder()),
  };
  const local = await openLocal(ports, { domain: 'before.test' });
  onTestFinished(() => local.close());
  const lock = await servingLock(ports);
  onTestFinished(() => lock.release());
  const { host, port, user, database, password } = address;
  const session = new pg.Client({ host, port, user, database, password });
  await session.connect();
  onTestFinished(() => session.end());
  return {
    ports,
    /** Takes the lock, and changes the issuer once another server waits for it. */
    async takeIssuer(issuer: string) {
      let changed: Promise<boolean> = Promise.resolve(false);
      await new Promise<void>((taken) => {
        changed = lock.alone(async () => {
          taken();
          await vi.waitFor(async () => expect((await session.query(sessionsThatWait)).rowCount).toBe(1), 10_000);
          await local.setIssuer(issuer);
        });
      });
      return { changed };
    },
  };
}

it('two servers that start at once with the same new issuer both serve it', async () => {
  const { ports, takeIssuer } = await otherServer();
  const { changed } = await takeIssuer('https://same.test/');
  const server = await serveLocal(ports, { port: 0, domain: 'same.test' });
  onTestFinished(() => server.close());
  expect(server).toMatchObject({ issuer: 'https://same.test/', issuerBefore: 'https://before.test/' });
  expect(await changed).toBe(true);
});

it('of two servers that start at once with different new issuers one is refused', async () => {
  const { ports, takeIssuer } = await otherServer();
  const { changed } = await takeIssuer('https://other.test/');
  await expect(serveLocal(ports, { port: 0, domain: 'same.test' })).rejects.toMatchObject({
    code: 'failed',
    message: 'Another process is serving the local tenant with the issuer https://other.test/.',
  });
  expect(await changed).toBe(true);
});
