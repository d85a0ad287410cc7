import { describe, expect, it } from 'vitest';
import type { App } from '../../../src/domain/app/app.ts';
import { carrierIn, parseCarrier } from '../../../src/domain/rehearsal/carrier.ts';
import { lastingChanges, profileChanges, rehearsalRedirectUri } from '../../../src/domain/rehearsal/login.ts';
import { editionNamed } from '../../../src/wire/edition/editions.ts';
import { sampleCallbacks } from '../../../src/wire/sample.ts';

const [preview, ea] = [editionNamed('preview'), editionNamed('ea')];

describe('the carrier', () => {
  it('is by default the one that the edition has for it', () => {
    expect([carrierIn(preview, undefined), carrierIn(ea, undefined)]).toEqual(['query', 'ticket']);
    expect([carrierIn(preview, 'cookie'), carrierIn(ea, 'header')]).toEqual(['cookie', 'header']);
  });

  it('cannot be a ticket where there are none', () => {
    expect(() => carrierIn(preview, 'ticket')).toThrow(
      expect.objectContaining({ code: 'edition_unsupported', message: 'Edition preview has no transfer tickets.' }),
    );
  });

  it('is one of four words', () => {
    expect(parseCarrier('query')).toBe('query');
    expect(() => parseCarrier('pigeon')).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});

describe('the redirect URI', () => {
  const uriFor = (callbacks: readonly string[] | null) =>
    rehearsalRedirectUri({ name: 'my web', body: { callbacks } } as unknown as App, ' --profile local');

  it('leads nowhere if the callbacks allow it, and otherwise to the first without a wildcard', () => {
    expect(uriFor(['https://shop.example/callback', ...sampleCallbacks])).toBe('http://localhost:0/rehearsal');
    expect(uriFor(['https://*.shop.example/callback', 'app://callback', 'https://b.example/'])).toBe('app://callback');
  });

  it.each([
    [[], 'has no callback'],
    [null, 'has no callback'],
    [['https://*.shop.example/callback'], 'has only callbacks with a wildcard'],
  ])('is missing for %j', (callbacks, words) => {
    expect(() => uriFor(callbacks)).toThrow(
      expect.objectContaining({
        code: 'failed',
        message: `Application 'my web' ${words}, so the login would lead nowhere.`,
        hint: "Add one: anon-cli app callbacks add 'my web' http://localhost:3000/callback --profile local",
      }),
    );
  });
});

describe('differences', () => {
  const change = (path: string) => ({ path, before: 1, after: 2 });
  const volatile = ['iat', 'exp', 'jti', 'nonce', 'at_hash', 'sid', 'auth_time'].map((claim) => `claims.${claim}`);
  const compared = ['header', 'claims'] as const;

  it('between tokens are those that another login would not make', () => {
    const changes = [...volatile, 'claims.sub', 'claims.cart', 'claims.cart.exp', 'header.kid'].map(change);
    expect(lastingChanges({ same: false, changes, compared }, false)).toMatchObject({
      ...{ same: false, changes: ['claims.sub', 'claims.cart', 'claims.cart.exp', 'header.kid'].map(change) },
    });
    expect(lastingChanges({ same: false, changes: volatile.map(change), compared }, false).same).toBe(true);
  });

  it('between tokens of a new user are not the id, which each sign-up makes anew', () => {
    expect(lastingChanges({ same: false, changes: [change('claims.sub')], compared }, true).same).toBe(true);
  });

  it('between tokens that cannot be read are unknown', () => {
    expect(lastingChanges({ same: false, changes: [], compared: [] }, false).same).toBe(false);
  });

  const user = {
    email: 'jane@example.com',
    user_metadata: { a: 1 },
    logins_count: 1,
    last_login: 'x',
    updated_at: 'x',
  };

  it('in a profile are those that a login does not always make', () => {
    const after = { ...user, user_metadata: {}, app_metadata: { cart: 'tea' }, logins_count: 2, last_login: 'y' };
    expect(profileChanges(user, after)).toEqual([
      { path: 'user_metadata.a', before: 1, after: undefined },
      { path: 'app_metadata.cart', before: undefined, after: 'tea' },
    ]);
  });

  it('in the profile of a new user are the metadata', () => {
    expect(profileChanges(undefined, user)).toEqual([{ path: 'user_metadata.a', before: undefined, after: 1 }]);
    expect(profileChanges(undefined, undefined)).toEqual([]);
  });
});
