import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readPrivateKey } from '../../src/domain/exchange/management/private-key.ts';
import { pemBlocks } from '../../src/domain/pem.ts';
import { keyRingOf } from '../../src/domain/token/key-file.ts';
import certificate from '../fixtures/tokens/certificate.json' with { type: 'json' };
import { failureOf } from '../support/domain.ts';
import { decode, ec, rsa, sign } from '../support/tokens.ts';

const token = await sign({ sub: 'anon|1' }, rsa.privateKey, { alg: 'RS256' });

/** The forms in which variables, YAML, JSON and secret managers leave PEM. */
const forms: [string, (pem: string) => string][] = [
  ['as it is', (pem) => pem],
  ['with line breaks written as \\n', (pem) => pem.replaceAll('\n', '\\n')],
  ['with line breaks written as \\r\\n', (pem) => pem.replaceAll('\n', '\\r\\n')],
  ['with line breaks escaped twice', (pem) => pem.replaceAll('\n', '\\\\n')],
  ['as a JSON text', (pem) => JSON.stringify(pem)],
  ['in single quotes', (pem) => `'${pem}'`],
  ['on one line, with blanks for line breaks', (pem) => pem.replaceAll('\n', ' ')],
  ['on one line, with nothing for line breaks', (pem) => pem.replaceAll('\n', '')],
  ['indented, as in YAML', (pem) => `key: |\n${pem.replaceAll(/^/gm, '    ')}`],
  ['with CR alone', (pem) => pem.replaceAll('\n', '\r')],
  ['with CR and LF', (pem) => pem.replaceAll('\n', '\r\n')],
  ['with an empty line after each', (pem) => pem.replaceAll('\n', '\n\n')],
  ['in base64 once more', (pem) => Buffer.from(pem).toString('base64')],
  ['in base64 of lines', (pem) => Buffer.from(pem).toString('base64').replaceAll(/.{76}/g, '$&\n')],
  ['in base64 and quotes', (pem) => `"${Buffer.from(pem).toString('base64')}"\n`],
  [
    'with a byte order mark and text around it',
    (pem) => `\ufeffBag Attributes\n  friendlyName: me\n${pem}\nThe end.\n`,
  ],
  ['as the value of a variable', (pem) => `AUTH0_KEY="${pem.replaceAll('\n', '\\n')}"`],
  ['as a string of a program', (pem) => pem.trim().replaceAll(/^.*$/gm, '"$&\\n" +')],
];

const pem = (key: typeof rsa.privateKey, type: 'spki' | 'pkcs1' | 'pkcs8' | 'sec1') =>
  key.export({ type, format: 'pem' } as { type: 'pkcs8'; format: 'pem' }).toString();

it("PEM in a program's string keeps a plus at the beginning of a line", () => {
  const text = '-----BEGIN PUBLIC KEY-----\n+AAA\n+BBB\n-----END PUBLIC KEY-----';
  for (const form of [
    text.replaceAll(/^.*$/gm, '"$&\\n" +'),
    text.replaceAll(/^.*$/gm, '"$&\\n"+').replaceAll('\n', ''),
  ]) {
    expect(pemBlocks(form)[0]?.text).toContain('+AAA+BBB');
  }
});

describe.each(forms)('PEM %s', (_, form) => {
  it.each([
    ['SPKI', pem(rsa.publicKey, 'spki')],
    ['PKCS #1', pem(rsa.publicKey, 'pkcs1')],
    ['PKCS #8', pem(rsa.privateKey, 'pkcs8')],
    ['a certificate', certificate.pem],
  ])('is a key to check with: %s', async (_kind, text) => {
    expect((await decode(token, keyRingOf(form(text), 'a.key'))).signature).toEqual({
      state: 'verified',
      key: 'a.key',
    });
  });

  it.each([
    ['PKCS #8', pem(rsa.privateKey, 'pkcs8'), 'RS256'],
    ['PKCS #1', pem(rsa.privateKey, 'pkcs1'), 'RS256'],
    ['SEC 1', pem(ec.privateKey, 'sec1'), 'ES256'],
    ['a key between certificates', certificate.pem + pem(ec.privateKey, 'pkcs8') + certificate.pem, 'ES256'],
  ])('is a private key to sign with: %s', (_kind, text, alg) => {
    expect(readPrivateKey(form(text), 'the key')).toMatchObject({ alg, key: { type: 'private' } });
  });

  it('is reported as encrypted if it is', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    for (const type of ['pkcs8', 'sec1'] as const) {
      const locked = String(privateKey.export({ type, format: 'pem', cipher: 'aes-256-cbc', passphrase: 'hunter2' }));
      expect((await failureOf(() => readPrivateKey(form(locked), 'the key'))).message).toBe('the key is encrypted.');
      expect((await failureOf(() => keyRingOf(form(locked), 'a.key'))).message).toContain('protected by a passphrase');
    }
  });
});

it('a key may be a certificate or a key in DER, or PEM that PowerShell wrote', async () => {
  for (const file of [
    Buffer.from(certificate.pem.replaceAll(/-----.*-----|\s/g, ''), 'base64'),
    rsa.publicKey.export({ type: 'spki', format: 'der' }),
    rsa.privateKey.export({ type: 'pkcs8', format: 'der' }),
    Buffer.from(`\ufeff${certificate.pem}`, 'utf16le'),
  ]) {
    expect((await decode(token, keyRingOf(file, 'a.key'))).signature).toMatchObject({ state: 'verified' });
  }
});

it("blocks match other readers', each with its label; a block without an end is ignored", () => {
  const text = pem(rsa.publicKey, 'spki');
  expect(pemBlocks(`${text.replaceAll('\n', ' ')}${certificate.pem}`)).toEqual([
    { label: 'PUBLIC KEY', text, encrypted: false },
    { label: 'CERTIFICATE', text: certificate.pem, encrypted: false },
  ]);
  expect(pemBlocks(text.slice(0, 200))).toEqual([]);
});

it('texts that would slow down a careless search have no blocks', () => {
  const started = performance.now();
  for (const text of ['-----BEGIN A-----'.repeat(20_000), `${'-----BEGIN A-----x'.repeat(5000)}-----END B-----`])
    expect(pemBlocks(text)).toEqual([]);
  expect(performance.now() - started).toBeLessThan(5000);
});
