import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tenantKeyRing } from '../../../src/domain/token/tenant-keys.ts';
import { isAnonError } from '../../../src/errors.ts';
import { connectionTo } from '../../support/domain.ts';
import { openTenant } from '../../support/local.ts';
import { hostileText } from '../../support/screen.ts';
import { decode, part, ringOf, rsa, sign } from '../../support/tokens.ts';

const secret = { kty: 'oct', k: Buffer.alloc(32, 1).toString('base64url') };
const ring = ringOf(rsa.jwk, secret);

/** Decoding gives a result, or says that this is no token without repeating twelve characters of it. */
async function decodesOrSaysWhy(input: string): Promise<void> {
  try {
    await decode(input, ring);
  } catch (error) {
    if (!isAnonError(error)) throw error;
    expect(error.code).toBe('token_unacceptable');
    expect(error.message.split('\n')).toHaveLength(1);
    const told = `${error.message} ${error.hint ?? ''}`;
    const slices = Array.from({ length: Math.max(0, input.length - 11) }, (_, start) => input.slice(start, start + 12));
    expect(slices.filter((slice) => told.includes(slice))).toEqual([]);
  }
}

const word = fc.stringMatching(/^[\w-]{0,30}$/);
const odd = fc.oneof(fc.string(), hostileText, fc.json(), fc.stringMatching(/^[ \n.{}A-Za-z]{0,30}$/));
const header = fc
  .oneof(
    fc.record(
      {
        alg: fc.oneof(
          fc.constantFrom('RS256', 'HS256', 'none', 'dir', 'A256KW', 'RSA-OAEP', 'ECDH-ES'),
          fc.jsonValue(),
        ),
        enc: fc.oneof(fc.constantFrom('A256GCM', 'A128CBC-HS256'), fc.jsonValue()),
        kid: fc.jsonValue(),
        crit: fc.jsonValue(),
        zip: fc.constantFrom('DEF', 'x'),
        epk: fc.jsonValue(),
        b64: fc.boolean(),
      },
      { requiredKeys: [] },
    ),
    fc.jsonValue(),
  )
  .map(part);

describe('any input gives a result or one clear line', () => {
  it('any text', async () => {
    await fc.assert(fc.asyncProperty(odd, decodesOrSaysWhy), { numRuns: 200 });
  });

  it('any words joined by dots', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(word, odd), { minLength: 2, maxLength: 6 }), (parts) =>
        decodesOrSaysWhy(parts.join('.')),
      ),
      { numRuns: 200 },
    );
  });

  it('any header before anything', async () => {
    await fc.assert(
      fc.asyncProperty(
        header,
        fc.constantFrom(2, 4),
        fc.array(word, { minLength: 4, maxLength: 4 }),
        (head, count, rest) => decodesOrSaysWhy([head, ...rest.slice(0, count)].join('.')),
      ),
      { numRuns: 200 },
    );
  });
});

/** One change somewhere in a text: characters put in, left out or put in place of others. */
const change = fc.record({
  at: fc.nat(),
  remove: fc.nat({ max: 3 }),
  insert: fc.oneof(word, fc.constantFrom('', '.', '=', ' ', '\n', 'A', '..')),
});

function changed(token: string, { at, remove, insert }: { at: number; remove: number; insert: string }): string {
  const start = at % (token.length + 1);
  return token.slice(0, start) + insert + token.slice(start + remove);
}

describe('a token that was changed anywhere', () => {
  it('is refused, wrong, or has the same contents', async () => {
    const claims = { iss: 'https://acme.example/', sub: 'anon|1', exp: 1_780_315_300 };
    const token = await sign(claims, rsa.privateKey, { alg: 'RS256' });
    await fc.assert(
      fc.asyncProperty(change, async (edit) => {
        const text = changed(token, edit);
        await decodesOrSaysWhy(text);
        const decoded = await decode(text, ring).catch(() => undefined);
        if (decoded?.signature?.state === 'verified')
          expect(decoded).toMatchObject({ claims, header: { alg: 'RS256' } });
      }),
      { numRuns: 200 },
    );
  });

  it('and was encrypted is refused, stays encrypted, or has the same contents', async () => {
    const tenant = await openTenant();
    const { session_token: token } = await tenant.session();
    const keys = tenantKeyRing(connectionTo(tenant));
    const { claims } = await decode(token, keys);
    await fc.assert(
      fc.asyncProperty(change, async (edit) => {
        const text = changed(token, edit);
        await decodesOrSaysWhy(text);
        const decoded = await decode(text, keys).catch(() => undefined);
        if (decoded?.seal?.state === 'opened') expect(decoded.claims).toEqual(claims);
      }),
      { numRuns: 200 },
    );
  });
});
