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

  it('have each name once, whatever its case', () => {
    const data = { metadata: { Lang: 'en', lang: 'de' } };
    expect(membersOf(data)).toEqual([{ name: 'metadata_Lang', text: 'en' }]);
  });

  it("have names that are single words, whatever the tenant's names are", () => {
    const data = { claims: { 'https://shop.example/cart; rm': 3, $IFS: 'x' } };
    expect(membersOf(data).map(({ name }) => name)).toEqual(['claims_https___shop_example_cart__rm', 'claims__IFS']);
  });
});

const texts = ['', "it's", '$(touch x) `id` "quoted" \\', 'two\nlines', 'all \' " ` $', 'ü 🛒', ' spaced ', '#no'];

describe('--format env', () => {
  it('gives a POSIX shell exactly the values', () => {
    const lines = exportLines(texts.map((text, index) => ({ name: `text_${index}`, text })));
    const shown = texts.map((_, index) => `printf '%s\\0' "$TEXT_${index}"`).join('\n');
    const printed = execFileSync('sh', ['-c', `${lines}${shown}`], { encoding: 'utf8', env: {} });
    expect(printed.split('\0').slice(0, -1)).toEqual(texts);
  });

  it('has no backslash in quotes, which fish would read as an escape', () => {
    expect(exportLines([{ name: 'text', text: "a\\'b" }])).toBe("export TEXT='a'\\\\''\\''b'\n");
  });

  it.each(['path', 'shell', 'ld_preload', 'node_options', 'anon_profile', '1st'])('does not set %s itself', (name) => {
    expect(exportLines([{ name, text: 'x' }])).toBe(`export RESULT_${name.toUpperCase()}='x'\n`);
  });
});

/** What a shell that has sourced these lines holds in TEXT_0, TEXT_1 and so on. */
function sourced(lines: string, count: number): string[] {
  const shown = Array.from({ length: count }, (_, index) => `printf '%s\\0' "$TEXT_${index}"`).join('\n');
  const printed = execFileSync('sh', ['-c', `${lines}${shown}`], { encoding: 'utf8', env: {} });
  return printed.split('\0').slice(0, -1);
}

const quotesAndMore = fc.constantFrom("'", '"', '`', '$', '\\', '\n', '\r', '#', '=', ' ', 'a', '!', '(', ')', '~');

describe('--format dotenv', () => {
  const written = [
    '',
    'a.b.c',
    '$(touch x) `id` "quoted" \\ $x',
    'two\nlines',
    "it's\n#1",
    'ü 🛒',
    ' spaced ',
    '#no',
    '~',
    '!x',
  ];

  it.each(written)('gives readers of .env files the value %j', (text) => {
    expect(parseEnv(dotenvLines([{ name: 'text', text }]).lines)).toEqual({ TEXT: text });
  });

  it('gives the same value to a shell that sources the file', () => {
    const { lines } = dotenvLines(written.map((text, index) => ({ name: `text_${index}`, text })));
    expect(sourced(lines, written.length)).toEqual(written);
  });

  it('leaves out values that a reader would misread or a shell would execute', () => {
    for (const text of [`it's $(touch x)`, "it's `id`", `it's "so"`, `it's \\`, 'a"\\', 'a\rb', 'a\0b']) {
      expect(dotenvLines([{ name: 'note', text }])).toEqual({ lines: '', leftOut: ['NOTE'] });
    }
  });

  it('gives any other value to all of them', () => {
    const texts = fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: quotesAndMore })), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(texts, (some) => {
        const members = some.map((text, index) => ({ name: `text_${index}`, text }));
        const { lines, leftOut } = dotenvLines(members);
        const kept = members.filter(({ name }) => !leftOut.includes(name.toUpperCase()));
        expect(parseEnv(lines)).toEqual(Object.fromEntries(kept.map(({ name, text }) => [name.toUpperCase(), text])));
        const shown = sourced(lines, some.length);
        expect(kept.map(({ name }) => shown[members.findIndex((one) => one.name === name)])).toEqual(
          kept.map(({ text }) => text),
        );
      }),
      { seed: 4, numRuns: 60 },
    );
  });

  it('writes tokens and numbers without quotes, which Docker would keep', () => {
    expect(dotenvLines([{ name: 'access_token', text: 'eyJ-_.b.c=' }]).lines).toBe('ACCESS_TOKEN=eyJ-_.b.c=\n');
  });

  it('has a way to write every array', () => {
    const [list] = membersOf({ list: [`it's "so"`, '$x `y`', 'a\\', 'b\r'] });
    const { TEXT } = parseEnv(dotenvLines([{ name: 'text', text: list?.text ?? '' }]).lines);
    expect(JSON.parse(TEXT ?? '')).toEqual([`it's "so"`, '$x `y`', 'a\\', 'b\r']);
  });
});
