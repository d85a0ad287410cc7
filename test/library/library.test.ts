import { describe, expect, it } from 'vitest';
import { createSession } from '../../src/library/create-session.ts';
import { decodeToken } from '../../src/library/decode-token.ts';
import { verifyToken } from '../../src/library/verify-token.ts';
import { failureOf, noon } from '../support/domain.ts';
import { rsa } from '../support/tokens.ts';
import { goodClaims, goodToken } from '../support/verification.ts';

const session = { domain: 'acme.example', clientId: 'web', audience: 'https://api.shop.example' };

/** A `fetch` that answers with this and remembers what it was asked. */
function answering(body: unknown, status = 200, headers: Record<string, string> = {}) {
  const asked: { url: string; init: RequestInit }[] = [];
  const fetch = async (url: unknown, init: RequestInit = {}) => {
    asked.push({ url: String(url), init });
    return new Response(JSON.stringify(body), { status, headers });
  };
  return { asked, fetch: fetch as typeof globalThis.fetch };
}

const tokens = {
  session_token: 'a.b.c',
  access_token: 'd.e.f',
  token_type: 'Bearer',
  expires_in: 60,
  scope: 'read:catalog',
};

describe('createSession', () => {
  it('asks for a session with the registered authentication method', async () => {
    const { asked, fetch } = answering(tokens);
    const secret = { clientSecret: 's3cret', authMethod: 'client_secret_basic' } as const;
    expect(await createSession({ ...session, ...secret, scope: 'read:catalog', metadata: { a: 1 }, fetch })).toEqual({
      sessionToken: 'a.b.c',
      accessToken: 'd.e.f',
      tokenType: 'Bearer',
      expiresInSeconds: 60,
      sessionExpiresInSeconds: undefined,
      scope: 'read:catalog',
    });
    expect(asked).toHaveLength(1);
    expect(asked[0]?.url).toBe('https://acme.example/anonymous/token');
    expect(asked[0]?.init).toMatchObject({ method: 'POST', redirect: 'manual' });
    expect(new Headers(asked[0]?.init.headers).get('authorization')).toBe(`Basic ${btoa('web:s3cret')}`);
    expect(JSON.parse(String(asked[0]?.init.body))).toEqual({
      client_id: 'web',
      audience: 'https://api.shop.example',
      scope: 'read:catalog',
      metadata: { a: 1 },
    });
  });

  it('sends the secret in the body by default', async () => {
    const { asked, fetch } = answering(tokens);
    await createSession({ ...session, clientSecret: 's3cret', fetch });
    expect(JSON.parse(String(asked[0]?.init.body))).toMatchObject({ client_secret: 's3cret' });
  });

  it('reports which gate is closed', async () => {
    const { fetch } = answering({ error: 'unauthorized_client', error_description: 'no' }, 403);
    expect(await failureOf(() => createSession({ ...session, fetch }))).toMatchObject({ code: 'gate_closed' });
  });

  it('reports that a tenant is unreachable, and why', async () => {
    const fetch = async () => {
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('no'), { code: 'ENOTFOUND' }) });
    };
    expect(await failureOf(() => createSession({ ...session, fetch }))).toMatchObject({
      code: 'tenant_unreachable',
      message: 'acme.example cannot be reached: ENOTFOUND.',
    });
  });

  it.each([
    ['localhost:4400', 'pass the domain as http://localhost:4400'],
    ['tenant.example', 'works only for this machine, as http://localhost.'],
  ])('suggests http:// if %s has no TLS', async (domain, hint) => {
    const fetch = async () => {
      throw new TypeError('fetch failed', {
        cause: Object.assign(new Error('no'), { code: 'ERR_SSL_WRONG_VERSION_NUMBER' }),
      });
    };
    expect(await failureOf(() => createSession({ ...session, domain, fetch }))).toMatchObject({
      code: 'tenant_unreachable',
      hint: expect.stringContaining(hint),
    });
  });

  it('gives up when it is aborted, also while it waits for a rate limit', async () => {
    const stop = new AbortController();
    const limited = answering({ error: 'too_many_requests' }, 429, { 'retry-after': '30' });
    const waiting = failureOf(() => createSession({ ...session, fetch: limited.fetch, signal: stop.signal }));
    await new Promise(setImmediate);
    stop.abort();
    expect(await waiting).toMatchObject({ code: 'interrupted' });
    expect(limited.asked).toHaveLength(1);
  });

  it('does not wait if maxWaitSeconds is 0', async () => {
    const { fetch } = answering({ error: 'too_many_requests' }, 429, { 'retry-after': '30' });
    const failure = await failureOf(() => createSession({ ...session, fetch, maxWaitSeconds: 0 }));
    expect(failure).toMatchObject({ code: 'rate_limited' });
  });

  it.each([undefined, null, ''])(
    'sends no request if an untyped program passes %j for a required option',
    async (missing) => {
      for (const name of ['domain', 'clientId', 'audience']) {
        const { asked, fetch } = answering(tokens);
        const wrong = { ...session, [name]: missing, fetch } as typeof session;
        expect(await failureOf(() => createSession(wrong))).toMatchObject({ code: 'usage' });
        expect(asked).toEqual([]);
      }
    },
  );

  it.each([{ domain: 'http://acme.example' }, { domain: '' }, { metadata: { text: 'x'.repeat(2000) } }])(
    'sends no request for impossible options: %j',
    async (wrong) => {
      const { asked, fetch } = answering(tokens);
      expect(await failureOf(() => createSession({ ...session, ...wrong, fetch }))).toMatchObject({ code: 'usage' });
      expect(asked).toEqual([]);
    },
  );
});

describe('verifyToken', () => {
  it("fetches a tenant's keys once for each given fetch", async () => {
    const keys = { keys: [{ ...rsa.publicJwk, kid: 'k1', alg: 'RS256' }] };
    const expected = { domain: 'acme.example', audience: goodClaims.aud, now: noon };
    const [one, other] = [answering(keys), answering(keys)];
    for (const { fetch } of [one, one, other]) {
      expect(await verifyToken(await goodToken(), { ...expected, fetch })).toMatchObject({ valid: true });
    }
    expect([one.asked.length, other.asked.length]).toEqual([1, 1]);
  });

  it('fetches no keys without a domain', async () => {
    const { asked, fetch } = answering({ keys: [] });
    const nowhere = { domain: undefined as unknown as string, audience: 'x', fetch };
    expect(await failureOf(() => verifyToken('a.b.c', nowhere))).toMatchObject({ code: 'usage' });
    expect(asked).toEqual([]);
  });

  it.each([undefined, null, 5, ''])('reads %j, from a request without a token, as a bad token', async (token) => {
    const { fetch } = answering({ keys: [] });
    const expected = { domain: 'acme.example', audience: 'x', fetch };
    expect((await verifyToken(token as string, expected)).valid).toBe(false);
    expect(await failureOf(() => decodeToken(token as string))).toMatchObject({ code: 'token_unacceptable' });
  });

  it('needs an issuer and an audience', async () => {
    const given = { jwks: { kty: 'oct', k: 'AAAA' }, issuer: 'https://acme.example/', audience: 'x' };
    expect(await failureOf(() => verifyToken('a.b.c', given))).toMatchObject({ code: 'usage' });
    const nobody = { domain: 'acme.example', audience: '' };
    expect(await failureOf(() => verifyToken('a.b.c', nobody))).toMatchObject({ code: 'usage' });
  });
});

describe('decodeToken', () => {
  it('refuses an invalid token and an invalid key', async () => {
    expect(await failureOf(() => decodeToken('nothing'))).toMatchObject({ code: 'token_unacceptable' });
    expect(await failureOf(() => decodeToken('eyJhbGciOiJub25lIn0.e30.', { key: {} }))).toMatchObject({
      code: 'usage',
    });
  });

  it('computes times from the given time', async () => {
    const part = (text: string) => Buffer.from(text).toString('base64url');
    const token = `${part('{"alg":"none"}')}.${part('{"exp":100}')}.`;
    expect((await decodeToken(token, { now: 40_000 })).times).toMatchObject([{ claim: 'exp', secondsFromNow: 60 }]);
  });
});

describe('concurrent calls of verifyToken', () => {
  const expected = { domain: 'acme.example', audience: goodClaims.aud, now: noon };

  /** A `fetch` that answers when it is let, with these key sets in turn; the last one stays. */
  function held(...sets: { keys: object[] }[]) {
    const waiting: (() => void)[] = [];
    let asked = 0;
    const fetch = (async () => {
      const body = sets[Math.min(asked, sets.length - 1)];
      asked += 1;
      await new Promise<void>((resolve) => waiting.push(resolve));
      return Response.json(body, { headers: { 'cache-control': 'max-age=600' } });
    }) as typeof globalThis.fetch;
    const answer = async () => {
      for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
      for (const resolve of waiting.splice(0)) resolve();
    };
    return { fetch, answer, asked: () => asked };
  }

  const k1 = { ...rsa.publicJwk, kid: 'k1', alg: 'RS256' };

  it('fetch once, whatever keys their tokens name', async () => {
    const { fetch, answer, asked } = held({ keys: [k1] });
    const tokens = await Promise.all(['k1', 'k2', 'k3', undefined].map((kid) => goodToken({}, { kid })));
    const all = Array.from({ length: 40 }, (_, index) => verifyToken(tokens[index % 4] ?? '', { ...expected, fetch }));
    await answer();
    const states = (await Promise.all(all)).map(({ valid }) => valid);
    expect(states.filter(Boolean)).toHaveLength(20);
    expect(asked()).toBe(1);
  });

  it('fetch once more for later unknown keys, and then not for a while', async () => {
    const { fetch, answer, asked } = held({ keys: [k1] });
    const first = verifyToken(await goodToken(), { ...expected, fetch });
    await answer();
    expect((await first).valid).toBe(true);
    const unknown = await Promise.all(
      Array.from({ length: 30 }, (_, index) => goodToken({}, { kid: `made up ${index}` })),
    );
    const all = unknown.map((token) => verifyToken(token, { ...expected, fetch }));
    await answer();
    for (const { valid, checks } of await Promise.all(all)) {
      expect(valid).toBe(false);
      expect(checks.find(({ check }) => check === 'signature')?.state).toBe('not_checked');
    }
    expect(asked()).toBe(2);
    expect((await verifyToken(await goodToken({}, { kid: 'another' }), { ...expected, fetch })).valid).toBe(false);
    expect(asked()).toBe(2);
  });

  it('fail together, and the next call fetches again', async () => {
    let down = true;
    const fetch = (async () => {
      if (down) throw new TypeError('fetch failed');
      return Response.json({ keys: [k1] });
    }) as typeof globalThis.fetch;
    const patient = { ...expected, fetch, maxWaitSeconds: 0 };
    const token = await goodToken();
    const failed = await Promise.all([1, 2, 3].map(() => failureOf(() => verifyToken(token, patient))));
    expect(failed.map(({ code }) => code)).toEqual(Array(3).fill('tenant_unreachable'));
    down = false;
    expect((await verifyToken(token, patient)).valid).toBe(true);
  });

  it('end only for an aborted call', async () => {
    const { fetch, answer, asked } = held({ keys: [k1] });
    const stop = new AbortController();
    const token = await goodToken();
    const gone = failureOf(() => verifyToken(token, { ...expected, fetch, signal: stop.signal }));
    const other = verifyToken(token, { ...expected, fetch });
    await new Promise(setImmediate);
    stop.abort();
    expect(await gone).toMatchObject({ code: 'interrupted' });
    await answer();
    expect((await other).valid).toBe(true);
    expect(asked()).toBe(1);
  });

  it.each([
    ['a key of 1024 bits', { ...k1, n: Buffer.alloc(128, 0xab).toString('base64url') }],
    ['a key with an exponent of 1', { ...k1, e: 'AQ' }],
  ])('trust nothing signed by %s', async (_, jwk) => {
    const given = { jwks: { keys: [jwk] }, issuer: goodClaims.iss, audience: goodClaims.aud, now: noon };
    const { valid, checks } = await verifyToken(await goodToken(), given);
    expect(valid).toBe(false);
    expect(checks.find(({ check }) => check === 'signature')).toMatchObject({
      state: 'not_checked',
      detail: expect.stringContaining('too weak'),
    });
  });
});

describe('createSession with opaque access tokens', () => {
  it.each(['V1StGXR8_Z5jdHi6B-myT', 'x'])('returns them unchanged: %s', async (accessToken) => {
    const { fetch } = answering({ ...tokens, access_token: accessToken, expires_in: '60' });
    expect(await createSession({ ...session, fetch })).toMatchObject({ accessToken, expiresInSeconds: 60 });
  });

  it.each([undefined, null, '', 7])('reports a missing one: %j', async (accessToken) => {
    const { fetch } = answering({ ...tokens, access_token: accessToken });
    expect(await failureOf(() => createSession({ ...session, fetch }))).toMatchObject({ code: 'response_invalid' });
  });
});

it('claims are plain values', async () => {
  const part = (text: string) => Buffer.from(text).toString('base64url');
  const { claims, notes } = await decodeToken(`${part('{"alg":"none"}')}.${part('{"a":1.0,"exp":1780315200000}')}.`);
  expect(claims).toEqual({ a: 1, exp: 1_780_315_200_000 });
  expect(notes).toEqual([expect.stringContaining('exp looks like milliseconds')]);
});
