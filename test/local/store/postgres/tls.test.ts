import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { PostgresAddress, SslMode } from '../../../../src/local/store/postgres/address.ts';
import certificates from '../../../fixtures/tls.json' with { type: 'json' };
import selfSigned from '../../../fixtures/tokens/certificate.json' with { type: 'json' };
import { authorityFile } from '../../../support/authority-file.ts';
import { temporaryFolder } from '../../../support/folder.ts';
import { addressOf, opened, rowsOf, serverOfFile, testAddress } from '../../../support/postgres-store.ts';
import { proxyTo } from '../../../support/proxy.ts';
import { rsa } from '../../../support/tokens.ts';

const key = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** Each database accepts only some connections. The certificate is for localhost and 127.0.0.1. */
const server = serverOfFile({
  tls: { cert: certificates.localhost, key, clientCa: certificates.authority },
  settings: { listen_addresses: '127.0.0.1,127.0.0.2' },
  access: `
    hostssl   only_tls    all all scram-sha-256
    hostnossl only_plain  all all scram-sha-256
    hostssl   client_cert all all scram-sha-256 clientcert=verify-ca
    host      either,postgres all all scram-sha-256
  `,
});

type Name = 'either' | 'only_tls' | 'only_plain' | 'client_cert';

function addressTo(name: Name, sslMode: SslMode, settings: Partial<PostgresAddress> = {}): PostgresAddress {
  return { ...addressOf({ url: server().url(name), password: server().password }), sslMode, ...settings };
}

beforeAll(async () => {
  const admin = addressOf({ url: server().url(), password: server().password });
  for (const name of ['either', 'only_tls', 'only_plain', 'client_cert'])
    await rowsOf(admin, `CREATE DATABASE ${name}`);
});

/** Connects, and returns how. */
async function connect(address: PostgresAddress): Promise<'TLS' | 'plain'> {
  const database = await opened(address);
  const admin = addressOf({ url: server().url(), password: server().password });
  const [row] = await rowsOf(
    admin,
    `SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
      WHERE application_name = 'anon-cli' AND datname = $1 ORDER BY backend_start DESC LIMIT 1`,
    [address.database],
  );
  await database.close();
  return row?.ssl ? 'TLS' : 'plain';
}

function saved(text: string): string {
  const path = join(temporaryFolder(), 'file.pem');
  writeFileSync(path, text);
  return path;
}

const refusedTls = (message: string | RegExp) =>
  expect.objectContaining({
    name: 'DatabaseRefusedError',
    reason: 'tls',
    message: typeof message === 'string' ? expect.stringContaining(message) : expect.stringMatching(message),
  });
const otherAuthority = selfSigned.pem;

describe.each([
  ['disable', 'plain', undefined, 'plain'],
  ['allow', 'plain', 'TLS', 'plain'],
  ['prefer', 'TLS', 'TLS', 'plain'],
  ['require', 'TLS', 'TLS', undefined],
] as const)('sslmode %s', (mode, either, onlyTls, onlyPlain) => {
  it.each([
    ['accepts both', 'either', either],
    ['accepts TLS alone', 'only_tls', onlyTls],
    ['accepts plain connections alone', 'only_plain', onlyPlain],
  ] as const)('with a server that %s', async (_, name, how) => {
    const connected = connect(addressTo(name, mode));
    if (how) expect(await connected).toBe(how);
    else await expect(connected).rejects.toMatchObject({ name: 'DatabaseRefusedError', reason: 'login' });
  });

  it('with a server that has no TLS', async () => {
    const opening = opened({ ...(await testAddress()), sslMode: mode });
    if (mode === 'require') await expect(opening).rejects.toEqual(refusedTls('does not use TLS'));
    else expect(await opening).toBeDefined();
  });
});

describe.each(['verify-ca', 'verify-full'] as const)('sslmode %s', (mode) => {
  it('with a certificate of the authority', async () => {
    for (const host of ['127.0.0.1', 'localhost']) {
      expect(await connect(addressTo('either', mode, { host, sslRootCert: authorityFile() }))).toBe('TLS');
    }
  });

  it('with a certificate of another authority', async () => {
    const address = addressTo('either', mode, { sslRootCert: authorityFile(otherAuthority) });
    const message = `cannot connect to PostgreSQL at 127.0.0.1:${address.port} with TLS: self-signed certificate in certificate chain`;
    await expect(connect(address)).rejects.toEqual(refusedTls(message));
  });

  it('with a server that has no TLS, or none for this database', async () => {
    const sslRootCert = authorityFile();
    const without = { ...(await testAddress()), sslMode: mode, sslRootCert };
    await expect(opened(without)).rejects.toEqual(refusedTls('does not use TLS, which the address requires'));
    await expect(connect(addressTo('only_plain', mode, { sslRootCert }))).rejects.toMatchObject({ reason: 'login' });
  });
});

describe('the name of the server', () => {
  const otherName = { host: '127.0.0.2' };

  it('is checked by verify-full', async () => {
    const address = addressTo('either', 'verify-full', { ...otherName, sslRootCert: authorityFile() });
    await expect(connect(address)).rejects.toEqual(refusedTls(/127\.0\.0\.2 is not in the cert's list/));
  });

  it.each(['verify-ca', 'require', 'prefer'] as const)('is not checked by %s', async (mode) => {
    expect(await connect(addressTo('either', mode, { ...otherName, sslRootCert: authorityFile() }))).toBe('TLS');
  });
});

describe('with a root certificate', () => {
  it('require checks the chain, as verify-ca does', async () => {
    expect(await connect(addressTo('either', 'require', { sslRootCert: authorityFile() }))).toBe('TLS');
    const other = addressTo('either', 'require', { sslRootCert: authorityFile(otherAuthority) });
    await expect(connect(other)).rejects.toEqual(refusedTls('self-signed certificate in certificate chain'));
  });

  it('prefer does without TLS where the chain is wrong, unless the server insists on it', async () => {
    const sslRootCert = authorityFile(otherAuthority);
    expect(await connect(addressTo('either', 'prefer', { sslRootCert }))).toBe('plain');
    await expect(connect(addressTo('only_tls', 'prefer', { sslRootCert }))).rejects.toEqual(
      refusedTls(
        /with TLS: self-signed certificate in certificate chain; without TLS: no pg_hba.conf entry .*, no encryption$/,
      ),
    );
  });

  it('allow checks the chain where it uses TLS', async () => {
    const sslRootCert = authorityFile(otherAuthority);
    expect(await connect(addressTo('either', 'allow', { sslRootCert }))).toBe('plain');
    await expect(connect(addressTo('only_tls', 'allow', { sslRootCert }))).rejects.toMatchObject({
      message: expect.stringMatching(/no encryption; with TLS: self-signed certificate in certificate chain$/),
    });
  });
});

describe('without a root certificate', () => {
  it('verify-ca is refused: any public authority would do', async () => {
    await expect(connect(addressTo('either', 'verify-ca'))).rejects.toEqual(refusedTls('needs sslrootcert: a file'));
  });

  it.each(['system', undefined])('verify-full does not trust a private authority (sslrootcert: %s)', async (root) => {
    const address = addressTo('either', 'verify-full', root ? { sslRootCert: root } : {});
    await expect(connect(address)).rejects.toEqual(
      refusedTls('with TLS: self-signed certificate in certificate chain'),
    );
  });

  it.each(['disable', 'allow', 'prefer', 'require', 'verify-ca'] as const)(
    'sslrootcert=system refuses sslmode %s',
    async (mode) => {
      const address = addressTo('either', mode, { sslRootCert: 'system' });
      await expect(connect(address)).rejects.toEqual(refusedTls(`needs sslmode=verify-full, not ${mode}`));
    },
  );
});

describe('a client certificate', () => {
  it('is shown to a server that asks for it', async () => {
    const own = { sslCert: saved(certificates.localhost), sslKey: saved(key) };
    expect(await connect(addressTo('client_cert', 'require', own))).toBe('TLS');
    await expect(connect(addressTo('client_cert', 'require'))).rejects.toMatchObject({
      reason: 'login',
      message: expect.stringContaining('valid client certificate'),
    });
  });

  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const files = {
    certificate: certificates.localhost,
    key,
    'other key': other.export({ type: 'pkcs8', format: 'pem' }).toString(),
    'encrypted key': rsa.privateKey
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' })
      .toString(),
    nothing: 'nothing',
  };
  type File = keyof typeof files;
  it.each<[File | undefined, File | undefined, RegExp]>([
    ['certificate', undefined, /^sslcert=\S+ needs sslkey/],
    [undefined, 'key', /^sslkey=\S+ needs sslcert/],
    ['certificate', 'other key', /^cannot use the client certificate \S+ with the key \S+: they are not a pair$/],
    ['certificate', 'encrypted key', /is encrypted with a passphrase/],
    ['certificate', 'nothing', /^cannot use the client certificate \S+ with the key \S+: /],
    ['nothing', 'key', /^cannot use the client certificate \S+ with the key \S+: /],
  ])('%s with %s is refused', async (cert, ownKey, message) => {
    const own = { ...(cert && { sslCert: saved(files[cert]) }), ...(ownKey && { sslKey: saved(files[ownKey]) }) };
    await expect(connect(addressTo('either', 'require', own))).rejects.toEqual(refusedTls(message));
  });
});

it.each(['sslRootCert', 'sslCert', 'sslKey'] as const)('a file that does not exist is refused: %s', async (name) => {
  const own = { sslCert: saved(certificates.localhost), sslKey: saved(key), [name]: '/nowhere/at.all' };
  const message = /^cannot read the .* \/nowhere\/at\.all: the file does not exist$/;
  await expect(connect(addressTo('either', 'prefer', own))).rejects.toEqual(refusedTls(message));
});

it('a root certificate that is none is refused', async () => {
  const sslRootCert = saved('-----BEGIN NOTHING-----');
  const message = `cannot use the root certificate ${sslRootCert}: `;
  await expect(connect(addressTo('either', 'prefer', { sslRootCert }))).rejects.toEqual(refusedTls(message));
});

it('a connection that has used TLS is never replaced by one without', async () => {
  const proxy = await proxyTo(server().port);
  const database = await opened(addressTo('either', 'prefer', { port: proxy.port }));
  // Somebody in between answers that the server has no TLS.
  let asked = 0;
  proxy.rule = (sender, data) => {
    if (sender === 'client') return data;
    asked += 1;
    return asked === 1 ? undefined : Buffer.from('N');
  };
  const failure = await database.get('client', 'a').catch((error: unknown) => error);
  expect(failure).toEqual(refusedTls('does not use TLS'));
});
