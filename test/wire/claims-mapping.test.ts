import { describe, expect, it } from 'vitest';
import { isReservedClaim, mappedClaims, sessionPath } from '../../src/wire/claims-mapping.ts';
import { ea } from '../../src/wire/edition/ea.ts';
import { preview } from '../../src/wire/edition/preview.ts';

const language = { name: 'language', expression: 'anonymous_session.metadata.language' };

describe('an expression', () => {
  it.each([
    ['anonymous_session.user_id', ['user_id']],
    ['anonymous_session.session_id', ['session_id']],
    ['anonymous_session.created_at', ['created_at']],
    ['anonymous_session.metadata', ['metadata']],
    ['anonymous_session.metadata.a.b', ['metadata', 'a', 'b']],
    ['anonymous_session.metadata.plan-tier', ['metadata', 'plan-tier']],
    [`anonymous_session.metadata.${'a'.repeat(228)}`, ['metadata', 'a'.repeat(228)]],
  ])('%s is a path', (expression, path) => {
    expect(sessionPath(expression)).toEqual(path);
  });

  it.each([
    '',
    'anonymous_session',
    'anonymous_session.',
    'anonymous_session.iss',
    'anonymous_session.metadata.',
    'anonymous_session.metadata..a',
    'anonymous_session.metadata.a b',
    "anonymous_session.metadata['a']",
    "anonymous_session.metadata.a || 'x'",
    'anonymous_session.metadata.é',
    'anonymous_session.user_id.length',
    'Anonymous_Session.user_id',
    ' anonymous_session.user_id',
    'user_id',
    'event.anonymous_session.user_id',
    'anonymous_session.constructor',
    `anonymous_session.metadata.${'a'.repeat(229)}`,
  ])('%j is not an expression', (expression) => {
    expect(sessionPath(expression)).toBeUndefined();
  });
});

it('reserved claims are detected in any case, and profile claims are not reserved', () => {
  const reserved = ['sub', 'SUB', 'Aud', 'scope', 'gty', 'permissions', 'org_id', 'at_hash', 'X5T#s256', '__proto__'];
  expect(reserved.filter((name) => !isReservedClaim(name))).toEqual([]);
  const free = ['language', 'locale', 'email', 'subject', 'session_id', 'https://shop.example/sub', 'toString'];
  expect(free.filter(isReservedClaim)).toEqual([]);
});

describe('what a session maps to', () => {
  const session = {
    user_id: 'anon|1',
    session_id: 'sess_1',
    created_at: '2026-06-01T12:00:00.000Z',
    metadata: { language: 'en', cart: { items: 3, note: null, list: ['a'] }, no: false, zero: 0, empty: '' },
    iss: 'https://tenant.example/',
  };

  it.each([
    ['user_id', 'anon|1'],
    ['session_id', 'sess_1'],
    ['created_at', '2026-06-01T12:00:00.000Z'],
    ['metadata.language', 'en'],
    ['metadata.cart.items', 3],
    ['metadata.cart.list', ['a']],
    ['metadata.no', false],
    ['metadata.zero', 0],
    ['metadata.empty', ''],
    ['metadata', session.metadata],
  ])('%s becomes a claim unchanged', (path, value) => {
    expect(mappedClaims([{ name: 'c', expression: `anonymous_session.${path}` }], session)).toEqual({ c: value });
  });

  it.each([
    'metadata.country',
    'metadata.cart.note',
    'metadata.cart.note.deeper',
    'metadata.language.length',
    'metadata.cart.list.0',
    'metadata.cart.list.length',
    'metadata.constructor',
    'metadata.toString',
    'metadata.__proto__',
    'iss',
  ])('%s leaves the claim out', (path) => {
    expect(mappedClaims([{ name: 'c', expression: `anonymous_session.${path}` }], session)).toEqual({});
  });

  it('never becomes a claim of the service, even if a mapping asks for it', () => {
    const mappings = ['sub', 'Scope', '__proto__'].map((name) => ({ name, expression: 'anonymous_session.user_id' }));
    expect(Object.keys(mappedClaims(mappings, session))).toEqual([]);
  });
});

describe.each([preview, ea])('edition $name', ({ claims }) => {
  it('reads the list that it writes, and leaves other members alone', () => {
    const before = claims.write([language], { access_token: { other: 1, claims_mapping: { more: 2 } }, name: 'x' });
    expect(claims.read(before)).toEqual([language]);
    expect(before).toMatchObject({ access_token: { other: 1, claims_mapping: { more: 2 } } });
    expect(Object.keys(before)).toEqual(['access_token']);
    expect(claims.read(claims.write([], before))).toEqual([]);
  });

  it.each([
    {},
    { access_token: null },
    { access_token: { claims_mapping: null, custom_claim_mappings: 'x' } },
    { access_token: { claims_mapping: { custom_claims: [null, 1, {}, { name: 'a' }] }, custom_claim_mappings: [[]] } },
  ])('reads no list in %j', (body) => {
    expect(claims.read(body)).toEqual([]);
  });
});

it('each edition has the list in its own place', () => {
  expect(preview.claims).toMatchObject({ heldBy: 'application', maxClaims: 10 });
  expect(preview.claims.write([language], {})).toEqual({ access_token: { custom_claim_mappings: [language] } });
  expect(ea.claims).toMatchObject({ heldBy: 'api', maxClaims: 20 });
  expect(ea.claims.write([language], {})).toEqual({ access_token: { claims_mapping: { custom_claims: [language] } } });
});
