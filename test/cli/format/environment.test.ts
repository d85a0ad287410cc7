import { execFileSync } from 'node:child_process';
import { parseEnv } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dotenvLines, exportLines } from '../../../src/cli/format/environment.ts';
import { membersOf } from '../../../src/cli/format/members.ts';

describe('the members of a result', () => {
  it('are those of the top level and of the objects in it, arrays as JSON', () => {
    const data = {
      app: { client_id: 'c1', nested: { left: 'out' } },
      access_token: 'a.b.c',
      expires_in: 60,
      active: false,
      name: null,
      scopes: ['a', 'b'],
      app_client_id: 'the top level first',
    };
    expect(membersOf(data)).toEqual([
      { name: 'access_token', text: 'a.b.c' },
      { name: 'expires_in', text: '60' },
      { name: 'active', text: 'false' },
      { name: 'name', text: '' },
      { name: 'scopes', text: '["a","b"]' },
      { name: 'app_client_id', text: 'the top level first' },
    ]);
  });

  it('have names that are one word, whatever a tenant calls its things', () => {
    const data = { claims: { 'https://shop.example/cart; rm': 3, $IFS: 'x' } };
    expect(membersOf(data).map(({ name }) => name)).toEqual(['claims_https___shop_example_cart__rm', 'claims__IFS']);
  });
});

const texts = ['', "it's", '$(touch x) `id` "quoted" \\', 'two\nlines', 'all \' " ` $', 'ü 🛒', ' spaced ', '#no'];

describe('--format env', () => {
  it('gives a POSIX shell exactly the texts', () => {
    const lines = exportLines(texts.map((text, index) => ({ name: `text_${index}`, text })));
    const shown = texts.map((_, index) => `printf '%s\\0' "$TEXT_${index}"`).join('\n');
    const printed = execFileSync('sh', ['-c', `${lines}${shown}`], { encoding: 'utf8', env: {} });
    expect(printed.split('\0').slice(0, -1)).toEqual(texts);
  });

  it.each(['path', 'shell', 'ld_preload', 'node_options', 'anon_profile', '1st'])('does not set %s itself', (name) => {
    expect(exportLines([{ name, text: 'x' }])).toBe(`export RESULT_${name.toUpperCase()}='x'\n`);
  });
});

describe('--format dotenv', () => {
  it.each(texts.slice(0, 4))('gives a reader of .env files the text %j', (text) => {
    expect(parseEnv(dotenvLines([{ name: 'text', text }]))).toEqual({ TEXT: text });
  });

  it('does so with any text without all three quotes', () => {
    const text = fc.string({ unit: 'grapheme' }).filter((one) => !/[\r`\0]/.test(one));
    fc.assert(
      fc.property(text, (one) => {
        expect(parseEnv(dotenvLines([{ name: 'text', text: one }]))).toEqual({ TEXT: one });
      }),
      { seed: 4, numRuns: 500 },
    );
  });

  it('quotes as people expect where it can', () => {
    expect(dotenvLines([{ name: 'access_token', text: 'a.b.c' }])).toBe('ACCESS_TOKEN="a.b.c"\n');
  });
});
