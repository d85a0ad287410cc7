import { X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { dayMs, localAuthority } from '../../../src/io/certificates/authority.ts';
import { ephemeralCertificate } from '../../../src/io/certificates/ephemeral.ts';
import { testCertificates } from '../../support/certificates.ts';

const wanted = { names: ['tenant.test', '10.0.0.1'], alsoTrusted: undefined };
const inFile = (path: string) => new X509Certificate(readFileSync(path));

describe('the certificate of a server whose state is in memory', () => {
  it('is signed by a new authority where there is none, and only what to trust is written', async () => {
    const ports = testCertificates();
    const made = await ephemeralCertificate(ports, wanted);
    onTestFinished(made.remove);
    const [x509, authority] = [new X509Certificate(made.certificate), inFile(made.authority)];
    expect([x509.checkIssued(authority), x509.verify(authority.publicKey)]).toEqual([true, true]);
    expect([x509.checkHost('localhost'), x509.checkHost('tenant.test')]).toEqual(['localhost', 'tenant.test']);
    expect([x509.checkIP('::1'), x509.checkIP('10.0.0.1')]).toEqual(['::1', '10.0.0.1']);
    expect(existsSync(ports.folder)).toBe(false);
    made.remove();
    expect(existsSync(made.authority)).toBe(false);
  });

  it("is signed by the user's authority where there is one, and nothing is written", async () => {
    const ports = testCertificates();
    const authority = await localAuthority(ports);
    const before = readdirSync(ports.folder);
    const made = await ephemeralCertificate(ports, wanted);
    expect(made.authority).toBe(authority.path);
    expect(new X509Certificate(made.certificate).verify(authority.x509.publicKey)).toBe(true);
    made.remove();
    expect(readdirSync(ports.folder)).toEqual(before);
    expect(existsSync(authority.path)).toBe(true);
  });

  it('comes with a file of its own where more is to be trusted', async () => {
    const ports = testCertificates();
    const { certificate, path } = await localAuthority(ports);
    const made = await ephemeralCertificate(ports, { ...wanted, alsoTrusted: 'more' });
    onTestFinished(made.remove);
    expect(made.authority).not.toBe(path);
    expect(readFileSync(made.authority, 'utf8')).toBe(`${certificate}more`);
  });

  it.each([
    ['is damaged', (folder: string) => writeFileSync(join(folder, 'ca-key.pem'), 'damaged')],
    ['has ended', (_: string, ports: ReturnType<typeof testCertificates>) => ports.forward(3650 * dayMs)],
  ])('leaves an authority alone that %s', async (_, spoil) => {
    const ports = testCertificates();
    const { path, certificate } = await localAuthority(ports);
    spoil(ports.folder, ports);
    const made = await ephemeralCertificate(ports, wanted);
    onTestFinished(made.remove);
    expect(made.authority).not.toBe(path);
    expect(readFileSync(path, 'utf8')).toBe(certificate);
    expect(ports.warnings).toEqual([]);
    expect(Date.parse(new X509Certificate(made.certificate).validTo)).toBeGreaterThan(ports.now() + 300 * dayMs);
  });
});
