import { describe, expect, it } from 'vitest';
import { payloadAfter, takeApart } from '../../src/jose/compact.ts';
import rfc7515 from '../fixtures/tokens/rfc7515.json' with { type: 'json' };
import { failureOf } from '../support/domain.ts';
import { openTenant } from '../support/local.ts';
import { decode, part, ringOf } from '../support/tokens.ts';

const { token, key, claims } = rfc7515.examples['A.2'];
const [head = '', body = '', signature = ''] = token.split('.');

describe('a token is found in pasted text', () => {
  it.each([
    ['with a Bearer before it', `Bearer ${token}`],
    ['with a bearer in small letters', `bearer\t${token}`],
    ['with white space around it', `  ${token}\r\n`],
    ['wrapped by a terminal', token.replaceAll(/.{64}/g, '$&\n')],
    ['wrapped and indented by a page', token.replaceAll('.', '.\r\n     ')],
    ['with the prefix of a session token', `ANONYMOUS_SESSION_${token}`],
    ['with all of it', `Bearer ANONYMOUS_SESSION_${token.replaceAll(/.{40}/g, '$&\n')}\n`],
  ])('%s', async (_, pasted) => {
    expect(await decode(pasted, ringOf(key))).toMatchObject({ claims, signature: { state: 'verified' } });
  });

  it("and an encrypted session token of today's tenants", async () => {
    const { session_token } = await (await openTenant()).session();
    expect(takeApart(`ANONYMOUS_SESSION_${session_token}`)).toMatchObject({
      form: 'jwe',
      text: session_token,
      header: { alg: 'dir', enc: 'A256GCM' },
      payload: undefined,
    });
  });
});

describe('something that is not a token is refused, because', () => {
  const parts = (count: number) => `a JWT has 3 dot-separated parts, a JWE 5; this has ${count}`;
  it.each([
    ['it is empty', ''],
    ['it is empty', ' \n\t '],
    ['it is empty', 'Bearer '],
    ['it is empty', 'ANONYMOUS_SESSION_'],
    [parts(1), 'hunter2'],
    [parts(2), `${head}.${body}`],
    [parts(4), `${token}.${body}`],
    [parts(6), `${head}.${body}.a.b.c.d`],
    ['it is JSON; give the token in compact form, parts joined by dots', '{"payload":"…"}'],
    ["part 1 is not base64url: 5 characters can't be base64url", `abcde.${body}.${signature}`],
    ["part 2 is not base64url: character 2 is '+'", `${head}.a+b/.${signature}`],
    [`part 3 is not base64url: character ${signature.length + 1} is '='`, `${head}.${body}.${signature}=`],
    ["part 3 is not base64url: 1 characters can't be base64url", `${head}.${body}.a.b.c`],
    ['its header is not a JSON object', `.${body}.${signature}`],
    ['its header is not a JSON object', `${part('hunter2')}.${body}.`],
    ['its header is not a JSON object', `${part('["HS256"]')}.${body}.`],
    ['its header is not a JSON object', `${part('null')}.${body}.`],
    ['its header is not a JSON object', `${Buffer.from('{"alg":"\xff"}', 'latin1').toString('base64url')}.${body}.`],
    ["its header has no 'alg'", `${part({ typ: 'JWT' })}.${body}.`],
    ["its header has no 'alg'", `${part({ alg: 256 })}.${body}.`],
    ["it has 5 parts, but its header has no 'enc'", `${head}.${body}...`],
    ['part 2 is not base64url: character 1 is U+200B', `${head}.\u200b${body}.${signature}`],
    ['it is longer than 1000000 characters', 'x'.repeat(1_000_001)],
  ])('%s', async (problem, text) => {
    expect(await failureOf(() => takeApart(text))).toMatchObject({
      code: 'token_unacceptable',
      message: `This is not a token: ${problem}.`,
    });
  });
});

it('contents can be anything: nothing, text, or binary data', async () => {
  expect(await decode(`${head}..`)).toMatchObject({ claims: undefined, text: '' });
  expect(await decode(`${head}.${part('[1,2]')}.`)).toMatchObject({ claims: undefined, text: '[1,2]' });
  expect(await decode(`${head}.${Buffer.from([0xff, 0x00]).toString('base64url')}.`)).toMatchObject({
    claims: undefined,
    text: '\ufffd\0',
  });
});

it('unencoded contents (b64: false) are read unchanged, and not checked', async () => {
  const header = { alg: 'HS256', b64: false, crit: ['b64'] };
  expect(await decode(`${part(header)}.{"sub":"anon|1"}.AAAA`, ringOf(key))).toMatchObject({
    claims: { sub: 'anon|1' },
    signature: { state: 'not_checked', reason: expect.stringContaining("'b64'") },
  });
});

it('endlessly nested contents are treated as text, to protect the stack', async () => {
  const nested = (depth: number) => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;
  const claims = JSON.parse(nested(400));
  expect(await decode(`${head}.${part(nested(400))}.`)).toMatchObject({ claims });
  expect(await decode(`${head}.${part(nested(100_000))}.`)).toMatchObject({ claims: undefined });
  expect(await failureOf(() => takeApart(`${part(`{"alg":"RS256","x":${nested(100_000)}}`)}..`))).toMatchObject({
    message: 'This is not a token: its header is not a JSON object.',
  });
});

describe('the payload after a known first part', () => {
  it.each([token, `${head}.${part({ a: 1 })}.c2ln`])('is that of the whole token: %s', (text) => {
    expect(payloadAfter(head, text)).toEqual(takeApart(text).payload);
  });

  it.each([
    '',
    head,
    `${head}.`,
    `${head}.${body}`,
    `${head}.${body}.`,
    `${head}..${signature}`,
    `${head}.${body}.${signature}.`,
    `${head}.${body}.a.b.c`,
    `${head}A.${body}.${signature}`,
    `.${body}.${signature}`,
    `${head}.${body}=.${signature}`,
    `${head}.${body}.${signature} `,
    ` ${token}`,
    `Bearer ${token}`,
    `${head}.abcde.${signature}`,
    `${token}${'a'.repeat(1_000_000)}`,
  ])('is unknown for anything else: %.60s', (text) => {
    expect(payloadAfter(head, text)).toBeUndefined();
  });
});
