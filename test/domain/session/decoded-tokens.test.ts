import { describe, expect, it } from 'vitest';
import { type Obtained, sessionToSave } from '../../../src/domain/session/decoded-tokens.ts';
import {
  isAccessTokenFresh,
  isExpired,
  replacing,
  type SavedSession,
} from '../../../src/domain/session/saved-session.ts';
import type { DecodedToken } from '../../../src/domain/token/decode.ts';
import { tokenTimes } from '../../../src/domain/token/times.ts';
import { noon } from '../../support/domain.ts';

const decoded = (claims: DecodedToken['claims']) =>
  ({ claims, times: tokenTimes(claims ?? {}, noon) }) as unknown as DecodedToken;

function obtained(more: Partial<Obtained> & { sessionToken?: string; left?: number } = {}): Obtained {
  const { sessionToken, left, ...others } = more;
  return {
    request: {
      app: { clientId: 'abc', name: 'web' },
      api: { audience: 'urn:shop', name: 'shop' },
      scope: undefined,
      metadata: { language: 'en' },
    },
    tokens: {
      ...{ sessionToken, accessToken: 'new', tokenType: 'Bearer', expiresInSeconds: 7200, scope: undefined },
      sessionExpiresInSeconds: left,
    },
    access: decoded({ sub: 'anon|1' }),
    session: undefined,
    nowMs: noon,
    clockOffsetMs: 0,
    ...others,
  };
}

const kept: SavedSession = {
  ...{ sessionToken: 'kept', accessToken: 'old', clientId: 'abc', audience: 'urn:shop', guestId: 'anon|1' },
  ...{ metadata: { cart: 1 }, createdAtMs: noon - 1000, sessionEndsAtMs: noon + 5000 },
};

describe('what is saved of a session', () => {
  it('is its tokens, its guest, its audience and its expiry', () => {
    expect(sessionToSave(obtained({ sessionToken: 'first', left: 60 }))).toEqual({
      ...{ sessionToken: 'first', accessToken: 'new', clientId: 'abc', audience: 'urn:shop', scope: undefined },
      ...{ appName: 'web', apiName: 'shop', guestId: 'anon|1', metadata: { language: 'en' }, createdAtMs: noon },
      ...{ accessEndsAtMs: noon + 7_200_000, sessionEndsAtMs: noon + 60_000, replaced: undefined },
    });
    expect(sessionToSave(obtained())).toBeUndefined();
  });

  it('comes from its token, if that can be read', () => {
    const ends = decoded({ metadata: { a: 1 }, exp: noon / 1000 + 9 });
    expect(sessionToSave(obtained({ sessionToken: 'first', session: ends }))).toMatchObject({
      metadata: { a: 1 },
      sessionEndsAtMs: noon + 9000,
    });
    const never = decoded({ metadata: {} });
    expect(sessionToSave(obtained({ sessionToken: 'first', session: never }))).toMatchObject({
      sessionEndsAtMs: null,
    });
  });

  it.each([
    ['earlier', { iat: noon / 1000, exp: noon / 1000 - 100 }, -100],
    ['earlier, by a clock far behind', { iat: 1000, exp: 1600 }, 600],
    ['later', { iat: noon / 1000, exp: noon / 1000 + 9000 }, 7200],
    ['at an unknown time', { exp: noon / 1000 - 100 }, 7200],
  ])('has an access token that ends when it says so itself, or its answer: %s', (_, claims, seconds) => {
    const access = decoded({ sub: 'anon|1', ...claims });
    expect(sessionToSave(obtained({ sessionToken: 'first', access }))).toMatchObject({
      accessEndsAtMs: noon + seconds * 1000,
    });
  });

  it('is nothing that cannot be saved, whatever its token contains', () => {
    const odd = decoded({ metadata: ['a'], exp: 1e300 });
    expect(sessionToSave(obtained({ sessionToken: 'first', session: odd }))).toMatchObject({
      metadata: { language: 'en' },
      sessionEndsAtMs: null,
    });
  });

  it('is the known data with what was sent, if the token is encrypted', () => {
    expect(sessionToSave(obtained({ sessionToken: 'second' }), kept)).toMatchObject({
      ...{ sessionToken: 'second', metadata: { cart: 1, language: 'en' }, createdAtMs: noon - 1000 },
      // It may have a longer life than the one before.
      sessionEndsAtMs: undefined,
    });
    expect(sessionToSave(obtained(), kept)).toMatchObject({ sessionToken: 'kept', sessionEndsAtMs: noon + 5000 });
    const unknown = { ...kept, metadata: undefined };
    expect(sessionToSave(obtained({ sessionToken: 'second' }), unknown)?.metadata).toBeUndefined();
  });
});

describe('a saved session', () => {
  it('has expired if its expiry is known and past', () => {
    expect(isExpired({ ...kept, sessionEndsAtMs: noon }, noon)).toBe(true);
    expect(isExpired({ ...kept, sessionEndsAtMs: noon + 1 }, noon)).toBe(false);
    expect([null, undefined].map((sessionEndsAtMs) => isExpired({ ...kept, sessionEndsAtMs }, noon))).toEqual([
      false,
      false,
    ]);
  });

  it('has an access token that is valid for another minute, or of unknown expiry', () => {
    expect(isAccessTokenFresh({ ...kept, accessEndsAtMs: noon + 60_000 }, noon)).toBe(true);
    expect(isAccessTokenFresh({ ...kept, accessEndsAtMs: noon + 59_999 }, noon)).toBe(false);
    expect(isAccessTokenFresh(kept, noon)).toBe(false);
  });

  it('lists the guests it replaced, the latest first', () => {
    const second = replacing({ ...kept, guestId: 'anon|2' }, kept, noon);
    expect(replacing({ ...kept, guestId: 'anon|3' }, second, noon + 1).replaced).toEqual([
      { guestId: 'anon|2', untilMs: noon + 1 },
      { guestId: 'anon|1', untilMs: noon },
    ]);
  });

  it('lists at most a hundred of them', () => {
    const guests = Array.from({ length: 150 }, (_, number) => ({ ...kept, guestId: `anon|${number}` }));
    const last = guests.reduce<SavedSession>((before, next) => replacing(next, before, noon), kept);
    expect(last.replaced).toHaveLength(100);
    expect(last.replaced?.[0]?.guestId).toBe('anon|148');
  });
});
