import { beforeAll, describe, expect, it } from 'vitest';
import { dayMs } from '../../../src/io/certificates/authority.ts';
import { type Credentials, credentialsIn } from '../../../src/io/certificates/credentials.ts';
import { makeAuthority, makeServerCertificate } from '../../../src/io/certificates/make.ts';
import { ownCertificate } from '../../../src/io/certificates/own-certificate.ts';
import { rsa } from '../../support/tokens.ts';

const now = Date.parse('2026-06-01T12:00:00Z');
const validity = { notBefore: new Date(now - dayMs), notAfter: new Date(now + dayMs) };
let authority: Credentials;
let own: Credentials;

beforeAll(async () => {
  authority = await makeAuthority(validity);
  const key = credentialsIn(authority.key + authority.certificate)?.privateKey;
  if (!key) throw new Error('the authority has no key');
  own = await makeServerCertificate({ ...authority, key }, ['tenant.test', '*.shop.test', '10.0.0.1'], validity);
});

const checked = (files: Partial<Credentials> = {}, at: { host?: string; now?: number } = {}) =>
  ownCertificate(
    {
      certificate: { path: 'cert.pem', text: files.certificate ?? own.certificate },
      key: { path: 'key.pem', text: files.key ?? own.key },
    },
    { host: 'tenant.test', now, ...at },
  );

describe('a certificate of the user’s own', () => {
  it.each(['tenant.test', 'guests.shop.test', '10.0.0.1'])('is used where it is for the host %s', (host) => {
    expect(checked({}, { host })).toEqual(own);
  });

  it('may have its authorities after it', () => {
    const certificate = own.certificate + authority.certificate;
    expect(checked({ certificate })).toEqual({ certificate, key: own.key });
  });

  it.each<[string, () => unknown, string, string | undefined]>([
    [
      'is for another host',
      () => checked({}, { host: 'localhost' }),
      "The certificate in cert.pem is not for localhost, the tenant's host name.",
      'Serve the tenant under a name in the certificate: --domain <name>',
    ],
    [
      'has ended',
      () => checked({}, { now: now + 2 * dayMs }),
      'The certificate in cert.pem ended on 2026-06-02.',
      "Is this machine's clock right?",
    ],
    [
      'has not begun',
      () => checked({}, { now: now - 2 * dayMs }),
      'The certificate in cert.pem is valid only from 2026-05-31 on.',
      "Is this machine's clock right?",
    ],
    [
      'has another key',
      () => checked({ key: authority.key }),
      'The key in key.pem does not belong to the certificate in cert.pem.',
      undefined,
    ],
    [
      'is no certificate',
      () => checked({ certificate: 'hello' }),
      'cert.pem does not begin with a certificate that can be read.',
      'It must be PEM: each certificate begins with -----BEGIN CERTIFICATE-----',
    ],
    [
      'has no key',
      () => checked({ key: own.certificate }),
      'key.pem holds no private key that can be read.',
      'It must be PEM: -----BEGIN PRIVATE KEY-----',
    ],
    [
      'has an encrypted key',
      () =>
        checked({
          key: rsa.privateKey
            .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' })
            .toString(),
        }),
      'key.pem is encrypted.',
      'Decrypt it first: openssl pkey -in <file> -out <new file>',
    ],
  ])('is refused when it %s', (_, work, message, hint) => {
    let thrown: unknown;
    try {
      work();
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'usage', message, hint });
  });
});
