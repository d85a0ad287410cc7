import fc from 'fast-check';
import { CompactEncrypt } from 'jose';
import { describe, expect, it } from 'vitest';
import { paintFor } from '../../../src/cli/render/paint.ts';
import { renderToken, shortToken, tokenData } from '../../../src/cli/render/token.ts';
import { tenantKeyRing } from '../../../src/domain/token/tenant-keys.ts';
import { palette } from '../../../src/io/terminal/palette.ts';
import rfc7515 from '../../fixtures/tokens/rfc7515.json' with { type: 'json' };
import rfc7516 from '../../fixtures/tokens/rfc7516.json' with { type: 'json' };
import rfc7520 from '../../fixtures/tokens/rfc7520.json' with { type: 'json' };
import { connectionTo } from '../../support/domain.ts';
import { openTenant } from '../../support/local.ts';
import { hostileText, unsafe } from '../../support/screen.ts';
import { decode, noKeys, part, ringOf } from '../../support/tokens.ts';

const plain = paintFor(false);
const [a1, a2] = [rfc7515.examples['A.1'], rfc7515.examples['A.2']];
const sealed = rfc7516.examples['A.3'];
const lines = (text: string) => text.split('\n').slice(0, -1);

async function shown(token: string, keys = ringOf(a1.key), paint = plain): Promise<string[]> {
  return lines(renderToken(paint, 'Token', token, await decode(token, keys)));
}

describe('a token as text', () => {
  it('that is verified shows that before its claims', async () => {
    expect(await shown(a1.token)).toEqual([
      `Token  eyJ0eXAiOiJK…FOEjXk (JWT, ${a1.token.length} characters)`,
      '  ✔ signature verified: key.jwk',
      '  header                      typ JWT, alg HS256',
      '  iss                         joe',
      '  exp                         2011-03-22 18:43:00 UTC (expired 15 years ago)',
      '  http://example.com/is_root  true',
    ]);
  });

  it('that was not checked says so just as clearly, with the reason', async () => {
    expect((await shown(`${part({ alg: 'none' })}.${part({ sub: 'x' })}.`)).slice(1)).toEqual([
      "  ! SIGNATURE NOT CHECKED: the token is not signed (alg 'none'). Anyone could have written this.",
      '  header  alg none',
      '  sub     x',
      '  exp     not set: the token never expires',
    ]);
  });

  it('with an empty algorithm names it, without a gap in the sentence', async () => {
    expect((await shown(`${part({ alg: '' })}.${part({ sub: 'x' })}.AA`, ringOf(a1.key)))[1]).toBe(
      "  ! SIGNATURE NOT CHECKED: the algorithm '' is not supported. Anyone could have written this.",
    );
  });

  it('with a wrong signature warns not to trust it', async () => {
    expect((await shown(a1.token, ringOf({ kty: 'oct', k: part('x'.repeat(32)) })))[1]).toBe(
      '  ✘ SIGNATURE WRONG: it does not match key.jwk. Trust nothing below.',
    );
  });

  it('that the given key cannot check is called not checked, never wrong', async () => {
    expect((await shown(a1.token, ringOf({ ...a2.key, alg: 'RS256' })))[1]).toBe(
      '  ! SIGNATURE NOT CHECKED: its algorithm is HS256, but key.jwk is for RS256. Anyone could have written this.',
    );
  });

  it('that is encrypted says so without an error, and shows its header', async () => {
    expect((await shown(sealed.token, ringOf(a1.key))).slice(1)).toEqual([
      "  ▪ Encrypted: only the holder of its key can read it (it can't be decrypted with key.jwk)",
      '  header  alg A128KW, enc A128CBC-HS256',
    ]);
  });

  it('decrypted with a private key is not called authentic: anyone can encrypt with the public half', async () => {
    const { token, key } = rfc7516.examples['A.1'];
    expect((await shown(token, ringOf(key)))[1]).toBe(
      '  ! ORIGIN NOT CHECKED: decrypted with key.jwk. Anyone with its public half could have written this.',
    );
    expect((await shown(token, ringOf(key), paintFor(palette)))[1]).toContain('\u001b[33m! ORIGIN NOT CHECKED');
  });

  it('with a token inside leaves the origin to that token', async () => {
    const { token, key, signatureKey } = rfc7520.examples['6'];
    const text = await shown(token, ringOf(key, signatureKey));
    expect(text[1]).toBe('  ✔ decrypted: key samwise.gamgee@hobbiton.example of key.jwk');
    expect(text).toContain('  ✔ signature verified: key hobbiton.example of key.jwk');
  });

  it('decrypted with a shared key is called authentic, and its contents are shown', async () => {
    const [heading, ...rest] = await shown(sealed.token, ringOf(sealed.key));
    expect(heading).toMatch(/\(JWE, \d+ characters\)$/);
    expect(rest).toEqual([
      '  ✔ decrypted and authentic: key.jwk',
      '  header    alg A128KW, enc A128CBC-HS256',
      '  contents  Live long and prosper.',
    ]);
  });

  it('with a token inside shows both, each with its own state', async () => {
    const token = await new CompactEncrypt(new TextEncoder().encode(a1.token))
      .setProtectedHeader({ alg: 'A128KW', enc: 'A256GCM' })
      .encrypt(Buffer.from(sealed.key.k, 'base64url'));
    const text = await shown(token, ringOf(sealed.key, { kty: 'oct', k: part('x'.repeat(32)) }));
    expect(text[0]).toMatch(/\(JWE with a token inside, \d+ characters\)$/);
    expect(text.slice(1, 6)).toEqual([
      '  ✔ decrypted and authentic: key.jwk',
      '  header  alg A128KW, enc A256GCM',
      '',
      'Inside',
      '  ✘ SIGNATURE WRONG: it does not match key.jwk. Trust nothing below.',
    ]);
  });

  it('with text as contents is a JWS, not a JWT', async () => {
    const text = await shown(rfc7515.examples['A.4'].token, ringOf(rfc7515.examples['A.4'].key));
    expect(text[0]).toMatch(/\(JWS, \d+ characters\)$/);
    expect(text.at(-1)).toBe('  contents  Payload');
  });

  it('of a tenant shows its times as dates, with the time left', async () => {
    const tenant = await openTenant();
    const { access_token, session_token } = await tenant.session({ metadata: { language: 'en' } });
    const keys = tenantKeyRing(connectionTo(tenant));
    tenant.clock.forward(60);
    const access = await shown(access_token, keys);
    expect(access[1]).toMatch(/^ {2}✔ signature verified: key \S+ of https:\/\/localhost:4400\/$/);
    expect(access).toContain('  iat     2026-06-01 12:00:00 UTC (just now)');
    expect(access).toContain('  exp     2026-06-02 12:00:00 UTC (in 1 day)');
    expect(access).toContain('  scope   read:catalog write:cart');
    const session = await shown(session_token, keys);
    expect(session[1]).toBe("  ✔ decrypted and authentic: the tenant's session key");
    expect(session).toContain('  created_at  2026-06-01 12:00:00 UTC (just now)');
    expect(session).toContain('  exp         2026-07-01 12:00:00 UTC (in 30 days)');
    expect(session).toContain('  metadata    {"language":"en"}');
  });

  it('shows its state in colours if enabled, and always in words', async () => {
    const colour = paintFor(palette);
    expect((await shown(a1.token, ringOf(a1.key), colour))[1]).toContain('\u001b[32m✔ signature verified');
    expect((await shown(a1.token, ringOf({ kty: 'oct', k: part('x'.repeat(32)) }), colour))[1]).toContain(
      '\u001b[31m✘ SIGNATURE WRONG',
    );
    expect((await shown(sealed.token, ringOf(a1.key), colour))[1]).toContain('\u001b[33m▪ Encrypted');
    expect((await shown(a1.token, ringOf(a1.key), plain)).join('')).not.toContain('\u001b');
  });
});

it.each([
  ['', ''],
  ['x'.repeat(24), 'x'.repeat(24)],
  [`${'a'.repeat(12)}${'b'.repeat(7)}${'c'.repeat(6)}`, 'aaaaaaaaaaaa…cccccc'],
])('the token %j is shortened to %j', (token, short) => {
  expect(shortToken(token)).toBe(short);
});

describe('a token as JSON', () => {
  it('is complete', async () => {
    expect(tokenData(await decode(a1.token, ringOf(a1.key)))).toEqual({
      form: 'jws',
      header: { typ: 'JWT', alg: 'HS256' },
      claims: a1.claims,
      signature: { state: 'verified', key: 'key.jwk' },
      times: { exp: { at: '2011-03-22T18:43:00.000Z', seconds_from_now: -479_495_820 } },
    });
  });

  it('that is encrypted has no claims rather than empty ones', async () => {
    expect(tokenData(await decode(sealed.token))).toEqual({
      form: 'jwe',
      header: { alg: 'A128KW', enc: 'A128CBC-HS256' },
      seal: { state: 'sealed', reason: 'no key on this machine' },
      times: {},
    });
  });

  it('with text as contents has the text', async () => {
    expect(tokenData(await decode(sealed.token, ringOf(sealed.key)))).toMatchObject({ text: sealed.text });
  });
});

describe('nothing in a token can control the screen', () => {
  const value = fc.oneof(
    hostileText,
    fc.array(hostileText, { maxLength: 2 }),
    fc.record({ deep: hostileText }),
    fc.jsonValue(),
  );
  const object = fc.dictionary(hostileText, value, { maxKeys: 4 });

  it('from its header or its claims, by name or by value', async () => {
    await fc.assert(
      fc.asyncProperty(object, object, hostileText, async (header, claims, alg) => {
        const text = await shown(`${part({ ...header, alg })}.${part({ ...claims, exp: 1, sub: alg })}.`, noKeys);
        expect(text.filter((line) => unsafe.test(line))).toEqual([]);
        expect(text).toHaveLength(3 + new Set([...Object.keys(claims), 'exp', 'sub']).size);
        expect(text[1]).toMatch(/^ {2}! SIGNATURE NOT CHECKED: /);
      }),
    );
  });

  it('from contents that are text, from the name of a key or from the token itself', async () => {
    await fc.assert(
      fc.asyncProperty(hostileText, async (contents) => {
        const token = `${part({ alg: 'HS256' })}.${part(`x${contents}`)}.`;
        const decoded = await decode(token, ringOf({ kty: 'oct', kid: contents, k: part('x'.repeat(32)) }));
        const text = lines(renderToken(plain, 'Token', `${contents}${token}`, decoded));
        expect(text.filter((line) => unsafe.test(line))).toEqual([]);
        expect(text).toHaveLength(4);
        expect(text[1]).toMatch(/^ {2}✘ SIGNATURE WRONG: /);
      }),
    );
  });
});
