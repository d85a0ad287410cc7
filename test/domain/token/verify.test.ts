import { createSign, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checkNames } from '../../../src/domain/token/check.ts';
import { publicKeys } from '../../../src/domain/token/key-source.ts';
import { keyProblem } from '../../../src/jose/algorithms.ts';
import { noon } from '../../support/domain.ts';
import { openTenant } from '../../support/local.ts';
import { ec, otherRsa, pairOf, part, rsa } from '../../support/tokens.ts';
import {
  acmeKeys,
  everything,
  failures,
  goodClaims,
  goodToken,
  keysOf,
  stateOf,
  unknowns,
  verify,
} from '../../support/verification.ts';

const now = noon / 1000;

describe('a valid access token', () => {
  it('is valid, with every check in order, and its claims', async () => {
    const verification = await verify(await goodToken());
    expect(verification.valid).toBe(true);
    expect(verification.claims).toEqual(goodClaims);
    expect(verification.checks.map(({ check }) => check)).toEqual(checkNames);
    const skipped = verification.checks.filter(({ state }) => state !== 'ok');
    expect(skipped).toEqual([{ check: 'nbf', state: 'skipped', detail: 'not set' }]);
  });

  it.each(['Bearer ', 'bearer\t', '  \n', ''])('can have %j before it and white space after it', async (before) => {
    expect(await verify(`${before}${await goodToken()}\n`)).toMatchObject({ valid: true });
  });

  it('is valid in both editions of the local tenant, and its session token never is', async () => {
    for (const edition of ['preview', 'ea'] as const) {
      const tenant = await openTenant({ edition });
      const { access_token, session_token } = await tenant.session();
      const { body } = await tenant.send('GET', '/.well-known/jwks.json');
      const expected = { issuer: tenant.issuer, audience: tenant.api.identifier, guest: true };
      expect(failures(await verify(access_token, expected, keysOf(...body.keys)))).toEqual({});
      expect(failures(await verify(session_token, expected, keysOf(...body.keys)))).toEqual({
        kind: expect.stringContaining('is that of a session token'),
      });
    }
  });

  it('leaves unchecked what is not expected, and reports why', async () => {
    const { valid, checks } = await verify(await goodToken(), {});
    expect(valid).toBe(true);
    expect(checks.filter(({ state }) => state === 'skipped')).toEqual([
      { check: 'iss', state: 'skipped', detail: 'no expected issuer given (--issuer)' },
      { check: 'aud', state: 'skipped', detail: 'no expected API given (--api or --audience)' },
      { check: 'nbf', state: 'skipped', detail: 'not set' },
      { check: 'scope', state: 'skipped', detail: 'no required scopes given (--scopes)' },
      {
        check: 'guest',
        state: 'skipped',
        detail: "a guest: 'sub' begins with anon|; no expectation given (--guest or --no-guest)",
      },
    ]);
  });
});

describe('the claims of a token with a verified signature', () => {
  it.each<[string, object, object]>([
    ['another issuer', { iss: 'https://other.example/' }, { iss: /^https:\/\/other.example\/; expected / }],
    ['an issuer without the slash', { iss: 'https://acme.example' }, { iss: /expected https:\/\/acme.example\/$/ }],
    ['an issuer that is a list', { iss: ['https://acme.example/'] }, { iss: /not a string/ }],
    ['no issuer', { iss: undefined }, { iss: /no issuer/ }],
    ['another API', { aud: 'https://other.example' }, { aud: /^https:\/\/other.example; expected / }],
    ['an API that only begins so', { aud: 'https://api.example/v2' }, { aud: /v2; expected/ }],
    ['a list without the API', { aud: ['a', 'b'] }, { aud: /^a, b; expected / }],
    ['an empty list', { aud: [] }, { aud: /no audience/ }],
    ['a list with what is no text', { aud: ['https://api.example', 7] }, { aud: /not a string or a list/ }],
    ['no API', { aud: undefined }, { aud: /no audience/ }],
    ['an end that is now', { exp: now }, { exp: 'expired 2026-06-01 12:00:00 UTC' }],
    ['no end', { exp: undefined }, { exp: 'not set: an access token must expire' }],
    ['an end in words', { exp: String(now + 60) }, { exp: 'not a time' }],
    ['an end beyond all time', { exp: 1e300 }, { exp: 'not a time' }],
    ['an end before 1970', { exp: -1 }, { exp: 'not a time' }],
    ['null for an end', { exp: null }, { exp: 'not a time' }],
    ['a beginning to come', { nbf: now + 1 }, { nbf: 'not valid before 2026-06-01 12:00:01 UTC' }],
    ['an issue to come', { iat: now + 1 }, { iat: /issued in the future/ }],
    ['no scope', { scope: undefined }, { scope: 'lacks read:catalog' }],
    ['a scope that only begins so', { scope: 'read:catalogue' }, { scope: 'lacks read:catalog' }],
    ['scopes in a list', { scope: ['read:catalog'] }, { scope: 'not a string' }],
    ['a user', { sub: 'auth0|1' }, { guest: "not a guest: 'sub' has no guest prefix" }],
    ['a user called so', { sub: 'anonymous|1' }, { guest: "not a guest: 'sub' has no guest prefix" }],
    ['nobody', { sub: undefined }, { guest: "no 'sub': cannot tell whether it is a guest" }],
    ['what only an ID token says', { scope: undefined, nonce: 'n' }, { kind: /claims are those of an ID token/ }],
    ['a hash of what came with it', { scope: undefined, at_hash: 'h' }, { kind: /claims are those of an ID token/ }],
    [
      'what only a logout token says',
      { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } },
      { kind: /claims are those of a logout token/ },
    ],
    [
      'a session token without its typ',
      { aud: undefined, session_id: 'sess_1', user_id: 'anon|1' },
      { kind: /claims/ },
    ],
  ])('are refused with %s', async (_, claims, expected) => {
    const verification = await verify(await goodToken(claims));
    expect(verification.valid).toBe(false);
    expect(verification.claims).toBeDefined();
    const told = failures(verification);
    for (const [check, detail] of Object.entries(expected)) {
      expect(told[check as 'iss']).toMatch(detail);
    }
    const [name] = Object.keys(expected);
    const others = Object.keys(told).filter((check) => check !== name);
    expect(others.filter((check) => name !== 'kind' || !['aud', 'scope'].includes(check))).toEqual([]);
  });

  it.each<[string, object, object]>([
    ['an API among others', { aud: ['x', 'https://api.example'] }, {}],
    ['a guest of edition ea', { sub: 'anon@6a0e7f5e' }, {}],
    ['a user where no guest may come', { sub: 'auth0|1' }, { guest: false }],
    ['events of its own', { events: { 'cart-filled': 1 } }, {}],
    ["a nonce, as some issuers' access tokens have", { nonce: 'n' }, {}],
    ['an end a second away', { exp: now + 1 }, {}],
    ['a fraction of a second', { exp: now + 0.5, iat: now - 0.5 }, {}],
    ['a beginning that is now', { nbf: now }, {}],
    ['no scope where none is needed', { scope: undefined }, { scopes: [] }],
  ])('are accepted with %s', async (_, claims, expected) => {
    expect(failures(await verify(await goodToken(claims), { ...everything, ...expected }))).toEqual({});
  });

  it('are refused for a guest if no guests are accepted', async () => {
    expect(failures(await verify(await goodToken(), { ...everything, guest: false }))).toEqual({
      guest: "a guest: 'sub' begins with anon|",
    });
  });

  it('are refused if the clock tolerance is not a number, as from an empty variable', async () => {
    const ended = await goodToken({ exp: now - 3600, nbf: now + 3600 });
    const told = failures(await verify(ended, { ...everything, clockToleranceSeconds: Number.NaN }));
    expect(Object.keys(told)).toEqual(['exp', 'nbf', 'iat']);
  });

  it.each([undefined, '', 'read:catalog  write:cart'])('have no scope without a name: %j', async (scope) => {
    const told = failures(await verify(await goodToken({ scope }), { ...everything, scopes: [''] }));
    expect(told).toEqual({ scope: 'lacks ' });
  });

  it('can be off by the clock tolerance, to the second', async () => {
    const expected = { ...everything, clockToleranceSeconds: 30 };
    for (const [claims, check] of [
      [{ exp: now - 29 }, undefined],
      [{ exp: now - 30 }, 'exp'],
      [{ nbf: now + 30, iat: now + 30 }, undefined],
      [{ nbf: now + 31 }, 'nbf'],
      [{ iat: now + 31 }, 'iat'],
    ] as const) {
      expect(Object.keys(failures(await verify(await goodToken(claims), expected)))).toEqual(
        [check].flatMap((c) => c ?? []),
      );
    }
  });
});

describe('claims are checked only if the signature is verified', () => {
  it('and are not reported otherwise', async () => {
    const [head, , signature] = (await goodToken()).split('.');
    const verification = await verify(`${head}.${part({ ...goodClaims, scope: 'admin' })}.${signature}`);
    expect(verification).toMatchObject({ valid: false, claims: undefined });
    expect(failures(verification)).toEqual({ signature: 'it does not match key k1 of the set' });
    for (const check of ['claims', 'iss', 'aud', 'exp', 'nbf', 'iat', 'scope', 'guest'] as const)
      expect(stateOf(verification, check)).toBe('skipped');
    expect(verification.checks.at(-1)?.detail).toBe('not reached: signature failed');
  });
});

describe('the keys', () => {
  it('are not even fetched if the token cannot be valid', async () => {
    const keys = {
      ...acmeKeys,
      find: async () => {
        throw new Error('nobody may ask');
      },
    };
    const [head, body] = (await goodToken()).split('.');
    for (const token of [
      'x',
      `${head}.${body}.`,
      `${part({ alg: 'none' })}.${body}.`,
      `${part({ alg: 'HS256' })}.${body}.AA`,
    ])
      expect(await verify(token, everything, keys)).toMatchObject({ valid: false });
    await expect(verify(await goodToken(), everything, keys)).rejects.toThrow('nobody may ask');
  });

  it('without an id are tried for a token that names one, and all are tried for one that names none', async () => {
    const { kid: _, ...nameless } = { ...rsa.publicJwk, kid: undefined };
    expect(failures(await verify(await goodToken(), everything, keysOf(nameless)))).toEqual({});
    expect(failures(await verify(await goodToken({}, { kid: undefined })))).toEqual({});
    const unknown = await verify(await goodToken({}, { kid: 'k2' }));
    expect([failures(unknown), unknowns(unknown)]).toEqual([{}, { signature: 'the set has no key k2' }]);
  });

  it.each<[string, object]>([
    ['for encryption', { use: 'enc' }],
    ['for operations that are not checking', { key_ops: ['encrypt'] }],
    ['for an algorithm of another kind of key', { alg: 'ES256' }],
    ['for a shared secret', { alg: 'HS256' }],
    ['for sealing', { alg: 'RSA-OAEP' }],
    ['for nothing', { alg: 'none' }],
  ])('%s do not count', async (_, members) => {
    const jwk = { ...rsa.publicJwk, ...members };
    expect(await verify(await goodToken(), everything, keysOf(jwk))).toMatchObject({ valid: false });
    // Nor where it is known for which algorithm a set's keys for signatures are.
    expect(publicKeys([jwk], 'the set', 'RS256').map((key) => keyProblem(key.jwk)?.otherUse)).toEqual([true]);
  });

  it('that are too short do not count', async () => {
    const { privateKey, publicJwk } = pairOf(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey);
    const text = `${part({ alg: 'RS256', kid: 'k1' })}.${part(goodClaims)}`;
    const token = `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey, 'base64url')}`;
    const verification = await verify(token, everything, keysOf({ ...publicJwk, kid: 'k1' }));
    expect([verification.valid, failures(verification)]).toEqual([false, {}]);
    expect(unknowns(verification)).toEqual({
      signature: 'key k1 of the set is too weak to trust: 1024 bits (minimum: 2048)',
    });
  });

  it('can have the same id: each is tried', async () => {
    const keys = keysOf(
      { ...otherRsa.publicJwk, kid: 'k1' },
      { ...ec.publicJwk, kid: 'k1' },
      { ...rsa.publicJwk, kid: 'k1' },
    );
    expect(failures(await verify(await goodToken(), everything, keys))).toEqual({});
  });

  it('can be private: their public half is used', async () => {
    expect(failures(await verify(await goodToken(), everything, keysOf({ ...rsa.jwk, key_ops: ['sign'] })))).toEqual(
      {},
    );
  });
});
