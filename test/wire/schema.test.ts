import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { anonymousTokenRequest } from '../../src/wire/anonymous-token.ts';
import { check, plainObject } from '../../src/wire/schema.ts';

const shape = v.looseObject({
  text: v.string(),
  count: v.optional(v.number()),
  on: v.optional(v.boolean()),
  list: v.optional(v.array(v.looseObject({ value: v.string() }))),
  object: v.optional(plainObject),
  choice: v.optional(v.picklist(['a', 'b'])),
});

describe('reading a value as a shape', () => {
  it('keeps members that the shape does not name', () => {
    expect(check(shape, { text: 'a', extra: 1 })).toEqual({ ok: true, value: { text: 'a', extra: 1 } });
  });

  it.each([
    [{}, 'text is required'],
    [undefined, 'the body is required'],
    [{ text: 1 }, 'text must be a string'],
    [{ text: 'a', count: '1' }, 'count must be a number'],
    [{ text: 'a', on: 1 }, 'on must be true or false'],
    [{ text: 'a', list: {} }, 'list must be an array'],
    [{ text: 'a', list: [{ value: 'b' }, {}] }, 'list.1.value is required'],
    [{ text: 'a', object: [] }, 'object must be an object'],
    [{ text: 'a', object: null }, 'object must be an object'],
    [{ text: 'a', choice: 'c' }, "choice must be 'a' or 'b'"],
    [null, 'the body must be an object'],
    ['text', 'the body must be an object'],
  ])('reports for %j that %s', (value, problem) => {
    expect(check(shape, value)).toEqual({ ok: false, problem });
  });

  it('never repeats the value in a problem', () => {
    const secret = 'do-not-repeat';
    for (const member of ['client_secret', 'session_token', 'metadata', 'user_id']) {
      const result = check(anonymousTokenRequest, { client_id: 'a', [member]: [secret] });
      expect(result).toMatchObject({ ok: false, problem: expect.not.stringContaining(secret) });
    }
  });
});
