import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findTokens } from '../../../src/domain/token/find.ts';
import { failureOf } from '../../support/domain.ts';
import { part } from '../../support/tokens.ts';

const jwt = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ sub: 'anon|1' })}.c2lnbmF0dXJl`;
const other = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ sub: 'anon|2' })}.c2lnbmF0dXJl`;
const unsigned = `${part({ alg: 'none' })}.${part({ sub: 'anon|3' })}.`;
const jwe = `${part({ alg: 'dir', enc: 'A256GCM' })}..AAAA.AAAA.AAAA`;

describe('one token is found', () => {
  it.each([
    ['alone', jwt, undefined],
    ['after Bearer', `Bearer ${jwt}`, undefined],
    ['wrapped over lines', `${jwt.slice(0, 20)}\n  ${jwt.slice(20)}\n`, undefined],
    ['in a .env line', `ACCESS_TOKEN=${jwt}`, 'ACCESS_TOKEN'],
    ['in an exported variable', `export ACCESS_TOKEN="${jwt}"`, 'ACCESS_TOKEN'],
    ['in single quotes', `TOKEN='${jwt}'`, 'TOKEN'],
    ['in a header line', `Authorization: Bearer ${jwt}`, 'Authorization'],
    ['in a curl command', `curl -H "authorization: bearer ${jwt}" https://api.example.com/`, 'authorization'],
    ['in a query', `https://acme.eu.auth0.com/authorize?client_id=a&session_token=${jwt}&state=b`, 'session_token'],
    [
      'in an address in an address',
      `?returnTo=https%3A%2F%2Fa.example%2F%23access_token%3D${jwt}%26state%3Db`,
      undefined,
    ],
    ['in an encoded header', `authorization=Bearer%20${jwt}`, undefined],
    ['in JSON', JSON.stringify({ access_token: jwt, expires_in: 7200 }), 'access_token'],
    ['deep in JSON', JSON.stringify([{ answer: { access_token: jwt } }]), '0.answer.access_token'],
    ['as a JSON text', JSON.stringify(jwt), undefined],
    ['in JSON with a prefix', JSON.stringify({ authorization: `Bearer ${jwt}` }), 'authorization'],
    ['in JSON inside a line', `answer: {"access_token":"${jwt}"}`, 'access_token'],
    ['in JSON that is escaped', `{"body":"{\\"access_token\\":\\"${jwt}\\"}"}`, 'body'],
    ['in words, before a full stop', `The token was ${jwt}.`, undefined],
  ])('%s', (_, text, name) => {
    expect(findTokens(text).map((found) => ({ ...found, token: found.token.replaceAll(/^Bearer |\s/g, '') }))).toEqual([
      { name, token: jwt },
    ]);
  });

  it('encrypted, with the prefix of a session token', () => {
    expect(findTokens(`SESSION=ANONYMOUS_SESSION_${jwe}`)).toEqual([
      { name: 'SESSION', token: `ANONYMOUS_SESSION_${jwe}` },
    ]);
  });

  it('without a signature, whose last dot is its own', () => {
    expect(findTokens(`T=${unsigned}\n`)).toEqual([{ name: 'T', token: unsigned }]);
  });
});

describe('several tokens are found', () => {
  it('in their order, each once', () => {
    const text = `A=${jwt}\nB=${jwe}\nC=${jwt}\nD=ANONYMOUS_SESSION_${jwe}\n${other}`;
    expect(findTokens(text)).toEqual([
      { name: 'A', token: jwt },
      { name: 'B', token: jwe },
      { name: undefined, token: other },
    ]);
  });

  it('in an answer of a token endpoint', () => {
    const answer = {
      session_token: `ANONYMOUS_SESSION_${jwe}`,
      access_token: jwt,
      token_type: 'Bearer',
      id_token: other,
    };
    expect(findTokens(JSON.stringify(answer, null, 2)).map(({ name }) => name)).toEqual([
      'session_token',
      'access_token',
      'id_token',
    ]);
  });

  it('in lines of JSON', () => {
    expect(findTokens(`{"access_token":"${jwt}"}\n{"access_token":"${other}"}\n`)).toEqual([
      { name: 'access_token', token: jwt },
      { name: 'access_token', token: other },
    ]);
  });
});

describe('no token is found', () => {
  it.each([
    ['a domain', 'eyes.example.com', 'its header is not a JSON object'],
    ['a header that is none', `T=eyJhbGciOiJ.${part({})}.c2ln`, 'this has 3'],
    ['JSON without one', '{"error":"invalid_client"}', 'it is JSON'],
  ])('in %s', async (_, text, problem) => {
    const { code, message } = await failureOf(() => findTokens(text));
    expect(code).toBe('token_unacceptable');
    expect(message).toMatch(/^This is not a token: /);
    if (!problem.startsWith('this has 3')) expect(message).toContain(problem);
  });

  it('in texts that would slow down a careless search', async () => {
    const started = performance.now();
    for (const text of [
      'ey'.repeat(600_000),
      'eyJ.'.repeat(300_000),
      '['.repeat(600_000),
      '{"a":'.repeat(200_000),
      `eyJ000000${'.'.repeat(600_000)}a`,
      `${'%3D'.repeat(300_000)}eyJ`,
      `${'a '.repeat(300_000)}=`,
    ]) {
      await failureOf(() => findTokens(text));
    }
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it.each([
    ['a part', `eyJhbGciOiJub25lIn0.${'a'.repeat(9_000_000)}.`],
    ['padding', `eyJhbGciOiJub25lIn0${'='.repeat(15_000_000)}`],
    ['parts', 'xeyJhbGciOiJub25lIn0.'.repeat(700_000)],
  ])('in %s too deep for any token or stack', async (_, text) => {
    expect(await failureOf(() => findTokens(text))).toMatchObject({ code: 'token_unacceptable' });
  });

  it('except at any depth of JSON', () => {
    const depth = 20_000;
    expect(findTokens(`${'['.repeat(depth)}"${jwt}"${']'.repeat(depth)}`)).toEqual([{ name: undefined, token: jwt }]);
  });
});

it('a token is found in any surroundings', () => {
  const around = fc.string({ unit: fc.constantFrom(...' \n"\'=:,;{}[]()&?<>/\\$'), maxLength: 12 });
  fc.assert(
    fc.property(around, around, (before, after) => {
      expect(findTokens(`${before}${jwt}${after}`).map(({ token }) => token.trim())).toContain(jwt);
    }),
    { seed: 4, numRuns: 300 },
  );
});
