import { createHmac, createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeToken } from '../../../src/library/decode-token.ts';
import type { TokenToMint } from '../../../src/library/local/mint.ts';
import { startLocalTenant } from '../../../src/library/local/start.ts';
import type { LocalTenant } from '../../../src/library/local/tenant.ts';
import { verifyToken } from '../../../src/library/verify-token.ts';
import type { EditionName } from '../../../src/wire/edition/edition.ts';
import { failureOf } from '../../support/domain.ts';
import { anonymousToken } from '../../support/library-tenant.ts';

describe.each<EditionName>(['preview', 'ea'])('mint, edition %s', (edition) => {
  let tenant: LocalTenant;
  beforeAll(async () => {
    tenant = await startLocalTenant({ edition, listen: false, clock: { now: '2027-03-01T12:00:00Z', frozen: true } });
  });
  afterAll(() => tenant.stop());

  const failedChecks = async (wanted: TokenToMint): Promise<string[]> => {
    const token = await tenant.mint(wanted);
    const { fetch, url: domain, audience } = tenant;
    const now = tenant.clock.now().getTime();
    const { checks } = await verifyToken(token, { domain, audience, fetch, now, guest: true });
    return checks.filter(({ state }) => state === 'failed' || state === 'not_checked').map(({ check }) => check);
  };

  const keys = async () => (await (await tenant.fetch('/.well-known/jwks.json')).json()) as { keys: [{ kid: string }] };

  it('makes an access token like those of guests', async () => {
    expect(await failedChecks({ kind: 'access_token' })).toEqual([]);
    const [minted, issued] = await Promise.all(
      [await tenant.mint({ kind: 'access_token' }), (await tenant.createGuest()).accessToken].map((token) =>
        decodeToken(token),
      ),
    );
    const alike = { jti: expect.any(String), sub: expect.stringMatching(/^anon[|@]/) };
    expect(minted?.header).toEqual(issued?.header);
    expect(minted?.claims).toEqual({ ...issued?.claims, ...alike });
  });

  it.each<[string, TokenToMint, string[]]>([
    ['expired', { kind: 'access_token', expired: true }, ['exp']],
    ['not yet valid', { kind: 'access_token', notYetValid: true }, ['nbf']],
    ['for another API', { kind: 'access_token', claims: { aud: 'https://other.example' } }, ['aud']],
    ['of another issuer', { kind: 'access_token', claims: { iss: 'https://other.example/' } }, ['iss']],
    ['of a user', { kind: 'access_token', claims: { sub: 'auth0|1' } }, ['guest']],
    ['signed by another tenant', { kind: 'access_token', foreign: true }, ['signature']],
    ['tampered with', { kind: 'access_token', tampered: true }, ['signature']],
    ['not signed', { kind: 'access_token', alg: 'none' }, ['algorithm']],
    ['signed with the public key', { kind: 'access_token', alg: 'HS256' }, ['algorithm']],
  ])('makes an access token that is %s, and otherwise valid', async (_, wanted, failed) => {
    expect(await failedChecks(wanted)).toEqual(failed);
  });

  it('names the key of this tenant in a token of another', async () => {
    const { header } = await decodeToken(await tenant.mint({ kind: 'access_token', foreign: true }));
    expect(header.kid).toBe((await keys()).keys[0].kid);
    const other = await decodeToken(await tenant.mint({ kind: 'access_token', header: { kid: 'unknown' } }));
    expect(other.header).toEqual({ ...header, kid: 'unknown' });
  });

  it('signs with the public key as PEM, as a server that lets the token choose would check it', async () => {
    const [jwk] = (await keys()).keys;
    const secret = createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    const [header, claims, signature] = (await tenant.mint({ kind: 'access_token', alg: 'HS256' })).split('.');
    expect(createHmac('sha256', secret).update(`${header}.${claims}`).digest('base64url')).toBe(signature);
  });

  it('dates tokens by the clock of the tenant, and leaves out a claim that is undefined', async () => {
    const noon = Date.UTC(2027, 2, 1, 12) / 1000;
    const claimsOf = async (wanted: TokenToMint) => (await decodeToken(await tenant.mint(wanted))).claims;
    expect(await claimsOf({ kind: 'access_token' })).toMatchObject({ iat: noon });
    expect(await claimsOf({ kind: 'access_token', expired: true })).toMatchObject({ exp: noon - 3600 });
    expect(await claimsOf({ kind: 'access_token', claims: { exp: undefined } })).not.toHaveProperty('exp');
  });

  it('makes ID tokens, which are no access tokens', async () => {
    const { claims } = await decodeToken(await tenant.mint({ kind: 'id_token', claims: { nonce: 'n' } }));
    expect(claims).toMatchObject({ iss: tenant.issuer, aud: tenant.clientId, nonce: 'n' });
    expect(await failedChecks({ kind: 'id_token' })).toEqual(expect.arrayContaining(['aud']));
  });

  it('makes session tokens that the tenant renews, and others that it refuses', async () => {
    const renewal = async (wanted: Omit<TokenToMint, 'kind'>) => {
      const session_token = await tenant.mint({ kind: 'session_token', ...wanted });
      const { error = 'none', access_token: token = '' } = (await anonymousToken(tenant, { session_token })).body;
      return { error, sub: token && (await decodeToken(String(token))).claims?.sub };
    };
    expect(await renewal({ claims: { user_id: 'anon|mine' } })).toEqual({ error: 'none', sub: 'anon|mine' });
    expect(await renewal({ expired: true })).toMatchObject({ error: 'session_expired' });
    for (const wrong of [{ tampered: true }, { foreign: true }, { claims: { client_id: 'another' } }]) {
      expect(await renewal(wrong)).toMatchObject({ error: 'invalid_session_token' });
    }
  });

  it('refuses a session token as an access token', async () => {
    expect(await failedChecks({ kind: 'session_token' })).not.toEqual([]);
  });

  it.each([
    [{ kind: 'refresh_token' }, 'mint needs a kind'],
    [{ kind: 'access_token', expird: true }, "mint does not take 'expird'."],
    [{ kind: 'access_token', alg: 'RS512' }, 'alg must be none or HS256'],
    [{ kind: 'access_token', alg: 'none', tampered: true }, 'tampered changes nothing'],
    [{ kind: 'access_token', format: 'jwe' }, 'format is for session tokens'],
    [{ kind: 'session_token', format: 'jwe', alg: 'none' }, 'alg is for signed tokens'],
  ])('refuses %j', async (wrong, message) => {
    const failure = await failureOf(() => tenant.mint(wrong as unknown as TokenToMint));
    expect(failure).toMatchObject({ code: 'usage', message: expect.stringContaining(message) });
  });
});

describe('mint of signed session tokens', () => {
  it('is for edition preview, and no access token in spite of its signature', async () => {
    const tenant = await startLocalTenant({ listen: false });
    const token = await tenant.mint({ kind: 'session_token', format: 'jwt' });
    expect((await decodeToken(token)).header).toMatchObject({ alg: 'RS256', typ: 'anon-session+jwt' });
    const { url: domain, audience, fetch } = tenant;
    expect((await verifyToken(token, { domain, audience, fetch })).valid).toBe(false);
    await tenant.stop();
    const other = await startLocalTenant({ edition: 'ea', listen: false });
    for (const wanted of [{ format: 'jwt' }, { alg: 'none' }] as const) {
      const failure = await failureOf(() => other.mint({ kind: 'session_token', ...wanted }));
      expect(failure).toMatchObject({ code: 'edition_unsupported' });
    }
    await other.stop();
  });

  it('works while the gates are closed', async () => {
    const tenant = await startLocalTenant({ listen: false, closed: true });
    const { url: domain, audience, fetch } = tenant;
    const token = await tenant.mint({ kind: 'access_token' });
    expect(await verifyToken(token, { domain, audience, fetch, guest: true })).toMatchObject({ valid: true });
    await tenant.stop();
  });
});
