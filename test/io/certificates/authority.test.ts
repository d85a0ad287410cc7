import { X509Certificate } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dayMs, localAuthority } from '../../../src/io/certificates/authority.ts';
import { makeAuthority } from '../../../src/io/certificates/make.ts';
import certificates from '../../fixtures/tls.json' with { type: 'json' };
import { testCertificates } from '../../support/certificates.ts';
import { modeOf } from '../../support/folder.ts';
import { rsa } from '../../support/tokens.ts';

const keyOfFixtures = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

describe('the certificate authority', () => {
  it('is made at first, for its owner alone, and is the same afterwards', async () => {
    const ports = testCertificates();
    const { path, x509 } = await localAuthority(ports);
    expect(path).toBe(join(ports.folder, 'ca.pem'));
    expect(new X509Certificate(readFileSync(path)).fingerprint256).toBe(x509.fingerprint256);
    expect(readFileSync(path, 'utf8')).not.toContain('PRIVATE');
    expect(readdirSync(ports.folder).sort()).toEqual(['ca-key.pem', 'ca.pem']);
    expect([modeOf(ports.folder), modeOf(join(ports.folder, 'ca-key.pem')), modeOf(path)]).toEqual([
      '700',
      '600',
      '644',
    ]);
    expect((await localAuthority(ports)).x509.fingerprint256).toBe(x509.fingerprint256);
    expect(ports.warnings).toEqual([]);
  });

  it('is an authority of ten years that can sign no other authority', async () => {
    const { x509 } = await localAuthority(testCertificates());
    expect(x509.ca).toBe(true);
    expect(x509.verify(x509.publicKey)).toBe(true);
    expect(x509.subject).toMatch(/^CN=Local tenant CA [0-9a-f]{8}\nO=anon-cli$/);
    expect([x509.validFrom, x509.validTo]).toEqual(['May 31 12:00:00 2026 GMT', 'May 29 12:00:00 2036 GMT']);
    expect(x509.serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/);
  });

  it('is another one in another folder, by name too', async () => {
    const [one, other] = [await localAuthority(testCertificates()), await localAuthority(testCertificates())];
    expect(one.x509.subject).not.toBe(other.x509.subject);
    expect(one.x509.serialNumber).not.toBe(other.x509.serialNumber);
  });

  it.each([
    ['30 days before its end', 3619 * dayMs, 3621 * dayMs, 'ends on 2036-05-29'],
    ['after its end', 3619 * dayMs, 4000 * dayMs, 'ended on 2036-05-29'],
  ])('is replaced with a warning %s', async (_, before, after, when) => {
    const ports = testCertificates();
    const { x509 } = await localAuthority(ports);
    ports.forward(before);
    expect((await localAuthority(ports)).x509.fingerprint256).toBe(x509.fingerprint256);
    ports.forward(after - before);
    const next = await localAuthority(ports);
    expect(next.x509.fingerprint256).not.toBe(x509.fingerprint256);
    expect(ports.warnings).toEqual([
      `The local tenant's certificate authority ${when}, and a new one takes its place. To trust it: anon-cli local trust`,
    ]);
    expect(readdirSync(ports.folder).sort()).toEqual(['ca-key.pem', 'ca.pem']);
    expect(new X509Certificate(readFileSync(next.path)).fingerprint256).toBe(next.x509.fingerprint256);
    expect((await localAuthority(ports)).x509.fingerprint256).toBe(next.x509.fingerprint256);
  });

  it('is not replaced while the clock is wrong', async () => {
    const ports = testCertificates();
    const { x509 } = await localAuthority(ports);
    ports.forward(-4000 * dayMs);
    expect((await localAuthority(ports)).x509.fingerprint256).toBe(x509.fingerprint256);
    expect(ports.warnings).toEqual([]);
  });

  it('closes its files to other users, with a warning', async () => {
    const ports = testCertificates();
    await localAuthority(ports);
    const key = join(ports.folder, 'ca-key.pem');
    chmodSync(key, 0o644);
    chmodSync(ports.folder, 0o755);
    await localAuthority(ports);
    expect([modeOf(ports.folder), modeOf(key)]).toEqual(['700', '600']);
    expect(ports.warnings).toEqual([
      `${ports.folder} was open to other users (mode 0755). Its mode is now 0700.`,
      `${key} was open to other users (mode 0644). Its mode is now 0600.`,
    ]);
  });
});

describe('a file of the authority', () => {
  const other = async () => {
    const { certificate, key } = await makeAuthority({
      notBefore: new Date('2026-01-01T00:00:00Z'),
      notAfter: new Date('2036-01-01T00:00:00Z'),
    });
    return { certificate, key };
  };

  it.each<[string, () => Promise<string>]>([
    ['is empty', async () => ''],
    ['is text', async () => 'hello\n'],
    ['is cut off', async () => (await other()).key.slice(0, 100)],
    ['has a key alone', async () => (await other()).key],
    ['has a certificate alone', async () => (await other()).certificate],
    ['has the key of another certificate', async () => (await other()).key + (await other()).certificate],
    ['has a certificate that is no authority', async () => keyOfFixtures + certificates.localhost],
    ['has an RSA authority', async () => keyOfFixtures + certificates.authority],
  ])('with the key is set aside when it %s', async (_, content) => {
    const ports = testCertificates();
    mkdirSync(ports.folder, { recursive: true, mode: 0o700 });
    const key = join(ports.folder, 'ca-key.pem');
    const text = await content();
    writeFileSync(key, text, { mode: 0o600 });
    const { x509 } = await localAuthority(ports);
    const aside = `${key}.set-aside-20260601T120000Z`;
    expect(ports.warnings).toEqual([
      `${key} does not hold a certificate authority of anon-cli. It was moved to ${aside}, and a new file takes its place.`,
    ]);
    expect(readFileSync(aside, 'utf8')).toBe(text);
    expect((await localAuthority(ports)).x509.fingerprint256).toBe(x509.fingerprint256);
  });

  it.each<[string, () => Promise<string>]>([
    ['is damaged', async () => 'hello\n'],
    ['is another certificate', async () => (await other()).certificate],
  ])('with the certificate is set aside when it %s, and the authority stays', async (_, content) => {
    const ports = testCertificates();
    const { path, x509 } = await localAuthority(ports);
    const text = await content();
    writeFileSync(path, text);
    expect((await localAuthority(ports)).x509.fingerprint256).toBe(x509.fingerprint256);
    const aside = `${path}.set-aside-20260601T120000Z`;
    expect(ports.warnings).toEqual([
      `${path} is not the certificate of the local tenant's authority. It was moved to ${aside}, and a new file takes its place.`,
    ]);
    expect(readFileSync(aside, 'utf8')).toBe(text);
    expect(new X509Certificate(readFileSync(path)).fingerprint256).toBe(x509.fingerprint256);
  });

  it('with the certificate is written again when it is missing', async () => {
    const ports = testCertificates();
    const { path, x509 } = await localAuthority(ports);
    rmSync(path);
    expect((await localAuthority(ports)).x509.fingerprint256).toBe(x509.fingerprint256);
    expect(new X509Certificate(readFileSync(path)).fingerprint256).toBe(x509.fingerprint256);
    expect(ports.warnings).toEqual([]);
  });

  it('with the certificate stays for others when the key is missing', async () => {
    const ports = testCertificates();
    const { path, x509 } = await localAuthority(ports);
    rmSync(join(ports.folder, 'ca-key.pem'));
    const next = await localAuthority(ports);
    expect(next.x509.fingerprint256).not.toBe(x509.fingerprint256);
    const [aside = ''] = readdirSync(ports.folder).filter((name) => name.startsWith('ca.pem.set-aside'));
    expect(new X509Certificate(readFileSync(join(ports.folder, aside))).fingerprint256).toBe(x509.fingerprint256);
    expect(ports.warnings).toEqual([expect.stringContaining(`${path} is not the certificate`)]);
  });

  it.each(['ca-key.pem', 'ca.pem'])('cannot be a folder: %s', async (name) => {
    const ports = testCertificates();
    const path = join(ports.folder, name);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    await expect(localAuthority(ports)).rejects.toMatchObject({
      code: 'state_unusable',
      message: `${path} cannot be read: it is a folder.`,
    });
  });

  it('cannot be in a file', async () => {
    const ports = testCertificates();
    writeFileSync(ports.folder, '');
    await expect(localAuthority(ports)).rejects.toMatchObject({
      code: 'state_unusable',
      message: expect.stringMatching(/tls\/ca-key\.pem cannot be read: part of its path is not a folder\.$/),
    });
  });

  it('may be a link, which stays one', async () => {
    const ports = testCertificates();
    const elsewhere = testCertificates();
    const { x509 } = await localAuthority(elsewhere);
    mkdirSync(ports.folder, { recursive: true, mode: 0o700 });
    for (const name of ['ca-key.pem', 'ca.pem']) {
      symlinkSync(join(elsewhere.folder, name), join(ports.folder, name));
    }
    expect((await localAuthority(ports)).x509.fingerprint256).toBe(x509.fingerprint256);
    expect(existsSync(join(ports.folder, 'ca.pem'))).toBe(true);
    expect(ports.warnings).toEqual([]);
  });
});
