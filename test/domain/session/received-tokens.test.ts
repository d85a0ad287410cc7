import { describe, expect, it } from 'vitest';
import { type MismatchCounter, mismatchCounter } from '../../../src/domain/session/received-tokens.ts';
import { maxLength } from '../../../src/jose/compact.ts';
import { noon } from '../../support/domain.ts';
import { part } from '../../support/tokens.ts';

const issuer = 'https://acme.example/';
const audience = 'https://api.shop.example';
const right = { iss: issuer, aud: audience };
const head = part({ alg: 'RS256', typ: 'at+jwt', kid: 'a' });
const signed = (claims: unknown, header: string = head, signature = 'c2ln') => `${header}.${part(claims)}.${signature}`;

async function count(counter: MismatchCounter, token: string): Promise<void> {
  if (!counter.countUsual(token)) await counter.count(token);
}

/** The warnings of a `--strict` run, and its failure, with its numbers of tokens left out. */
async function reported(tokens: readonly string[]): Promise<string[]> {
  const lines: string[] = [];
  const warn = (line: string) => void lines.push(line);
  const counter = mismatchCounter({ warn, clock: { now: () => noon } }, { issuer, audience, strict: true });
  for (const token of tokens) await count(counter, token);
  try {
    counter.report();
  } catch (error) {
    lines.push(String(error));
  }
  return lines.map((line) => line.replace(/\d+ of \d+/, 'n of m'));
}

describe('an access token among many is compared as if it were the only one', () => {
  const deep = (levels: number) =>
    `{"iss":"${issuer}","aud":"${audience}","a":${'['.repeat(levels)}${']'.repeat(levels)}}`;
  it.each<[string, string]>([
    ['is as requested', signed({ ...right, sub: 'anon|1' })],
    ['is for several APIs', signed({ ...right, aud: ['urn:other', audience] })],
    ['has another issuer', signed({ ...right, iss: 'https://other.example/' })],
    ['has no issuer', signed({ aud: audience })],
    ['is for another API', signed({ ...right, aud: 'urn:other' })],
    ['has an issuer that is not a string', signed({ ...right, iss: 1.0 })],
    ['has another header', signed(right, part({ alg: 'ES256' }))],
    ['has another header and issuer', signed({ ...right, iss: 'urn:other' }, part({ alg: 'ES256' }))],
    ['is not signed', signed(right, part({ alg: 'none' }), '')],
    ['lost its signature', signed(right, head, '')],
    ['has an unencoded payload', `${part({ alg: 'RS256', b64: false, crit: ['b64'] })}.${part(right)}.c2ln`],
    ['has a payload that is not an object', signed([right])],
    ['has a payload that is not JSON', signed('{"iss":')],
    ['has a payload that is not UTF-8', `${head}.${Buffer.from('{"a":"\xff"}', 'latin1').toString('base64url')}.c2ln`],
    ['has a member twice', signed(`{"iss":"${issuer}","iss":"urn:other","aud":"${audience}"}`)],
    ['nests to the limit', signed(deep(499))],
    ['nests too deep', signed(deep(500))],
    ['has an empty payload', `${head}..c2ln`],
    ['has a payload with another alphabet', `${head}.${part(right)}+.c2ln`],
    ['has a signature with another alphabet', signed(right, head, 'c2l/')],
    ['has a signature of an impossible length', signed(right, head, 'c2lnc')],
    ['has a payload of an impossible length', `${head}.${part({ ...right, a: 'bc' })}aaa.c2ln`],
    ['has two parts', `${head}.${part(right)}`],
    ['has four parts', `${signed(right)}.c2ln`],
    ['has five parts', `${signed(right)}.c2ln.c2ln`],
    ['is too long', signed(right, head, 'a'.repeat(maxLength))],
    ['is opaque', 'opaque'],
    ['begins like the others', `${head}x.${part(right)}.c2ln`],
  ])('one that %s', async (_, token) => {
    const alone = await reported([token]);
    expect(await reported([signed(right), token])).toEqual(alone);
    expect(await reported([signed(right), signed(right), token, signed(right)])).toEqual(alone);
    expect(await reported([token, signed(right)])).toEqual(alone);
    expect(await reported([token, token])).toEqual(alone);
  });

  it('and its claims are returned where it begins like one before', async () => {
    const counter = mismatchCounter({ warn() {}, clock: { now: () => noon } }, { issuer, audience, strict: true });
    const claims = { ...right, sub: 'anon|1' };
    expect(counter.countUsual(signed(claims))).toBeUndefined();
    await counter.count(signed(right));
    expect(counter.countUsual(signed(claims))).toEqual(claims);
    expect(counter.countUsual(signed({ ...claims, iss: 'urn:other' }))).toBeUndefined();
  });

  it('and the numbers of both are reported', async () => {
    const lines: string[] = [];
    const counter = mismatchCounter(
      { warn: (line) => void lines.push(line), clock: { now: () => noon } },
      { issuer, audience, strict: false },
    );
    for (let n = 0; n < 10; n += 1) await count(counter, signed({ ...right, ...(n % 3 === 2 && { iss: `urn:${n}` }) }));
    counter.report();
    expect(lines).toEqual([`3 of 10 access tokens are not as requested: the first has issuer urn:2, not ${issuer}.`]);
  });
});
