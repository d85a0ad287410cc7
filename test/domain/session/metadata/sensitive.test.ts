import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findSensitive } from '../../../../src/domain/session/metadata/sensitive.ts';
import { rsa } from '../../../support/tokens.ts';

const kinds = (value: unknown, key = 'note') => findSensitive({ [key]: value }).map(({ kind }) => kind);

describe('what looks like', () => {
  it.each([
    ['a card number', '4111111111111111'],
    ['a card number', '4111 1111 1111 1111'],
    ['a card number', '5555-5555-5555-4444'],
    ['a card number', 'paid with 378282246310005, thanks'],
    ['a card number', 'paid with 4111111111111111 exp 12/29'],
    ['a card number', '4111 1111 1111 1111 12/29 123'],
    ['a card number', '4111\u00a01111\u00a01111\u00a01111'],
    ['a card number', '3782 822463 10005'],
    ['a card number', '3056 930902 5904'],
    ['a card number', '6250941006528599'],
    ['a card number', 4111111111111111],
    ['a national id', '12345678Z'],
    ['a national id', 'X1234567L'],
    ['a national id', 'RSSMRA85T10A562S'],
    ['a national id', '529.982.247-25'],
    ['a national id', '2341 2341 2346'],
    ['a national id', '11010519491231002X'],
    ['a national id', '123-45-6789'],
    ['a national id', '131052-308T'],
    ['a national id', 'AB 12 34 56 C'],
    ['a password', 'postgres://shop:hunter2@db.example.com/shop'],
    ['a private key', `${rsa.privateKey.export({ type: 'pkcs8', format: 'pem' })}`],
    ['a private key', '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA'],
    ['a private key', rsa.jwk],
    ['a private key', { kty: 'oct', k: 'AAAA' }],
    ['a private key', JSON.stringify(rsa.jwk)],
    ['a private key', '-----BEGIN PGP PRIVATE KEY BLOCK-----'],
    ['a private key', 'PuTTY-User-Key-File-3: ssh-ed25519'],
    ['a token', 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln'],
    ['a token', 'Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln'],
    ['a token', 'ANONYMOUS_SESSION_eyJhbGciOiJkaXIi'],
    ['a token', `Bearer ${'a1'.repeat(16)}`],
    ['an API key', `sk_${'live'}_4eC39HqLyjWDarjtT1zdp7dc`],
    ['an API key', `ghp_${'a'.repeat(36)}`],
    ['an API key', `AKIA${'A'.repeat(16)}`],
    ['an API key', `xoxb-${'1'.repeat(12)}`],
    ['an API key', `sk-proj-${'aB3'.repeat(10)}`],
    ['an API key', `shpat_${'a1'.repeat(16)}`],
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
    ['authorization', 'a token'],
  ])('by the name of its key: %s', (key, kind) => {
    expect(kinds('x', key)).toEqual([kind]);
    expect(kinds('', key)).toEqual([]);
    expect(kinds(true, key)).toEqual([]);
    expect(kinds('yes', `has_${key}`)).toEqual([]);
  });

  it('also in a list', () => {
    expect(findSensitive({ passwords: ['a', 'b'], user: { pin: [1] } })).toEqual([
      { path: 'passwords.0', kind: 'a password' },
      { path: 'passwords.1', kind: 'a password' },
      { path: 'user.pin.0', kind: 'a password' },
    ]);
  });

  it('also inside JSON in a string', () => {
    const cart = JSON.stringify({ items: 3, pay: { card: '4111111111111111' }, user: { password: 'x' } });
    expect(findSensitive({ cart })).toEqual([
      { path: 'cart.pay.card', kind: 'a card number' },
      { path: 'cart.user.password', kind: 'a password' },
    ]);
    expect(kinds('{"items":3}')).toEqual([]);
    expect(kinds('{x')).toEqual([]);
  });

  it.each([
    ['pesel', '44051401359'],
    ['cpf', '52998224725'],
    ['ssn', 123456789],
    ['aadhaar', '234123412346'],
    ['nationalId', '12.345.678'],
    ['social_security_number', '123456789'],
    ['passport_number', 'C01X00T47'],
  ])('a national id in digits, if the key names it: %s', (key, value) => {
    expect(kinds(value, key)).toEqual(['a national id']);
    expect(kinds(value, 'order')).toEqual([]);
    expect(kinds('on file', key)).toEqual([]);
  });

  it('a token of any form, if the key names it and it is long', () => {
    expect(kinds('0123456789abcdef', 'token')).toEqual(['a token']);
    expect(kinds('0123456789abcde', 'token')).toEqual([]);
    expect(kinds('0123456789abcdef', 'tokens')).toEqual([]);
  });

  it('a card number in another form, if the key names it', () => {
    expect(kinds('4111.1111.1111.1111', 'card')).toEqual(['a card number']);
    expect(kinds('4222222222222', 'card_number')).toEqual(['a card number']);
    expect(kinds('4222222222222', 'article')).toEqual([]);
    expect(kinds('visa', 'card')).toEqual([]);
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
  ['sk-bratislava-stare-mesto-hlavna'],
  ['the bearer of good news'],
  // Numbers that pass the checksum of cards, and are none.
  ['+4915100000004'],
  ['4915100000004'],
  ['+49 151 00000004'],
  ['4007630000009'],
  ['gid://shopify/Product/4503604950005'],
  ['404-0000000-0000002'],
  ['411111111111111100'],
  ['5123456789012300002'],
  ['260601-1234'],
  [['a', 1, null]],
  [{ kty: 'RSA', n: 'AAAA', e: 'AQAB' }],
])('an everyday value is not sensitive: %j', (value) => {
  expect(kinds(value)).toEqual([]);
});

it.each(['password_changed', 'pinned', 'secretary', 'compass', 'passport', 'tokens', 'language', 'keyboard'])(
  'an everyday key is not sensitive: %s',
  (key) => {
    expect(kinds('x', key)).toEqual([]);
  },
);

it('is named by its path, never by its value, even if the value is the key', () => {
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

it('does not apply to what an update removes', () => {
  expect(findSensitive({ '4111111111111111': null, password: null })).toEqual([]);
});

it('handles any text', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (metadata) => {
      expect(Array.isArray(findSensitive(metadata as Record<string, unknown>))).toBe(true);
    }),
    { seed: 4, numRuns: 300 },
  );
});

it('handles long text quickly', () => {
  const started = performance.now();
  const pieces = [
    '1',
    '1 ',
    '4111 ',
    'eyJ',
    'eyJa.',
    'a://',
    'A',
    'AB 12 ',
    '-----BEGIN ',
    'sk-',
    'Bearer ',
    '[',
    '{"a":',
  ];
  for (const piece of pieces) kinds(piece.repeat(100_000), 'ssn');
  expect(performance.now() - started).toBeLessThan(10_000);
});
