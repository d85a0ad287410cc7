import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkMergedSize, checkMetadataSize, readMetadata } from '../../../../src/domain/session/metadata/metadata.ts';
import { isAnonError } from '../../../../src/errors.ts';
import { metadataBytes } from '../../../../src/wire/metadata.ts';
import { failureOf } from '../../../support/domain.ts';

const meta = (...assignments: string[]) => readMetadata({ assignments, unset: [] });
const unset = (...keys: string[]) => readMetadata({ assignments: [], unset: keys });
const file = (text: string, ...assignments: string[]) => readMetadata({ assignments, file: text, unset: [] });

describe('an assignment', () => {
  it.each<[string, object]>([
    ['language=en', { language: 'en' }],
    ['language=', { language: '' }],
    ['count=3', { count: '3' }],
    ['equation=a=b', { equation: 'a=b' }],
    ['text={"a":1}', { text: '{"a":1}' }],
    ['text= padded ', { text: ' padded ' }],
    ['count:=3', { count: 3 }],
    ['beta:=true', { beta: true }],
    ['gone:=null', { gone: null }],
    ['list:=["a",1]', { list: ['a', 1] }],
    ['cart:={"items":3}', { cart: { items: 3 } }],
    ['text:="3"', { text: '3' }],
    ['text:= "padded" ', { text: 'padded' }],
    ['cart.items:=3', { cart: { items: 3 } }],
    ['a.b.c=d', { a: { b: { c: 'd' } } }],
    ['a\\.b=c', { 'a.b': 'c' }],
    ['a\\.b.c=d', { 'a.b': { c: 'd' } }],
    ['https://shop\\.example/x=1', { 'https://shop.example/x': '1' }],
    ['a:b=c', { 'a:b': 'c' }],
    ['🛒=🍎', { '🛒': '🍎' }],
  ])('%s is %j', (assignment, metadata) => {
    expect(meta(assignment)).toEqual(metadata);
  });

  it('can be repeated: they are merged, and the last one of a key wins', () => {
    expect(meta('cart.items:=3', 'cart.total=9.90', 'language=en', 'language=de')).toEqual({
      cart: { items: 3, total: '9.90' },
      language: 'de',
    });
  });

  it('can nest in an object from another one', () => {
    expect(meta('cart:={"items":3}', 'cart.total:=9')).toEqual({ cart: { items: 3, total: 9 } });
  });

  it.each(['language', '=en', '', ':=3', '='])('%j is refused', async (assignment) => {
    expect(await failureOf(() => meta(assignment))).toMatchObject({
      code: 'usage',
      message: '--meta takes key=value, or key:=json for a typed value.',
    });
  });

  it.each(['.=x', 'a.=x', '.a=x', 'a..b=x'])('%s has an empty key', async (assignment) => {
    expect(await failureOf(() => meta(assignment))).toMatchObject({
      code: 'usage',
      message: `'${assignment.slice(0, -2)}' has an empty key.`,
      hint: 'A dot nests. For a dot in a key, write \\.',
    });
  });

  it.each(['pin:=hunter2', 'pin:=', 'pin:={"a":hunter2}'])(
    '%s is not JSON, and its value is not repeated',
    async (given) => {
      const error = await failureOf(() => meta(given));
      expect(error).toMatchObject({ code: 'usage', message: 'The value of --meta pin:= is not valid JSON.' });
      expect(error.hint).toBe(`For text, write pin=…; JSON text needs quotes: 'pin:="text"'`);
    },
  );

  it.each([
    ['12345678901234567890'],
    ['-9007199254740993'],
    ['1e400'],
    ['{"a":[1,9007199254740993]}'],
    [`1${'0'.repeat(400)}`],
  ])('id:=%s would arrive as another number', async (text) => {
    const error = await failureOf(() => meta(`id:=${text}`));
    expect(error).toMatchObject({
      code: 'usage',
      message: 'The value of --meta id:= has a number that is too large: it would arrive as another number.',
      hint: 'Write it as text to keep every digit.',
    });
  });

  it.each([
    ['9007199254740991', 9007199254740991],
    ['9007199254740994', 9007199254740994],
    ['-0', -0],
    ['1.10', 1.1],
    ['1e21', 1e21],
    ['{"id":"12345678901234567890","\\"9007199254740993":1}', { id: '12345678901234567890', '"9007199254740993': 1 }],
  ])('id:=%s arrives unchanged', (text, value) => {
    expect(meta(`id:=${text}`)).toEqual({ id: value });
  });

  it.each([
    ['cart=full', 'cart.items:=3'],
    ['cart:=[1]', 'cart.items:=3'],
    ['cart:=null', 'cart.items:=3'],
  ])('%s has a value already where %s would nest', async (...assignments) => {
    expect(await failureOf(() => meta(...assignments))).toMatchObject({
      code: 'usage',
      message: "'cart.items' would nest under 'cart', which already has a value.",
    });
  });
});

describe('a key that would reach a prototype is refused', () => {
  it.each([
    ['__proto__', '__proto__=x'],
    ['__proto__', 'a.__proto__.b=x'],
    ['__proto__', '__proto__.polluted=x'],
    ['__proto__', 'a:={"__proto__":{"b":1}}'],
    ['constructor', 'constructor=x'],
    ['prototype', 'a.constructor\\.x.prototype=x'],
    ['constructor', 'list:=[{"constructor":1}]'],
  ])('%s, as in %s', async (key, assignment) => {
    expect(await failureOf(() => meta(assignment))).toMatchObject({
      code: 'usage',
      message: `Metadata can't have the key '${key}'.`,
    });
    expect({}).not.toHaveProperty('polluted');
  });

  it('also in a file, and for removal', async () => {
    expect(await failureOf(() => file('{"a":{"__proto__":1}}'))).toMatchObject({ code: 'usage' });
    expect(await failureOf(() => unset('__proto__'))).toMatchObject({ code: 'usage' });
  });

  it('but not one that objects merely inherit', () => {
    expect(meta('toString.x=y', 'hasOwnProperty=z')).toEqual({ toString: { x: 'y' }, hasOwnProperty: 'z' });
  });
});

describe('a file', () => {
  it('is metadata, and assignments take precedence', () => {
    expect(file('{"language":"en","cart":{"items":1}}', 'language=de', 'cart.total:=9')).toEqual({
      language: 'de',
      cart: { items: 1, total: 9 },
    });
  });

  it('that is empty is empty metadata', () => {
    expect(file('{}')).toEqual({});
  });

  it.each(['', 'hunter2', '{"pin":hunter2}', "{'a':1}"])('of %j is not JSON, and is not repeated', async (text) => {
    expect(await failureOf(() => file(text))).toMatchObject({
      code: 'usage',
      message: 'The metadata file is not valid JSON.',
    });
  });

  it('with a duplicate key, or a number that would change, is refused', async () => {
    expect(await failureOf(() => file('{"a":{"b":1,"\\u0062":2}}'))).toMatchObject({
      code: 'usage',
      message: "The metadata file has two members named 'b'.",
    });
    expect(await failureOf(() => file('{"id":12345678901234567890}'))).toMatchObject({
      code: 'usage',
      message: 'The metadata file has a number that is too large: it would arrive as another number.',
    });
    expect(file('{"a":{"b":1},"b":{"b":1}}')).toEqual({ a: { b: 1 }, b: { b: 1 } });
  });

  it('of any length is refused quickly', async () => {
    const long = `{"a":"${'\\n'.repeat(510_000)}"}`;
    expect(await failureOf(() => file(long))).toMatchObject({
      code: 'usage',
      message: expect.stringContaining('over the limit'),
    });
    expect(await failureOf(() => file(`${' '.repeat(1 << 20)}{}`))).toMatchObject({
      message: 'The metadata file is longer than 1 MiB.',
    });
  });

  it('nested too deeply to be sent is refused like anything else', async () => {
    const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    const refusal = { code: 'usage', message: 'The metadata is nested too deeply.' };
    expect(await failureOf(() => file(deep))).toMatchObject(refusal);
    expect(await failureOf(() => meta(`${'a.'.repeat(20_000)}b=c`))).toMatchObject(refusal);
  });

  it.each(['[]', 'null', '"text"', '7', '[{"a":1}]'])('of %s is not an object', async (text) => {
    expect(await failureOf(() => file(text))).toMatchObject({
      code: 'usage',
      message: 'The metadata file must be a JSON object. Example: {"language":"en"}',
    });
  });
});

describe('a key to remove', () => {
  it('is sent as null, which is how the service removes it', () => {
    expect(unset('language', 'a\\.b')).toEqual({ language: null, 'a.b': null });
  });

  it('goes with keys to set', () => {
    expect(readMetadata({ assignments: ['a=1'], unset: ['b'] })).toEqual({ a: '1', b: null });
  });

  it('cannot be set as well', async () => {
    expect(await failureOf(() => readMetadata({ assignments: ['a=1'], unset: ['a'] }))).toMatchObject({
      code: 'usage',
      message: "'a' can't be both set and unset.",
    });
  });

  it('is at the top level, because the service cannot remove deeper ones', async () => {
    expect(await failureOf(() => unset('cart.items'))).toMatchObject({
      code: 'usage',
      message: "--unset takes a top-level key; 'cart.items' is nested.",
      hint: "Set 'cart' again without it. For a dot in a key, write \\.",
    });
  });

  it('cannot be empty', async () => {
    expect(await failureOf(() => unset(''))).toMatchObject({ code: 'usage', message: "'' has an empty key." });
  });
});

it('without options there is no metadata, which differs from empty metadata', () => {
  expect(readMetadata({ assignments: [], unset: [] })).toBeUndefined();
});

describe('the limit of 1024 bytes', () => {
  // `{"k":"…"}` is eight bytes around the value.
  it('is met exactly', () => {
    expect(metadataBytes(meta(`k=${'x'.repeat(1016)}`) ?? {})).toBe(1024);
  });

  it.each([
    ['one letter', 'x'.repeat(1017), 1025, 1],
    ['a hundred letters', 'x'.repeat(1116), 1124, 100],
    ['bytes where characters would still fit', 'ü'.repeat(600), 1208, 184],
    ['bytes where emoji would still fit', '🛒'.repeat(300), 1208, 184],
    ['what JSON writes longer', '"'.repeat(600), 1208, 184],
  ])('is exceeded by %s, and the message reports by how much', async (_, value, bytes, over) => {
    expect(await failureOf(() => meta(`k=${value}`))).toMatchObject({
      code: 'usage',
      message: `The metadata is ${bytes} bytes as JSON, ${over} over the limit of 1024.`,
      hint: 'Store large data in your own database, and only its id here.',
    });
  });

  it('applies to the resulting metadata if the current metadata is known', async () => {
    const current = { a: 'x'.repeat(600) };
    expect(await failureOf(() => checkMergedSize(current, { b: 'x'.repeat(600) }))).toMatchObject({
      message: "With this update, the session's metadata is 1215 bytes as JSON, 191 over the limit of 1024.",
    });
    expect(() => checkMergedSize(current, { a: null, b: 'x'.repeat(600) })).not.toThrow();
    expect(() => checkMergedSize(current, undefined)).not.toThrow();
    expect(() => checkMergedSize(undefined, { b: 'x'.repeat(600) })).not.toThrow();
  });

  it('is the same for any metadata', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string({ unit: 'grapheme', maxLength: 300 })), (metadata) => {
        const passes = new TextEncoder().encode(JSON.stringify(metadata)).length <= 1024;
        if (passes) expect(() => checkMetadataSize(metadata)).not.toThrow();
        else expect(() => checkMetadataSize(metadata)).toThrow(/over the limit of 1024\.$/);
      }),
    );
  });
});

it('any input is valid JSON metadata, or a usage error', () => {
  const word = fc.oneof(fc.string(), fc.stringMatching(/^[ab._\\:={}"0-]{0,10}$/), fc.constant('__proto__=x'));
  fc.assert(
    fc.property(
      fc.array(word, { maxLength: 4 }),
      fc.option(fc.oneof(fc.string(), fc.json()), { nil: undefined }),
      fc.array(word, { maxLength: 2 }),
      (assignments, text, keys) => {
        try {
          const metadata = readMetadata({ assignments, file: text, unset: keys });
          const sent = JSON.stringify(metadata ?? null);
          expect(JSON.stringify(JSON.parse(sent))).toBe(sent);
        } catch (error) {
          if (!isAnonError(error)) throw error;
          expect(error.code).toBe('usage');
        }
      },
    ),
    { numRuns: 500 },
  );
});
