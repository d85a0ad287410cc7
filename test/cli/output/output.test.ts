import { describe, expect, it } from 'vitest';
import { editionOption, type GlobalOptions } from '../../../src/cli/options/global.ts';
import { printResult } from '../../../src/cli/output/output.ts';
import type { Context } from '../../../src/cli/world/context.ts';
import { palette } from '../../../src/io/terminal/palette.ts';
import { failureOf } from '../../support/domain.ts';

const data = {
  access_token: 'abc.def.ghi',
  expires_in: 86_400,
  confidential: false,
  none: null,
  scopes: ['a', 'b'],
  decoded: { claims: { 'https://shop.example/cart': 3, metadata: { language: 'en', 'a.b': 'dotted' } } },
  'decoded.claims.flat': 'whole names first',
};

/** What is printed on stdout. */
function printed(options: GlobalOptions, { colour = false, given = data as object } = {}): string {
  let text = '';
  const terminal = {
    resultIsTerminal: true,
    resultColumns: 80,
    resultColour: colour,
    palette,
    result: (part: string) => (text += part),
  };
  printResult({ terminal, printing: {} } as unknown as Context, options, {
    data: given as typeof data,
    human: (paint) => `${paint.green('done')}\n`,
  });
  return text;
}

describe('a result', () => {
  it('is text unless another format is requested', () => {
    expect(printed({})).toBe('done\n');
    expect(printed({}, { colour: true })).toBe('\u001b[32mdone\u001b[39m\n');
  });

  it('is one JSON value with --json, never coloured', () => {
    expect(JSON.parse(printed({ json: true }, { colour: true }))).toEqual(data);
    expect(printed({ json: true })).toMatch(/\}\n$/);
  });

  it.each<[string, string]>([
    ['access_token', 'abc.def.ghi'],
    ['expires_in', '86400'],
    ['confidential', 'false'],
    ['none', 'null'],
    ['scopes', '["a","b"]'],
    ['scopes.1', 'b'],
    ['decoded.claims.metadata', '{"language":"en","a.b":"dotted"}'],
    ['decoded.claims.metadata.language', 'en'],
    ['decoded.claims.metadata.a.b', 'dotted'],
    ['decoded.claims.https://shop.example/cart', '3'],
    ['decoded.claims.flat', 'whole names first'],
  ])('is a single value with --field %s', (field, value) => {
    expect(printed({ field: [field] }, { colour: true })).toBe(`${value}\n`);
    expect(printed({ field: [field], json: true })).toBe(`${value}\n`);
  });

  it('that is a list has fields too', () => {
    expect(printed({ field: ['0.name'] }, { given: [{ name: 'web' }] })).toBe('web\n');
  });

  const list = [
    { name: 'web', id: 1, scopes: [{ value: 'a' }, { value: 'b' }] },
    { name: 'two\nlines', scopes: [] },
    { id: 3, name: null, scopes: [{ value: 'c', about: 'x' }] },
  ];

  it.each<[string[], string]>([
    [['*.name'], 'web\n"two\\nlines"\nnull\n'],
    // A line for each, so that two of them go together.
    [['*.id'], '1\n\n3\n'],
    [['*.scopes.*.value'], 'a\nb\nc\n'],
    [['0.scopes.*.value', '2.name'], 'a\nb\nnull\n'],
    // On a terminal as here; see what a pipe gets in test/cli/hostile-names.test.ts.
    [['1.name'], 'two\\u000alines\n'],
    [['1.name', '0.id'], '"two\\nlines"\n1\n'],
    [['*'], `${list.map((item) => JSON.stringify(item)).join('\n')}\n`],
    [['0.*'], 'web\n1\n[{"value":"a"},{"value":"b"}]\n'],
    [['1.scopes.*'], ''],
    [['1.scopes.*.value'], ''],
  ])('has one value per line with --field %j', (field, text) => {
    expect(printed({ field }, { given: list })).toBe(text);
  });

  it('has its values in the order of the fields, and those of an object by *', () => {
    expect(printed({ field: ['expires_in', 'access_token', 'scopes.*'] })).toBe('86400\nabc.def.ghi\na\nb\n');
    expect(printed({ field: ['decoded.claims.metadata.*'] })).toBe('en\ndotted\n');
  });

  it('prints nothing if one of several fields is unknown', async () => {
    const terminal = { resultIsTerminal: true, result: () => expect.fail('something was printed') };
    const context = { terminal, printing: {} } as unknown as Context;
    const result = { data, human: () => '' };
    expect(await failureOf(() => printResult(context, { field: ['access_token', 'expires'] }, result))).toMatchObject({
      code: 'usage',
      hint: "Did you mean 'expires_in'?",
    });
  });

  it.each([
    ['*.nmae', "No item of the result has a field '*.nmae'.", "Did you mean 'name'?"],
    ['*.scopes.*.valeu', "No item of the result has a field '*.scopes.*.valeu'.", undefined],
    ['0.name.*', "The result has no field '0.name.*'.", undefined],
  ])('with --field %s explains what is wrong', async (field, message, hint) => {
    const error = await failureOf(() => printed({ field: [field] }, { given: list }));
    expect(error).toMatchObject({ code: 'usage', message, ...(hint && { hint }) });
  });

  it.each([
    ['acces_token', "Did you mean 'access_token'?"],
    ['session_id', /^Available fields: access_token, expires_in, confidential, none, scopes, decoded,/],
    ['', /^Available fields: access_token,/],
    ['decoded.clams', "Did you mean 'decoded.claims'?"],
    ['scopes.name', "'scopes' is a list: 'scopes.0' is its first item."],
    ['access_token.length', "'access_token' has no fields."],
    ['none.x', "'none' has no fields."],
    ['constructor', /^Available fields:/],
    ['__proto__', /^Available fields:/],
    ['scopes.length.x', "'scopes.length' has no fields."],
  ])('without a field %j is an error, and prints nothing', async (field, hint) => {
    const error = await failureOf(() => printed({ field: [field] }));
    expect(error.code).toBe('usage');
    expect(error.hint).toMatch(hint);
    expect(error.message).toBe(`The result has no field '${field}'.`);
  });
});

describe('--edition', () => {
  it.each(['preview', 'ea'])('accepts %s', (edition) => {
    expect(editionOption({ edition })).toBe(edition);
  });

  it('is optional', () => {
    expect(editionOption({})).toBeUndefined();
  });

  it.each(['', 'Preview', 'ga', 'constructor'])('accepts nothing else: %j', async (edition) => {
    expect(await failureOf(() => editionOption({ edition }))).toMatchObject({
      code: 'usage',
      message: `Unknown edition '${edition}'.`,
      hint: 'Choose preview or ea.',
    });
  });
});
