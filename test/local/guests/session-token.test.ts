import fc from 'fast-check';
import { CompactEncrypt, CompactSign, compactDecrypt } from 'jose';
import { describe, expect, it } from 'vitest';
import { readSessionToken, writeSessionToken } from '../../../src/local/guests/session-token.ts';
import { tenantKeys } from '../../../src/local/tokens/keys.ts';
import { ea } from '../../../src/wire/edition/ea.ts';
import type { SessionTokenFormat } from '../../../src/wire/edition/edition.ts';
import { preview } from '../../../src/wire/edition/preview.ts';
import type { JsonObject } from '../../../src/wire/schema.ts';
import type { SessionTokenClaims } from '../../../src/wire/session-token.ts';
import { openSealed, openTenant, sequenceOfBytes, sessionKey, testKeys, withBearer } from '../../support/local.ts';
import { memoryStore } from '../../support/memory-store.ts';

const store = memoryStore();
await store.write((writer) => writer.put('key', 'current', { ...testKeys }));
const keys = await tenantKeys(store, 0);
const random = sequenceOfBytes();

const session: SessionTokenClaims = {
  iss: 'https://localhost:4400/',
  client_id: 'web',
  user_id: 'anon|1',
  session_id: 'sess_1',
  created_at: '2026-06-01T12:00:00.000Z',
  metadata: {},
  iat: 1,
};
const write = (format: SessionTokenFormat, claims = session) =>
  writeSessionToken(keys, random, { format, prefix: '' }, claims);
const read = (token: string) => readSessionToken(keys, preview, token);

const sessions = fc
  .record({
    user_id: fc.string({ unit: 'binary' }),
    metadata: fc.dictionary(fc.string(), fc.jsonValue()),
    exp: fc.option(fc.nat(), { nil: undefined }),
  })
  .map((members): SessionTokenClaims => JSON.parse(JSON.stringify({ ...session, ...members })));

/** A token with one character changed, inserted, deleted or moved. */
const changes = fc.record({
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  character: fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ ~é'),
  kind: fc.constantFrom('change', 'insert', 'remove', 'swap', 'cut'),
});
type Change = typeof changes extends fc.Arbitrary<infer Value> ? Value : never;

function changed(token: string, { at, character, kind }: Change): string {
  const index = Math.floor(at * token.length);
  const [before, here, after] = [token.slice(0, index), token.slice(index, index + 1), token.slice(index + 1)];
  if (kind === 'change') return before + character + after;
  if (kind === 'insert') return before + character + here + after;
  if (kind === 'remove') return before + after;
  if (kind === 'cut') return before;
  return before + after.slice(0, 1) + here + after.slice(1);
}

describe.each(['jwe', 'jwt'] as const)('a session token in format %s', (format) => {
  it('returns its claims unchanged, whatever they are', async () => {
    await fc.assert(
      fc.asyncProperty(sessions, async (claims) => {
        expect(await read(await write(format, claims))).toEqual(claims);
      }),
    );
  });

  it('cannot be read after any change', async () => {
    const token = await write(format);
    await fc.assert(
      fc.asyncProperty(changes, async (change) => {
        const other = changed(token, change);
        fc.pre(other !== token);
        expect(await read(other)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it('cannot be read after a change of its last character', async () => {
    const token = await write(format);
    for (const last of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') {
      if (!token.endsWith(last)) expect(await read(token.slice(0, -1) + last)).toBeUndefined();
    }
  });

  it('is refused without the claims of a session', async () => {
    for (const name of ['client_id', 'user_id', 'session_id', 'created_at', 'metadata', 'iat']) {
      const { [name]: _, ...others } = session as JsonObject;
      expect(await read(await write(format, others as SessionTokenClaims))).toBeUndefined();
    }
  });
});

describe('any text', () => {
  it('is not a session token', async () => {
    const [start] = (await write('jwe')).split('..');
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.array(fc.base64String()), async (text, parts) => {
        for (const token of [text, parts.join('.'), `${start}..${parts.join('.')}`]) {
          expect(await read(token)).toBeUndefined();
        }
      }),
    );
  });
});

describe('a sealed session token', () => {
  it('has exactly the header that the service documents', async () => {
    const [header, encryptedKey] = (await write('jwe')).split('.');
    expect(Buffer.from(header ?? '', 'base64url').toString()).toBe('{"alg":"dir","enc":"A256GCM"}');
    expect(encryptedKey).toBe('');
  });

  it('differs each time', async () => {
    expect(await write('jwe')).not.toBe(await write('jwe'));
  });

  it('is what jose would produce', async () => {
    const plaintext = new TextEncoder().encode(JSON.stringify(session));
    const token = await new CompactEncrypt(plaintext)
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .encrypt(await sessionKey(store));
    expect(await read(token)).toEqual(session);
    expect(await openSealed(store, await write('jwe'))).toEqual(session);
  });

  it.each([
    ['in another order', { enc: 'A256GCM', alg: 'dir' }],
    ['with a kid', { alg: 'dir', enc: 'A256GCM', kid: 'a' }],
    ['with a type', { alg: 'dir', enc: 'A256GCM', typ: 'JWT' }],
    ['with compression', { alg: 'dir', enc: 'A256GCM', zip: 'DEF' }],
  ])('is refused with another header, %s, although the key is right', async (_, header) => {
    const token = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(session)))
      .setProtectedHeader(header)
      .encrypt(await sessionKey(store));
    await expect(compactDecrypt(token, await sessionKey(store))).resolves.toBeDefined();
    expect(await read(token)).toBeUndefined();
  });

  it.each([
    ['header', 0],
    ['encrypted key', 1],
    ['nonce', 2],
    ['ciphertext', 3],
    ['tag', 4],
  ])('is refused with the %s of another token', async (name, index) => {
    const parts = (await write('jwe')).split('.');
    const other = (await write('jwe', { ...session, user_id: 'anon|2' })).split('.');
    parts[index] = name === 'header' || name === 'encrypted key' ? 'AAAA' : (other[index] ?? '');
    expect(await read(parts.join('.'))).toBeUndefined();
  });

  it('is refused with a truncated tag', async () => {
    const parts = (await write('jwe')).split('.');
    for (const bytes of [4, 8, 12, 15]) {
      const tag = Buffer.from(parts[4] ?? '', 'base64url').subarray(0, bytes);
      expect(await read([...parts.slice(0, 4), tag.toString('base64url')].join('.'))).toBeUndefined();
    }
  });
});

describe('a tenant that changes its format', () => {
  it.each([
    ['jwe', 'jwt'],
    ['jwt', 'jwe'],
  ] as const)('from %s to %s still accepts earlier tokens', async (before, after) => {
    const tenant = await openTenant({ settings: { anonymous_session_token_format: before } });
    const old = await tenant.session({ metadata: { a: 1 } });
    await tenant.change('tenant', 'settings', { anonymous_session_token_format: after });
    const now = await tenant.session({ session_token: old.session_token });
    const shape = { jwe: /^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/, jwt: /^[\w-]+\.[\w-]+\.[\w-]+$/ };
    expect(old.session_token).toMatch(shape[before]);
    expect(now.session_token).toMatch(shape[after]);
    const [first, second] = await Promise.all([read(old.session_token), read(now.session_token)]);
    expect(second).toEqual(first);
  });
});

describe('a session token in format jwt', () => {
  it('has its own type and no audience', async () => {
    const tenant = await openTenant({ settings: { anonymous_session_token_format: 'jwt' } });
    const { session_token } = await tenant.session();
    const [header = '', claims = ''] = session_token.split('.');
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
      alg: 'RS256',
      typ: 'anon-session+jwt',
      kid: testKeys.signing.kid,
    });
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).not.toHaveProperty('aud');
  });

  it('is refused with another algorithm, although the key is right', async () => {
    const payload = new TextEncoder().encode(JSON.stringify(session));
    const signed = (alg: string) =>
      new CompactSign(payload)
        .setProtectedHeader({ alg, typ: 'anon-session+jwt', kid: keys.kid })
        .sign(keys.privateKey);
    expect(await read(await signed('RS256'))).toEqual(session);
    for (const alg of ['RS384', 'RS512', 'PS256']) expect(await read(await signed(alg))).toBeUndefined();
  });

  it('is not accepted as a Management API token, even with the claims of one', async () => {
    const tenant = await openTenant();
    const token = await write('jwt', {
      ...session,
      aud: `${tenant.issuer}api/v2/`,
      scope: 'read:clients',
      exp: tenant.clock() / 1000 + 60,
    } as SessionTokenClaims);
    expect(await withBearer(tenant.send, token)('GET', '/api/v2/clients')).toMatchObject({ status: 401 });
  });
});

describe('a session token of edition ea', () => {
  const prefix = 'ANONYMOUS_SESSION_';
  const sealed = () => writeSessionToken(keys, random, { format: 'jwe', prefix }, session);

  it('is a sealed token with a prefix, and returns its claims unchanged', async () => {
    const token = await sealed();
    expect(token).toMatch(/^ANONYMOUS_SESSION_[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(readSessionToken(keys, ea, token)).toEqual(session);
  });

  it.each<[string, (token: string) => string | Promise<string>]>([
    ['without the prefix', (token) => token.slice(prefix.length)],
    ['with the prefix twice', (token) => prefix + token],
    ['in small letters', (token) => token.toLowerCase()],
    ['of the other edition', () => write('jwe')],
    ['in the format jwt', () => write('jwt')],
    ['in the format jwt behind the prefix', async () => prefix + (await write('jwt'))],
  ])('is refused %s', async (_, make) => {
    expect(readSessionToken(keys, ea, await make(await sealed()))).toBeUndefined();
  });

  it('is refused in edition preview', async () => {
    expect(read(await sealed())).toBeUndefined();
  });
});
