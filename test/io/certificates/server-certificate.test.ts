import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dayMs, localAuthority } from '../../../src/io/certificates/authority.ts';
import { renewedCertificate } from '../../../src/io/certificates/renewed.ts';
import { savedNames, serverCertificate } from '../../../src/io/certificates/server-certificate.ts';
import certificates from '../../fixtures/tls.json' with { type: 'json' };
import { testCertificates } from '../../support/certificates.ts';
import { modeOf } from '../../support/folder.ts';
import { rsa } from '../../support/tokens.ts';

const own = ['localhost', '127.0.0.1', '::1'];
const read = ({ certificate }: { certificate: string }) => new X509Certificate(certificate);

describe("a server's certificate", () => {
  it('is for this machine and the given names, signed by the authority, with its key in one private file', async () => {
    const ports = testCertificates();
    const made = await serverCertificate(ports, ['tenant.test', '192.168.1.5', 'fd00::1', 'xn--bcher-kva.test']);
    const { x509: authority } = await localAuthority(ports);
    const x509 = read(made);
    expect([x509.checkIssued(authority), x509.verify(authority.publicKey), x509.ca]).toEqual([true, true, false]);
    expect(x509.checkPrivateKey(createPrivateKey(made.key))).toBe(true);
    expect(savedNames(ports)).toEqual([...own, 'tenant.test', '192.168.1.5', 'fd00::1', 'xn--bcher-kva.test']);
    for (const name of ['localhost', 'tenant.test', '192.168.1.5', '127.0.0.1', '::1', 'fd00::1']) {
      expect([name, made.covers(name)]).toEqual([name, true]);
    }
    for (const name of ['www.tenant.test', 'other.test', '192.168.1.6', '::2']) {
      expect([name, made.covers(name)]).toEqual([name, false]);
    }
    const path = join(ports.folder, 'server.pem');
    expect(readFileSync(path, 'utf8')).toBe(made.key + made.certificate);
    expect(modeOf(path)).toBe('600');
    expect(x509.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    // Not longer than browsers accept.
    expect((Date.parse(x509.validTo) - Date.parse(x509.validFrom)) / dayMs).toBeLessThanOrEqual(398);
  });

  it('is the saved one while that will do', async () => {
    const ports = testCertificates();
    const first = await serverCertificate(ports, ['tenant.test']);
    ports.forward(366 * dayMs);
    for (const names of [['tenant.test'], [], ['localhost', '::1']]) {
      expect((await serverCertificate(ports, names)).certificate).toBe(first.certificate);
    }
  });

  it('is a new one with another key for a name that it lacks, and has the earlier names too', async () => {
    const ports = testCertificates();
    const first = await serverCertificate(ports, ['one.test']);
    const second = await serverCertificate(ports, ['two.test', '10.0.0.1']);
    expect(second.key).not.toBe(first.key);
    expect(savedNames(ports)).toEqual([...own, 'two.test', '10.0.0.1', 'one.test']);
    expect((await serverCertificate(ports, ['one.test'])).certificate).toBe(second.certificate);
    expect(ports.warnings).toEqual([]);
  });

  it('has at most 50 names, unless more are given', async () => {
    const ports = testCertificates();
    const names = (count: number, domain: string) => Array.from({ length: count }, (_, index) => `n${index}.${domain}`);
    await serverCertificate(ports, names(40, 'old.test'));
    await serverCertificate(ports, names(20, 'new.test'));
    expect(savedNames(ports)).toHaveLength(50);
    expect(savedNames(ports)).toEqual(expect.arrayContaining(names(20, 'new.test')));
    await serverCertificate(ports, names(60, 'many.test'));
    expect(savedNames(ports)).toHaveLength(63);
  });

  it('is a new one within 30 days of its end, and never outlives its authority', async () => {
    const ports = testCertificates();
    const first = await serverCertificate(ports, []);
    ports.forward(368 * dayMs);
    const second = await serverCertificate(ports, []);
    expect(second.certificate).not.toBe(first.certificate);
    ports.forward(3200 * dayMs);
    const third = await serverCertificate(ports, []);
    const { x509: authority } = await localAuthority(ports);
    expect(read(third).validTo).toBe(authority.validTo);
    ports.forward(60 * dayMs);
    const fourth = await serverCertificate(ports, []);
    const next = await localAuthority(ports);
    expect(next.x509.fingerprint256).not.toBe(authority.fingerprint256);
    expect(read(fourth).verify(next.x509.publicKey)).toBe(true);
    expect(ports.warnings).toEqual([expect.stringContaining('certificate authority ends on')]);
  });

  it('stays the same while the clock is slow', async () => {
    const ports = testCertificates();
    ports.forward(-4000 * dayMs);
    await localAuthority(ports);
    ports.forward(-4000 * dayMs);
    const first = await serverCertificate(ports, []);
    expect((await serverCertificate(ports, [])).certificate).toBe(first.certificate);
  });

  it('is a new one when the authority is', async () => {
    const ports = testCertificates();
    const other = testCertificates();
    const first = await serverCertificate(other, ['tenant.test']);
    mkdirSync(ports.folder, { recursive: true, mode: 0o700 });
    writeFileSync(join(ports.folder, 'server.pem'), first.key + first.certificate, { mode: 0o600 });
    const second = await serverCertificate(ports, []);
    expect(read(second).verify((await localAuthority(ports)).x509.publicKey)).toBe(true);
    expect(ports.warnings).toEqual([]);
  });

  it.each<[string, string]>([
    ['is empty', ''],
    ['is cut off', '-----BEGIN PRIVATE KEY-----\nMIG'],
    ["is another program's", rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }) + certificates.localhost],
  ])('is a new one, and the file is set aside, when that %s', async (_, text) => {
    const ports = testCertificates();
    mkdirSync(ports.folder, { recursive: true, mode: 0o700 });
    const path = join(ports.folder, 'server.pem');
    writeFileSync(path, text, { mode: 0o600 });
    await serverCertificate(ports, []);
    const aside = `${path}.set-aside-20260601T120000Z`;
    expect(ports.warnings).toEqual([
      `${path} is not a certificate of anon-cli with its key. It was moved to ${aside}, and a new file takes its place.`,
    ]);
    expect(readFileSync(aside, 'utf8')).toBe(text);
  });
});

describe('a running server', () => {
  it('presents the same certificate until it must be renewed', async () => {
    const ports = testCertificates();
    const current = renewedCertificate(ports, () => ['tenant.test']);
    const first = await current();
    ports.forward(366 * dayMs);
    expect(await current()).toBe(first);
    ports.forward(dayMs);
    const [second, third] = await Promise.all([current(), current()]);
    expect(second).toBe(third);
    expect(second.certificate).not.toBe(first.certificate);
    expect(await current()).toBe(second);
  });

  it('presents a certificate that another process has renewed', async () => {
    const ports = testCertificates();
    const current = renewedCertificate(ports, () => []);
    await current();
    ports.forward(367 * dayMs);
    const { certificate } = await serverCertificate(ports, ['other.test']);
    expect((await current()).certificate).toBe(certificate);
  });

  it('presents another certificate when it gets another name', async () => {
    const ports = testCertificates();
    let names = ['one.test'];
    const current = renewedCertificate(ports, () => names);
    const first = await current();
    names = ['two.test'];
    expect((await current()).covers('two.test')).toBe(true);
    expect(first.covers('two.test')).toBe(false);
  });

  it('goes on with the old certificate where no new one can be made, warns, and tries again a minute later', async () => {
    const ports = testCertificates();
    const current = renewedCertificate(ports, () => []);
    const first = await current();
    ports.forward(367 * dayMs);
    const path = join(ports.folder, 'ca-key.pem');
    const text = readFileSync(path, 'utf8');
    rmSync(path);
    mkdirSync(path);
    expect(await current()).toBe(first);
    expect(await current()).toBe(first);
    expect(ports.warnings).toEqual([`The certificate cannot be renewed: ${path} cannot be read: it is a folder.`]);
    rmSync(path, { recursive: true });
    writeFileSync(path, text, { mode: 0o600 });
    ports.forward(61_000);
    expect((await current()).certificate).not.toBe(first.certificate);
  });

  it('does not start where no certificate can be made', async () => {
    const ports = testCertificates();
    mkdirSync(join(ports.folder, 'server.pem'), { recursive: true, mode: 0o700 });
    await expect(renewedCertificate(ports, () => [])()).rejects.toMatchObject({ code: 'state_unusable' });
  });
});
