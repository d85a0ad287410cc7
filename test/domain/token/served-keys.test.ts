import { describe, expect, it } from 'vitest';
import { type CachedKeys, type KeyCache, servedKeys } from '../../../src/domain/token/served-keys.ts';
import { keyProblem } from '../../../src/jose/algorithms.ts';
import { failureOf, json, noon, scriptedConnection } from '../../support/domain.ts';
import { ec, otherRsa, rsa, sign } from '../../support/tokens.ts';
import { everything, failures, goodClaims, goodToken, unknowns, verify } from '../../support/verification.ts';

const k1 = { ...rsa.publicJwk, kid: 'k1' };
const k2 = { ...otherRsa.publicJwk, kid: 'k2' };
const path = '/.well-known/jwks.json';

type Answers = Parameters<typeof scriptedConnection>[0];

/** The keys of `acme.example`, which gives these answers, as one command after the other finds them. */
function served(answers: Answers, options: { offline?: boolean; kept?: CachedKeys } = {}) {
  const kept = new Map<string, CachedKeys>(options.kept && [[options.kept.url, options.kept]]);
  const cache: KeyCache = {
    get: async (url) => kept.get(url),
    put: async (keys) => void kept.set(keys.url, keys),
  };
  const connection = scriptedConnection(answers);
  const source = () =>
    servedKeys(connection, {
      path,
      origin: 'https://acme.example/',
      ofGuests: 'RS256',
      cache,
      offline: options.offline,
    });
  return {
    kept,
    sent: connection.sent,
    pass: (seconds: number) => connection.clock.wait(seconds * 1000),
    kids: async (kid?: string) => (await source().find(kid)).map(({ jwk }) => jwk.kid),
    source,
  };
}

const with1 = (cacheControl?: string) =>
  json({ keys: [k1] }, 200, cacheControl ? { 'cache-control': cacheControl } : {});

describe('the keys that a tenant serves are saved', () => {
  it.each<[string | undefined, number]>([
    [undefined, 600],
    ['max-age=3600', 3600],
    ['public, max-age=15, stale-while-revalidate=15, stale-if-error=86400', 15],
    ['MAX-AGE="120"', 120],
    ['s-maxage=7200', 600],
    ['max-age=31536000, immutable', 86_400],
    ['max-age=999999999999', 86_400],
    ['max-age=soon', 600],
  ])('with %j for %d seconds, and then fetched again', async (cacheControl, seconds) => {
    const { kids, pass, sent } = served([with1(cacheControl), json({ keys: [k1, k2] })]);
    expect(await kids('k1')).toEqual(['k1']);
    await pass(seconds - 1);
    expect(await kids('k1')).toEqual(['k1']);
    expect(sent).toEqual([`GET ${path}`]);
    await pass(1);
    expect(await kids()).toEqual(['k1', 'k2']);
    expect(sent).toHaveLength(2);
  });

  it.each(['max-age=0, must-revalidate', 'no-cache', 'no-cache, max-age=600'])(
    'with %j for --offline only',
    async (cacheControl) => {
      const { kids, kept } = served([with1(cacheControl), with1(cacheControl)]);
      expect([await kids('k1'), await kids('k1')]).toEqual([['k1'], ['k1']]);
      expect(await served([], { offline: true, kept: [...kept.values()][0] }).kids('k1')).toEqual(['k1']);
    },
  );

  it('without invalid keys among them', async () => {
    const { kids } = served([json({ keys: [null, 'k', { kid: 'k1' }, { ...k2, kid: 5 }, k1] })]);
    // Its number is no name, but it is a key.
    expect(await kids()).toEqual([undefined, 'k1']);
  });

  it('not at all if that is forbidden', async () => {
    const { kids, kept } = served([with1('no-store, max-age=60'), with1('no-store')]);
    expect([await kids('k1'), await kids('k1')]).toEqual([['k1'], ['k1']]);
    expect(kept.size).toBe(0);
  });

  it('without trusting a clock that was set back', async () => {
    const kept = { url: `https://acme.example${path}`, fetchedAtMs: noon + 1000, freshForSeconds: 600, keys: [k2] };
    const { kids } = served([with1()], { kept });
    expect(await kids()).toEqual(['k1']);
  });
});

describe('a key that is not among them', () => {
  it('causes another fetch, but not within half a minute after a failed one', async () => {
    const both = json({ keys: [k1, k2] }, 200, { 'cache-control': 'max-age=3600' });
    const { kids, pass, sent } = served([with1('max-age=3600'), both, both, both]);
    expect(await kids('k1')).toEqual(['k1']);
    expect(await kids('k2')).toEqual(['k2']);
    expect(sent).toHaveLength(2);
    for (const kid of ['made up', 'made up too', '__proto__']) expect(await kids(kid)).toEqual([]);
    await pass(29);
    expect(await kids('made up')).toEqual([]);
    expect(await kids('k2')).toEqual(['k2']);
    expect(sent).toHaveLength(3);
    await pass(1);
    expect(await kids('made up')).toEqual([]);
    expect(sent).toHaveLength(4);
  });

  it('causes no other fetch right after one for it', async () => {
    const { kids, sent } = served([with1('max-age=3600')]);
    expect([await kids('k2'), await kids('k2'), await kids('k1')]).toEqual([[], [], ['k1']]);
    expect(sent).toHaveLength(1);
  });

  it('is found immediately after a rotation', async () => {
    const { source } = served([with1('max-age=3600'), json({ keys: [k1, k2] })]);
    expect(failures(await verify(await goodToken(), undefined, source()))).toEqual({});
    const rotated = await sign(goodClaims, otherRsa.privateKey, { alg: 'RS256', kid: 'k2' });
    expect(failures(await verify(rotated, undefined, source()))).toEqual({});
  });
});

describe('offline', () => {
  const url = `https://acme.example${path}`;

  it('saved keys are used at any age, and nothing is fetched', async () => {
    const kept = { url, fetchedAtMs: noon - 90 * 86_400_000, freshForSeconds: 60, keys: [k1] };
    const { kids, sent, source } = served([], { kept, offline: true });
    expect([await kids('k1'), await kids('k2')]).toEqual([['k1'], []]);
    expect(source().origin).toBe('the saved key set of https://acme.example/');
    expect(sent).toEqual([]);
  });

  it('there are no keys if none are saved', async () => {
    const { kids } = served([], { offline: true });
    expect(await failureOf(() => kids('k1'))).toMatchObject({
      code: 'not_found',
      message: 'No saved keys for https://acme.example/, and --offline prevents fetching them.',
      hint: 'Verify once without --offline, or pass the keys: --jwks <file>',
    });
  });
});

describe('a tenant without a key set', () => {
  it.each<[string, Answers[number], string]>([
    ['has no such address', json({ keys: [k1] }, 404), 'response_invalid'],
    ['answers something else', json({ jwks: [] }), 'response_invalid'],
    ['answers a page', () => new Response('<html>'), 'tenant_unreachable'],
    [
      'leads elsewhere',
      () => new Response('', { status: 302, headers: { location: 'http://evil.example/' } }),
      'tenant_unreachable',
    ],
    ['is in trouble', () => new Response('', { status: 503 }), 'server_error'],
  ])('%s: the token is not checked', async (_, answer, code) => {
    const { source, kept } = served([answer, answer, answer, answer]);
    expect(await failureOf(async () => verify(await goodToken(), undefined, source()))).toMatchObject({ code });
    expect(kept.size).toBe(0);
  });

  it('has RS256 where its keys declare nothing, and no shared secret', async () => {
    const keys = [
      k1,
      { ...k1, alg: 'PS256' },
      { kty: 'oct', k: 'AAAA', kid: 'k1' },
      { kty: 'EC', kid: 'k1', crv: 'P-256' },
    ];
    const { source } = served([json({ keys })]);
    const usable = (await source().find('k1')).filter(({ jwk }) => !keyProblem(jwk));
    expect(usable.map(({ jwk }) => [jwk.kty, jwk.alg])).toEqual([
      ['RSA', 'RS256'],
      ['RSA', 'PS256'],
    ]);
  });
});

describe("a token with another algorithm than guests' access tokens", () => {
  const ps256 = () => sign(goodClaims, rsa.privateKey, { alg: 'PS256', kid: 'k1' });
  const checked = async (key: object, token: string, guest?: true) =>
    verify(token, { ...everything, guest }, served([json({ keys: [key] })]).source());

  it('is valid where a key of the tenant declares it', async () => {
    expect(await checked({ ...k1, alg: 'PS256' }, await ps256())).toMatchObject({ valid: true });
  });

  it.each([undefined, 'RS256'])('may be that of an API where the key declares %s: unknown, not wrong', async (alg) => {
    const verification = await checked({ ...k1, alg }, await ps256());
    expect(verification).toMatchObject({ valid: false, claims: undefined });
    expect(failures(verification)).toEqual({});
    expect(unknowns(verification)).toEqual({
      algorithm:
        "PS256 is not the algorithm of guests' access tokens (RS256), and the keys do not declare it; an API may use it",
    });
  });

  it('is wrong for a guest, whatever the keys declare', async () => {
    expect(failures(await checked({ ...k1, alg: 'PS256' }, await ps256(), true))).toEqual({
      algorithm: "PS256 is not the algorithm of guests' access tokens (RS256)",
    });
  });

  it('is wrong where no key of a tenant can have made it, or the key is for nothing but that', async () => {
    const es256 = await sign(goodClaims, ec.privateKey, { alg: 'ES256', kid: 'k1' });
    expect(failures(await checked(k1, es256))).toMatchObject({ algorithm: expect.stringContaining('ES256 is not') });
    expect(failures(await checked({ ...k1, alg: 'PS256' }, await goodToken()))).toMatchObject({
      algorithm: expect.stringContaining('RS256 is not an algorithm of key k1'),
    });
  });
});
