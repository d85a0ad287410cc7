import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findSensitive } from '../../../src/domain/session/sensitive.ts';
import { rsa } from '../../support/tokens.ts';

const kinds = (value: unknown, key = 'note') => findSensitive({ [key]: value }).map(({ kind }) => kind);

describe('what looks like', () => {
  it.each([
    ['a card number', '4111111111111111'],
    ['a card number', '4111 1111 1111 1111'],
    ['a card number', '5555-5555-5555-4444'],
    ['a card number', 'paid with 378282246310005, thanks'],
    ['a card number', 4111111111111111],
    ['a national id', '12345678Z'],
    ['a national id', 'X1234567L'],
    ['a national id', 'RSSMRA85T10A562S'],
    ['a national id', '529.982.247-25'],
    ['a national id', '2341 2341 2346'],
    ['a national id', '11010519491231002X'],
    ['a national id', '123-45-6789'],
    ['a password', 'postgres://shop:hunter2@db.example.com/shop'],
    ['a private key', `${rsa.privateKey.export({ type: 'pkcs8', format: 'pem' })}`],
    ['a private key', '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA'],
    ['a private key', rsa.jwk],
    ['a private key', { kty: 'oct', k: 'AAAA' }],
    ['a token', 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln'],
    ['a token', 'Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln'],
    ['a token', 'ANONYMOUS_SESSION_eyJhbGciOiJkaXIi'],
    ['an API key', `sk_${'live'}_4eC39HqLyjWDarjtT1zdp7dc`],
    ['an API key', `ghp_${'a'.repeat(36)}`],
    ['an API key', `AKIA${'A'.repeat(16)}`],
    ['an API key', `xoxb-${'1'.repeat(12)}`],
  ])('%s: %#', (kind, value) => {
    expect(kinds(value)).toEqual([kind]);
  });

  it.each([
    ['password', 'a password'],
    ['userPassword', 'a password'],
    ['user_passwd', 'a password'],
    ['PIN', 'a password'],
    ['api_key', 'an API key'],
    ['stripeApiKey', 'an API key'],
    ['access-token', 'a token'],
    ['clientSecret', 'a secret'],
    ['cvv', 'a card number'],
  ])('by the name of its key: %s', (key, kind) => {
    expect(kinds('x', key)).toEqual([kind]);
    expect(kinds('', key)).toEqual([]);
    expect(kinds(true, key)).toEqual([]);
  });

  it.each([
    ['pesel', '44051401359'],
    ['cpf', '52998224725'],
    ['ssn', 123456789],
    ['aadhaar', '234123412346'],
  ])('a national id in digits alone, where the key says so: %s', (key, value) => {
    expect(kinds(value, key)).toEqual(['a national id']);
    expect(kinds(value, 'order')).toEqual([]);
  });
});

it.each([
  ['en'],
  [''],
  [true],
  [1764000000000],
  ['1764000000000'],
  ['4111111111111112'],
  ['00000000-4111-1111-1111-111111111111'],
  ['2026-06-01T12:00:00.000Z'],
  ['12345678A'],
  ['000-45-6789'],
  ['+1 202-555-0143'],
  ['anon|0b5a2f8e-5f0c-4a58-9d4e-2f7d3a9f1c11'],
  ['https://example.com/a:b@c'],
  ['spring-sale'],
  [['a', 1, null]],
  [{ kty: 'RSA', n: 'AAAA', e: 'AQAB' }],
])('an everyday value is not taken for any: %j', (value) => {
  expect(kinds(value)).toEqual([]);
});

it.each(['password_changed', 'pinned', 'secretary', 'compass', 'passport', 'tokens', 'language', 'keyboard'])(
  'an everyday key is not either: %s',
  (key) => {
    expect(kinds('x', key)).toEqual([]);
  },
);

it('is named by its path, and nothing of the value, not even where the value is the key', () => {
  expect(
    findSensitive({
      a: { 'b.c': ['x', '4111111111111111'] },
      '4111111111111111': { password: 'hunter2' },
      user: { password: 'hunter2', language: 'en' },
    }),
  ).toEqual(
    expect.arrayContaining([
      { path: 'a.b.c.1', kind: 'a card number' },
      { path: '(a key)', kind: 'a card number' },
      { path: '(a key).password', kind: 'a password' },
      { path: 'user.password', kind: 'a password' },
    ]),
  );
});

it('takes any text without failing', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (metadata) => {
      expect(Array.isArray(findSensitive(metadata as Record<string, unknown>))).toBe(true);
    }),
    { seed: 4, numRuns: 300 },
  );
});

it('takes a long text in time', () => {
  const started = performance.now();
  for (const piece of ['1', '1 ', 'eyJ', 'eyJa.', 'a://', 'A', '-----BEGIN ', 'sk-']) kinds(piece.repeat(100_000));
  expect(performance.now() - started).toBeLessThan(10_000);
});
