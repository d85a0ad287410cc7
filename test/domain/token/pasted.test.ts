import fc from 'fast-check';
import { CompactEncrypt } from 'jose';
import { describe, expect, it } from 'vitest';
import { findTokens } from '../../../src/domain/token/find.ts';
import { failureOf } from '../../support/domain.ts';
import { ec, otherRsa, part, rsa, sign } from '../../support/tokens.ts';

const claims = {
  iss: 'https://acme.eu.auth0.com/',
  sub: 'anon|0b5f0c7e',
  aud: 'https://api.shop.example',
  scope: 'a b',
};
const secret = Buffer.alloc(32, 7);

/** Tokens as real ones are: of every length of signature that there is, and sealed. */
const tokens: [string, string][] = [
  ['RS256', await sign(claims, rsa.privateKey, { alg: 'RS256', typ: 'JWT', kid: 'pAphrnBkI9dfDxgwA8anOh2PuEU2rcBF' })],
  ['ES256', await sign(claims, ec.privateKey, { alg: 'ES256', typ: 'JWT' })],
  ['HS256', await sign(claims, secret, { alg: 'HS256' })],
  ['no signature', `${part({ alg: 'none' })}.${part(claims)}.`],
  [
    'dir',
    await new CompactEncrypt(Buffer.from(JSON.stringify(claims)))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .encrypt(secret),
  ],
];
const other = await sign({ sub: 'anon|2' }, otherRsa.privateKey, { alg: 'RS256', typ: 'JWT' });

const wrapped = (token: string, width: number, between = '\n') =>
  (token.match(new RegExp(`.{1,${width}}`, 'g')) ?? []).join(between);
const widths = [40, 64, 72, 76, 100];

/** Another base64 of the same bytes. */
const padded = (token: string) =>
  token
    .split('.')
    .map((one) => one + '='.repeat((4 - (one.length % 4)) % 4))
    .join('.');
const inOtherAlphabet = (token: string) => token.replaceAll('-', '+').replaceAll('_', '/');

describe.each(tokens)('a token (%s) is found', (_, token) => {
  const expectFound = (text: string) => expect(findTokens(text).map((found) => found.token)).toEqual([token]);

  it.each<[string, (token: string, width: number) => string]>([
    ['wrapped', (text, width) => wrapped(text, width)],
    [
      'wrapped behind a header',
      (text, width) => wrapped(`Authorization: Bearer ${text}`, width).replace(/^(.{22})/, '$1'),
    ],
    [
      'wrapped behind a header, in lines of its own',
      (text, width) => `Authorization: Bearer ${wrapped(text, width)}\nHost: api.example`,
    ],
    ['with line ends of Windows', (text, width) => `${wrapped(text, width, '\r\n')}\r\nregards`],
    [
      'with backslashes, as a shell has it',
      (text, width) => `curl -H "Authorization: Bearer ${wrapped(text, width, '\\\n')}" https://a.example`,
    ],
    ['with backslashes and indented', (text, width) => `TOKEN=${wrapped(text, width, '\\\n    ')}\nexport TOKEN`],
    ['with carets, as cmd has it', (text, width) => wrapped(text, width, '^\r\n')],
    [
      'in a mail that quotes it',
      (text, width) => `On Monday they wrote:\n> the token is\n> ${wrapped(text, width, '\n> ')}\n>\n> thanks`,
    ],
    ['in a mail that quotes a quote', (text, width) => `>> ${wrapped(text, width, '\n>> ')}\n`],
    ['in quoted-printable', (text, width) => wrapped(text, width, '=\r\n')],
    ['as strings of a program', (text, width) => `token = "${wrapped(text, width, '" +\n  "')}";`],
    ['as strings of Python', (text, width) => `token = ('${wrapped(text, width, "'\n         '")}')`],
    ['in a listing with numbers', (text, width) => `  1  ${wrapped(text, width, '\n 22  ')}\n`],
    [
      'with escaped line breaks',
      (text, width) => `{"error":"bad","log":"Bearer ${wrapped(text, width, '\\n')} was refused`,
    ],
    ['with line breaks of an address', (text, width) => `?token=${wrapped(text, width, '%0D%0A')}&state=x`],
    [
      'folded, as headers of HTTP were',
      (text, width) => `authorization: bearer ${wrapped(text, width, '\r\n ')}\r\nhost: a.example\r\n`,
    ],
    ['with blanks where line breaks were', (text, width) => wrapped(text, width, ' ')],
    ['in lines of a page', (text, width) => `<p>${wrapped(text, width, '<br>')}</p>`],
  ])('%s', (_how, paste) => {
    for (const width of widths) expectFound(paste(token, width));
  });

  it.each<[string, (token: string) => string]>([
    ['with zero-width characters', (text) => text.replaceAll(/.{30}/g, '$&\u200b')],
    ['with soft hyphens and joiners', (text) => text.replaceAll(/.{20}/g, '$&\u00ad\u2060\ufeff')],
    ['between marks of direction', (text) => `\u202a${text}\u202c`],
    ['in colours', (text) => `\u001b[32m${text.slice(0, 50)}\u001b[0m\u001b[1;31m${text.slice(50)}\u001b[0m\n`],
    ['with dots as an address has them', (text) => text.replaceAll('.', '%2E')],
    ['with dots escaped twice', (text) => text.replaceAll('.', '%252e')],
    ['with dots as JSON may have them', (text) => `x: ${text.replaceAll('.', '\\u002E')}`],
    ['with dots as HTML may have them', (text) => `<code>${text.replaceAll('.', '&#46;')}</code>`],
    ['with all of it in an address', (text) => `Bearer%20${encodeURIComponent(text)}%0A`],
    ['with padding', (text) => padded(text)],
    ['with padding in an address', (text) => `?t=${encodeURIComponent(padded(text))}&x=1`],
    ['in the other alphabet', (text) => inOtherAlphabet(text)],
    ['in the other alphabet, with padding and wrapped', (text) => wrapped(inOtherAlphabet(padded(text)), 64)],
    ['in the other alphabet, in an address', (text) => `?t=${encodeURIComponent(inOtherAlphabet(text))}`],
  ])('%s', (_how, paste) => {
    const text = paste(token);
    expectFound(text);
    const untouched = text.includes(token) && !/^(?:=|%3D)/.test(text.slice(text.indexOf(token) + token.length));
    expect(findTokens(text)[0]?.repairs === undefined).toBe(untouched);
  });

  it.each<[string, (token: string) => string]>([
    ['token=T;next', (text) => `token=${text};next`],
    ['token=T,next', (text) => `token=${text},next`],
    ['"T"', (text) => `"${text}"`],
    ['`T`', (text) => `\`${text}\``],
    ['(T)', (text) => `see (${text})`],
    ['[T]', (text) => `[${text}]`],
    ['<T>', (text) => `<token>${text}</token>`],
    ['&quot;T&quot;', (text) => `&quot;${text}&quot;`],
    ['T, and more', (text) => `Here is ${text}, and more`],
    ['T and more', (text) => `Here is ${text} expiring soon or later or whenever`],
    ['T and more on the next line', (text) => `Here is ${text}\nexpiring\nsoon`],
    ['T.', (text) => `It was ${text}.\n`],
    ['T?!', (text) => `Was it ${text}?!`],
    ['cookie', (text) => `Cookie: a=b; auth0_anon=${text}; c=d`],
    ['bearer:T', (text) => `bearer:${text}`],
    ['tokenT', (text) => `token${text}`],
    ['Bearer-T', (text) => `Bearer-${text}`],
    ['x.T', (text) => `log.${text}`],
    ['//T', (text) => `wss://a.example/${text}/events`],
    ['T|T', (text) => `| ${text} | |`],
    ['T#state', (text) => `https://a.example/#access_token=${text}&token_type=Bearer`],
  ])('joined to its surroundings: %s', (_how, paste) => {
    expectFound(paste(token));
  });

  it('and never together with another', () => {
    for (const between of ['\n', '\r\n', ' ', ', ', '\\\n', '\n\n', '|', '\\n', '" "']) {
      for (const width of [64, 76, 10_000]) {
        const text = [wrapped(token, width), wrapped(other, width), wrapped(token, width)].join(between);
        const found = findTokens(text).map((one) => one.token);
        expect(found, `${JSON.stringify(between)} ${width}`).toEqual([token, other]);
      }
    }
  });

  it('also after a truncated one', () => {
    for (const cut of [30, 90, token.length - 3]) {
      const found = findTokens(`${other.slice(0, cut)}\n${token}`).map((one) => one.token);
      expect(found).toContain(token);
      expect(found.filter((one) => one !== token && !other.startsWith(one))).toEqual([]);
    }
  });
});

describe('repairs of a token are reported', () => {
  const token = tokens[0]?.[1] ?? '';

  it.each<[string, string, readonly string[] | undefined]>([
    ['nothing', `Bearer ${token}`, undefined],
    ['white space', wrapped(token, 64), undefined],
    ['invisible characters', token.replaceAll(/.{30}/g, '$&\u200b'), ['invisible characters']],
    ['escapes', token.replaceAll('.', '%2E'), ['escaped characters']],
    ['padding', padded(`${part({ alg: 'none' })}.${part({ a: 1 })}.`), ['padding']],
    ['backslashes', wrapped(token, 64, '\\\n'), ['marks at line ends']],
    ['a mail', wrapped(token, 64, '\n> '), ['marks at line starts']],
  ])('%s', (_, text, repairs) => {
    expect(findTokens(text).map((found) => found.repairs)).toEqual([repairs]);
  });
});

describe('the place where a token breaks is reported, without its contents', () => {
  const [head = '', body = '', signature = ''] = (tokens[0]?.[1] ?? '').split('.');
  it.each([
    [
      'a character of another kind',
      `Bearer ${head}.${body.slice(0, 9)}*${body.slice(9)}.${signature}`,
      "part 2 is not base64url: character 10 is '*'",
    ],
    [
      'an ellipsis',
      `Bearer ${head}.${body.slice(0, 9)}….${signature}`,
      'part 2 is not base64url: character 10 is U+2026',
    ],
    ['a part that is missing', `Authorization: Bearer ${head}.${body}`, 'this has 2'],
    [
      'a character too few',
      `T = ${head}.${body.slice(0, 41)}.${signature}`,
      "part 2 is not base64url: 41 characters can't be base64url",
    ],
    ['two alphabets', `${head}.-_+/${body}.${signature}`, "part 2 is not base64url: character 3 is '+'"],
  ])('%s', async (_, text, problem) => {
    const { code, message } = await failureOf(() => findTokens(text));
    expect(code).toBe('token_unacceptable');
    expect(message).toContain(problem);
    expect(message).not.toMatch(/[\w-]{24}/);
  });

  it('prose around a part of one is not mistaken for the rest', async () => {
    for (const text of [`${head}.${body} is bad. See there`, `${head}.${body}\nis bad.\nSee`, `${head}.\nbody.\nend`])
      expect(await failureOf(() => findTokens(text))).toMatchObject({ code: 'token_unacceptable' });
  });
});

describe('in an answer of a token endpoint', () => {
  it('an opaque value is still a token', () => {
    const answer = {
      access_token: 'opaque-1',
      session_token: tokens[4]?.[1],
      token_type: 'Bearer',
      scope: 'a',
      id: 'x',
    };
    expect(findTokens(JSON.stringify(answer))).toEqual([
      { name: 'access_token', token: 'opaque-1', issued: true },
      { name: 'session_token', token: tokens[4]?.[1] },
    ]);
  });
});

it('in any surroundings, a token is found or an error reports that there is none', () => {
  const token = tokens[1]?.[1] ?? '';
  const noise = fc.string({ unit: fc.constantFrom(...' \n\r\t"\'=:,;{}[]()&?<>/\\$%|+^`>.*#'), maxLength: 4 });
  // What base64 is made of would be part of it.
  const between = fc.string({ unit: fc.constantFrom(...' \n\r\t"\'`\\>|^&,;'), maxLength: 4 });
  fc.assert(
    fc.property(noise, between, noise, fc.integer({ min: 20, max: 90 }), (before, gap, after, width) => {
      let found: string[] = [];
      try {
        found = findTokens(`${before}${wrapped(token, width, gap)}${after}`).map((one) => one.token);
      } catch {
        return;
      }
      // What is shown was signed: a part of it may be missing where it was cut, and nothing of anything else is in it.
      for (const one of found) expect(token.includes(one.slice(0, 60))).toBe(true);
    }),
    { seed: 11, numRuns: 400 },
  );
});

it('texts that would slow down a careless search are handled quickly', async () => {
  const started = performance.now();
  for (const text of [
    'eyJabcdef\n'.repeat(20_000),
    `${'eyJabcdef.'.repeat(2)}\n`.repeat(10_000),
    `${part({ alg: 'HS256' })}.${part({})}.\n`.repeat(2000) + 'x\n'.repeat(100_000),
    'xeyJabcdefgh'.repeat(60_000),
    'eyJabcdef=\n'.repeat(20_000),
    `eyJabcdef.${'%2B'.repeat(200_000)}`,
    '\u001b['.repeat(200_000),
    '\u001b]'.repeat(100_000),
  ]) {
    await Promise.resolve()
      .then(() => findTokens(text))
      .catch(() => undefined);
  }
  expect(performance.now() - started).toBeLessThan(15_000);
});
