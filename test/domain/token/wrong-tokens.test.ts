import { createHmac, createSign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { CheckName } from '../../../src/domain/token/check.ts';
import type { DecodedToken } from '../../../src/domain/token/decode.ts';
import type { KeySource } from '../../../src/domain/token/key-source.ts';
import { decode, ec, ecPair, otherRsa, part, ringOf, rsa, sign } from '../../support/tokens.ts';
import {
  acmeKeys,
  everything,
  failures,
  goodClaims,
  goodToken,
  keysOf,
  unknowns,
  verify,
} from '../../support/verification.ts';

const good = await goodToken();
const [head = '', body = '', signature = ''] = good.split('.');
const rs256 = { alg: 'RS256', typ: 'JWT', kid: 'k1' };
const pem = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const p384 = ecPair('P-384');

/** Signed as it stands, whatever that is: what no library would sign. */
function signed(header: object | string, payload: object | string | Buffer = goodClaims): string {
  const text = `${part(header)}.${Buffer.isBuffer(payload) ? payload.toString('base64url') : part(payload)}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(rsa.privateKey, 'base64url')}`;
}

function endingAt(number: string): string {
  return JSON.stringify(goodClaims).replace(/"exp":\d+/, `"exp":${number}`);
}

function hmac(header: object, secret: string | Buffer, hash = 'sha256'): string {
  const text = `${part(header)}.${part({ ...goodClaims, scope: 'admin' })}`;
  return `${text}.${createHmac(hash, secret).update(text).digest('base64url')}`;
}

/** The last character of a part stands for fewer bits than it has: the same bytes, written otherwise. */
function otherwise(text: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const other = [...alphabet].find(
    (last) =>
      last !== text.at(-1) && Buffer.from(text.slice(0, -1) + last, 'base64url').equals(Buffer.from(text, 'base64url')),
  );
  return text.slice(0, -1) + other;
}

function ofEc(keys: typeof ec, hash: string, alg: string, dsaEncoding: 'der' | 'ieee-p1363'): string {
  const text = `${part({ alg, kid: alg })}.${part(goodClaims)}`;
  return `${text}.${createSign(hash).update(text).sign({ key: keys.privateKey, dsaEncoding }, 'base64url')}`;
}

const ecKeys = keysOf(
  { ...ec.publicJwk, kid: 'ES256' },
  { ...p384.publicJwk, kid: 'ES384' },
  { ...rsa.publicJwk, kid: 'k1' },
);

type Row = [what: string, token: string | Promise<string>, check: CheckName, detail: RegExp, keys?: KeySource];

const confused: Row[] = [
  ['none', `${part({ ...rs256, alg: 'none' })}.${body}.`, 'algorithm', /'none': the token is not signed/],
  ['none with a signature', `${part({ alg: 'none' })}.${body}.${signature}`, 'algorithm', /is not signed/],
  ['nOnE', `${part({ alg: 'nOnE' })}.${body}.`, 'algorithm', /'nOnE': the token is not signed/],
  [
    'HS256 with the PEM',
    hmac({ ...rs256, alg: 'HS256' }, pem),
    'algorithm',
    /HS256 needs a shared secret.*key confusion/,
  ],
  ['HS512 with the modulus', hmac({ alg: 'HS512' }, rsa.publicJwk.n ?? '', 'sha512'), 'algorithm', /key confusion/],
  ['HS256 with the JWK', hmac({ alg: 'HS256' }, JSON.stringify(rsa.publicJwk)), 'algorithm', /key confusion/],
  [
    'HS256 with a secret that the set itself publishes',
    hmac({ alg: 'HS256' }, Buffer.alloc(32, 1)),
    'algorithm',
    /key confusion/,
    keysOf({ kty: 'oct', k: Buffer.alloc(32, 1).toString('base64url') }, rsa.publicJwk),
  ],
  ['hs256 in small letters', hmac({ alg: 'hs256' }, pem), 'algorithm', /key confusion/],
  [
    'RS512 where RS256 is used',
    sign(goodClaims, rsa.privateKey, { alg: 'RS512', kid: 'k1' }),
    'algorithm',
    /RS512 is not/,
  ],
  [
    'PSS where PKCS #1 v1.5 is used',
    sign(goodClaims, rsa.privateKey, { alg: 'PS256', kid: 'k1' }),
    'algorithm',
    /PS256 is not/,
  ],
  ['a PSS signature called RS256', pssAs('RS256'), 'signature', /does not match/],
  ['a PKCS #1 v1.5 signature called PSS', signed({ alg: 'PS256', kid: 'k1' }), 'signature', /does not match/, ecKeys],
  ['ES256', ofEc(ec, 'sha256', 'ES256', 'ieee-p1363'), 'algorithm', /ES256 is not an algorithm of the keys \(RS256\)/],
  ['the empty algorithm', `${part({ alg: '' })}.${body}.${signature}`, 'algorithm', / is not an algorithm of the keys/],
  ['no algorithm', `${part({ kid: 'k1' })}.${body}.${signature}`, 'header', /no 'alg'/],
  ['an algorithm that is a list', `${part({ alg: ['RS256'] })}.${body}.${signature}`, 'header', /no 'alg'/],
  [
    "RS256 with an EC key's id",
    sign(goodClaims, otherRsa.privateKey, { alg: 'RS256', kid: 'ES256' }),
    'algorithm',
    /RS256 is not an algorithm of key ES256 of the set \(ES256\): key confusion/,
    ecKeys,
  ],
  [
    'the wrong curve',
    sign(goodClaims, ec.privateKey, { alg: 'ES256', kid: 'ES384' }),
    'algorithm',
    /ES256 is not an algorithm of key ES384 of the set \(ES384\)/,
    ecKeys,
  ],
];

async function pssAs(alg: string): Promise<string> {
  const [, payload, pss] = (await sign(goodClaims, rsa.privateKey, { alg: 'PS256', kid: 'k1' })).split('.');
  return `${part({ alg, kid: 'k1' })}.${payload}.${pss}`;
}

const ecText = ofEc(ec, 'sha256', 'ES256', 'ieee-p1363');
const unsignedEc = ecText.slice(0, ecText.lastIndexOf('.'));
const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex');

const badSignatures: Row[] = [
  ['stripped', `${head}.${body}.`, 'signature', /it was stripped/],
  ['cut short', good.slice(0, -4), 'signature', /does not match/],
  ['with more behind it', `${good}AAAA`, 'signature', /does not match/],
  ['of zeros', `${head}.${body}.${Buffer.alloc(256).toString('base64url')}`, 'signature', /does not match/],
  [
    'of one',
    `${head}.${body}.${Buffer.alloc(256, 1, 'latin1').fill(0, 0, 255).toString('base64url')}`,
    'signature',
    /does not match/,
  ],
  [
    'with a zero before it',
    `${head}.${body}.${Buffer.concat([Buffer.alloc(1), Buffer.from(signature, 'base64url')]).toString('base64url')}`,
    'signature',
    /does not match/,
  ],
  ['of somebody else', sign(goodClaims, otherRsa.privateKey, rs256), 'signature', /does not match/],
  ['of other claims', `${head}.${part({ ...goodClaims, scope: 'admin' })}.${signature}`, 'signature', /does not match/],
  ['of zeros, ECDSA', `${unsignedEc}.${Buffer.alloc(64).toString('base64url')}`, 'signature', /does not match/, ecKeys],
  [
    'of the order of the curve',
    `${unsignedEc}.${Buffer.concat([order, order]).toString('base64url')}`,
    'signature',
    /does not match/,
    ecKeys,
  ],
  [
    'with r and s padded',
    `${unsignedEc}.${Buffer.alloc(132, 1).toString('base64url')}`,
    'signature',
    /does not match/,
    ecKeys,
  ],
];

const headers: Row[] = [
  [
    'crit that names what nobody knows',
    signed({ ...rs256, crit: ['exp'], exp: 1 }),
    'header',
    /'crit' requires unsupported extensions: exp/,
  ],
  ['crit that names what is not there', signed({ ...rs256, crit: ['x'] }), 'header', /'crit' requires/],
  [
    'crit of b64',
    signed({ ...rs256, crit: ['b64'], b64: true }),
    'header',
    /'crit' requires unsupported extensions: b64/,
  ],
  ['empty crit', signed({ ...rs256, crit: [] }), 'header', /'crit' is not a list of names/],
  ['crit that is text', signed({ ...rs256, crit: 'exp' }), 'header', /'crit' is not a list of names/],
  ['crit of numbers', signed({ ...rs256, crit: [1] }), 'header', /'crit' is not a list of names/],
  ['crit null', signed({ ...rs256, crit: null }), 'header', /'crit' is not a list of names/],
  ['b64 false', signed({ ...rs256, b64: false, crit: ['b64'] }), 'header', /'b64' is not true/],
  ['b64 false without crit', signed({ ...rs256, b64: false }), 'header', /'b64' is not true/],
  ['b64 that is text', signed({ ...rs256, b64: 'false' }), 'header', /'b64' is not true/],
  ['two algorithms', signed('{"alg":"none","kid":"k1","alg":"RS256"}'), 'header', /two members named 'alg'/],
  ['two algorithms, one spelt out', signed('{"alg":"RS256","\\u0061lg":"none"}'), 'header', /two members named 'alg'/],
  ['nesting without end', signed(`{"alg":"RS256","x":${'['.repeat(3000)}${']'.repeat(3000)}}`), 'header', /nests more/],
  ['a list for a header', signed('["RS256"]'), 'header', /is not a JSON object/],
  ['text for a header', `${part('RS256')}.${body}.${signature}`, 'header', /is not a JSON object/],
  ['nothing for a header', `.${body}.${signature}`, 'header', /is not a JSON object/],
  [
    'a header that is not UTF-8',
    `${Buffer.from('{"alg":"RS256","x":"\xff"}', 'latin1').toString('base64url')}.${body}.${signature}`,
    'header',
    /UTF-8/,
  ],
  ['a kid that is a number', signed({ ...rs256, kid: 1 }), 'header', /'kid' is not a string/],
  [
    'its own key',
    sign(goodClaims, otherRsa.privateKey, { ...rs256, jwk: otherRsa.publicJwk }),
    'signature',
    /does not match/,
  ],
  [
    'the address of its key',
    sign(goodClaims, otherRsa.privateKey, { ...rs256, jku: 'http://169.254.169.254/' }),
    'signature',
    /does not match/,
  ],
  [
    'its certificate',
    sign(goodClaims, otherRsa.privateKey, { ...rs256, x5c: ['MIIB'], x5u: 'https://e.example' }),
    'signature',
    /does not match/,
  ],
  [
    'the type of a session token',
    signed({ ...rs256, typ: 'anon-session+jwt' }),
    'kind',
    /'typ' is that of a session token/,
  ],
  [
    'that type in full',
    signed({ ...rs256, typ: 'application/Anon-Session+JWT' }),
    'kind',
    /is that of a session token/,
  ],
  ['the type of a logout token', signed({ ...rs256, typ: 'logout+jwt' }), 'kind', /typ logout\+jwt is not/],
  ['a type that is no text', signed({ ...rs256, typ: 7 }), 'kind', /typ' is not a string/],
];

const payloads: Row[] = [
  [
    'two issuers',
    signed(rs256, `{"iss":"https://evil.example/",${JSON.stringify(goodClaims).slice(1)}`),
    'claims',
    /two members named 'iss'/,
  ],
  [
    'two scopes, one spelt out',
    signed(rs256, `{"s\\u0063ope":"admin",${JSON.stringify(goodClaims).slice(1)}`),
    'claims',
    /two members named 'scope'/,
  ],
  [
    'nesting without end',
    signed(rs256, { ...goodClaims, x: JSON.parse(`${'['.repeat(2000)}${']'.repeat(2000)}`) }),
    'claims',
    /nests more/,
  ],
  [
    'two members of a claim that are one',
    signed(rs256, `{"x":{"a":[{"b":1,"\\u0062":2}]},${JSON.stringify(goodClaims).slice(1)}`),
    'claims',
    /two members named 'b'/,
  ],
  [
    'bytes that are no text',
    signed(rs256, Buffer.concat([Buffer.from('{"x":"'), Buffer.of(0xc0, 0xaf), Buffer.from('"}')])),
    'claims',
    /UTF-8/,
  ],
  ['an end beyond all numbers', signed(rs256, endingAt('1e999')), 'exp', /not a time/],
  ['an end before them all', signed(rs256, endingAt('-1e999')), 'exp', /not a time/],
  [
    'an end that is only in what JSON.parse might take for a prototype',
    signed(rs256, `{"__proto__":{"exp":9999999999},${JSON.stringify({ ...goodClaims, exp: undefined }).slice(1)}`),
    'exp',
    /not set/,
  ],
  ['a list', signed(rs256, [goodClaims] as object), 'claims', /is not a JSON object/],
  ['text', signed(rs256, 'hello'), 'claims', /is not a JSON object/],
  ['nothing', signed(rs256, ''), 'claims', /is not a JSON object/],
  ['a token inside', signed({ ...rs256, cty: 'JWT' }, good), 'claims', /is not a JSON object/],
  ['two objects', signed(rs256, `${JSON.stringify(goodClaims)}{}`), 'claims', /is not a JSON object/],
  ['a BOM before it', signed(rs256, `\ufeff${JSON.stringify(goodClaims)}`), 'claims', /is not a JSON object/],
];

const forms: Row[] = [
  ['nothing', '', 'form', /empty/],
  ['Bearer alone', 'Bearer ', 'form', /dot-separated parts; this has 1/],
  ['two parts', `${head}.${body}`, 'form', /this has 2/],
  ['four parts', `${good}.${signature}`, 'form', /this has 4/],
  ['six parts', `${good}.${good}`, 'form', /this has 6/],
  ['a dot behind it', `${good}.`, 'form', /this has 4/],
  ['padding', `${good}==`, 'form', /part 3 is not canonical base64url/],
  ['a padded header', `${head}=.${body}.${signature}`, 'form', /part 1 is not canonical base64url/],
  [
    'the other base64',
    good.replace(/[-_]/g, (c) => (c === '-' ? '+' : '/')),
    'form',
    /part \d is not canonical base64url/,
  ],
  ['bits that no byte has', `${head}.${body}.${otherwise(signature)}`, 'form', /part 3 is not canonical base64url/],
  ['a character too few', `${head}.${body}.${signature.slice(0, -1)}`, 'form', /part 3 is not canonical base64url/],
  ['white space inside', `${head}.\n${body}.${signature}`, 'form', /white space in part/],
  ['a NUL behind it', `${good}\0`, 'form', /part 3 is not canonical base64url/],
  ['two tokens', `${good} ${good}`, 'form', /white space in part/],
  [
    'JSON',
    JSON.stringify({ payload: body, signatures: [{ protected: head, signature }] }),
    'form',
    /JSON, not a token/,
  ],
  ['JSON over several lines', JSON.stringify({ access_token: good }, null, 2), 'form', /JSON, not a token/],
  ['16 KB and more', signed(rs256, { ...goodClaims, x: 'x'.repeat(16_000) }), 'form', /longer than 16384/],
  ['a session token', `ANONYMOUS_SESSION_${good}`, 'kind', /prefix is that of a session token/],
  [
    'a sealed session token',
    `${part({ alg: 'dir', enc: 'A256GCM' })}..AAAA.AAAA.AAAA`,
    'kind',
    /header is that of a session token/,
  ],
  ['five parts of nothing', '....', 'form', /this has 5/],
];

/** What keeps a check from being made, so that nobody can tell: never valid, and never called wrong either. */
const uncheckable: Row[] = [
  ['a kid that is a path', signed({ ...rs256, kid: '../../../../dev/null' }), 'signature', /the set has no key \.\.\//],
  ['a kid that is SQL', signed({ ...rs256, kid: "k1' OR '1'='1" }), 'signature', /the set has no key k1'/],
  [
    'a kid that is a member of every object',
    signed({ ...rs256, kid: '__proto__' }),
    'signature',
    /has no key __proto__/,
  ],
  ['an empty kid', signed({ ...rs256, kid: '' }), 'signature', /the set has no key/],
  [
    'an ECDSA signature in DER',
    ofEc(ec, 'sha256', 'ES256', 'der'),
    'signature',
    /is DER-encoded \(7[012] bytes\); a JWS has r and s only \(64 bytes\)/,
    ecKeys,
  ],
  [
    'one of another curve in DER',
    ofEc(p384, 'sha384', 'ES384', 'der'),
    'signature',
    /is DER-encoded \(10[1234] bytes\); a JWS has r and s only \(96 bytes\)/,
    ecKeys,
  ],
  ['a sealed token', `${part({ alg: 'RSA-OAEP', enc: 'A256GCM' })}.A.A.A.A`, 'kind', /encrypted \(JWE\)/],
  [
    'a sealed token that names its issuer, as opaque access tokens do',
    `${part({ alg: 'dir', enc: 'A256GCM', iss: 'https://acme.example/' })}..AAAA.AAAA.AAAA`,
    'kind',
    /encrypted \(JWE\)/,
  ],
  ['an opaque token', 'V1StGXR8_Z5jdHi6B-myT', 'form', /opaque, not a JWT/],
  ['an opaque token with a dot', 'ya29.a0AfH6SMBx-3kQ', 'form', /opaque, not a JWT/],
  ['an opaque token with padding', 'b3BhcXVlLXRva2VuLW9mLW5vYm9keQ==', 'form', /opaque, not a JWT/],
];

describe('the reason that a token is not checked is named, and is not a failure:', () => {
  it.each(uncheckable)('%s', async (_what, given, check, detail, keys = acmeKeys) => {
    const verification = await verify(await given, everything, keys);
    expect(verification).toMatchObject({ valid: false, claims: undefined });
    expect(failures(verification)).toEqual({});
    expect(unknowns(verification)).toEqual({ [check]: expect.stringMatching(detail) });
  });

  it('an access token from the tenant that is not a JWT is opaque, whatever it looks like', async () => {
    for (const token of ['opaque', 'd.e.f', 'Bearer x', 'a.b.c.d.e.f.g']) {
      const verification = await verify(token, { ...everything, issued: true });
      expect([failures(verification), Object.keys(unknowns(verification))]).toEqual([{}, ['form']]);
    }
  });
});

describe.each([
  ['algorithm', confused],
  ['signature', badSignatures],
  ['header', headers],
  ['payload', payloads],
  ['form', forms],
])('a wrong %s is refused, and named:', (_, rows) => {
  it.each(rows)('%s', async (_what, given, check, detail, keys = acmeKeys) => {
    const token = await given;
    const verification = await verify(token, everything, keys);
    expect(verification.valid).toBe(false);
    expect(failures(verification)).toEqual({ [check]: expect.stringMatching(detail) });
    const early = ['form', 'header', 'kind', 'algorithm', 'signature', 'claims'].includes(check);
    if (early) expect(verification.claims).toBeUndefined();
  });
});

/** Who decodes is shown what a token says whatever it is; what is said of its signature must be right all the same. */
describe('decoding reports none of them as verified', () => {
  const ring = ringOf({ ...rsa.publicJwk, kid: 'k1', alg: 'RS256' });
  it.each([...confused, ...badSignatures, ...uncheckable.filter(([what]) => !what.includes('kid'))])(
    '%s',
    async (_what, given) => {
      const decoded: DecodedToken | undefined = await decode(await given, ring).catch(() => undefined);
      expect(decoded?.signature?.state).not.toBe('verified');
    },
  );
});

it('the original tokens are valid, so that the tables above mean something', async () => {
  expect(failures(await verify(good))).toEqual({});
  expect(failures(await verify(signed(rs256)))).toEqual({});
  expect(failures(await verify(ecText, everything, ecKeys))).toEqual({});
  expect(failures(await verify(ofEc(p384, 'sha384', 'ES384', 'ieee-p1363'), everything, ecKeys))).toEqual({});
});

it('a key in the header does not affect a valid token: it is never used', async () => {
  const { checks, valid } = await verify(signed({ ...rs256, jwk: otherRsa.publicJwk, x5u: 'https://e.example' }));
  expect(valid).toBe(true);
  expect(checks[1]).toEqual({ check: 'header', state: 'ok', detail: 'jwk, x5u ignored' });
});

/**
 * Whoever has an ECDSA signature (r, s) can make the other one, (r, -s), of the same text: both are the signer's, and say the
 * same. JWS does not forbid it (RFC 7515, 10.1), so a signature is no name for a token; `jti` is. RSA has but one.
 */
it('the other ECDSA signature of the same claims is also verified', async () => {
  const [, , rs = ''] = ecText.split('.');
  const bytes = Buffer.from(rs, 'base64url');
  const s = BigInt(`0x${order.toString('hex')}`) - BigInt(`0x${bytes.subarray(32).toString('hex')}`);
  const other = Buffer.concat([bytes.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')]);
  const verification = await verify(`${unsignedEc}.${other.toString('base64url')}`, everything, ecKeys);
  expect(verification).toMatchObject({ valid: true, claims: goodClaims });
});
