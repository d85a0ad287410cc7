import { describe, expect, it } from 'vitest';
import { readClaimMapping } from '../../../src/domain/claims/check.ts';
import { failureOf } from '../../support/domain.ts';

const expression = 'anonymous_session.user_id';

describe('what is to be mapped', () => {
  it.each([
    ['user_id', 'anonymous_session.user_id'],
    ['session_id', 'anonymous_session.session_id'],
    ['created_at', 'anonymous_session.created_at'],
    ['metadata', 'anonymous_session.metadata'],
    ['metadata.cart.items', 'anonymous_session.metadata.cart.items'],
    ['anonymous_session.metadata.language', 'anonymous_session.metadata.language'],
  ])('%s is sent as %s', (text, sent) => {
    expect(readClaimMapping({ name: 'c', expression: text })).toEqual({ name: 'c', expression: sent });
  });

  it.each([
    ['', 'A claim needs a name.'],
    ['a'.repeat(256), "A claim's name has at most 255 characters, not 256."],
    [' ', "A claim's name has no spaces around it, and nothing that cannot be seen."],
    ['sub ', "A claim's name has no spaces around it, and nothing that cannot be seen."],
    ['su\u200bb', "A claim's name has no spaces around it, and nothing that cannot be seen."],
    ['a\u001b[31mb', "A claim's name has no spaces around it, and nothing that cannot be seen."],
    ['sub', "'sub' is reserved: no mapping can set it, in whatever case it is written."],
    ['Scope', "'Scope' is reserved: no mapping can set it, in whatever case it is written."],
  ])('a claim cannot be called %j', async (name, message) => {
    expect(await failureOf(() => readClaimMapping({ name, expression }))).toMatchObject({ code: 'usage', message });
  });

  it('a reserved name comes with one that is free', async () => {
    for (const [name, free] of [
      ['SUB', 'guest_sub'],
      ['__proto__', 'guest_proto'],
    ] as const) {
      const { hint } = await failureOf(() => readClaimMapping({ name, expression }));
      expect(hint).toContain(` ${free}.`);
    }
  });

  it.each([
    ['metadata.a b', 'is names joined by dots', 'a path and no logic'],
    ["metadata.a || 'x'", 'is names joined by dots', 'a path and no logic'],
    ['metadata..a', 'is names joined by dots', 'a path and no logic'],
    ['', 'is names joined by dots', 'a path and no logic'],
    ['language', "cannot begin with 'language'", 'For a key of the metadata write metadata.language'],
    ['userid', "cannot begin with 'userid'", "Did you mean 'user_id'?"],
    ['session.metadata.language', "cannot begin with 'session'", 'a path and no logic'],
    ['anonymous_session.cart.items', "cannot lead to 'cart'", 'For a key of the metadata write metadata.cart.items'],
    ['metdata.language', "cannot begin with 'metdata'", "Did you mean 'metadata'?"],
    ['anonymous_sesion.user_id', "cannot begin with 'anonymous_sesion'", "Did you mean 'anonymous_session'?"],
    ['anonymous_session', 'must name an attribute of the session', 'metadata.<key>'],
    ['anonymous_session.userid', "cannot lead to 'userid'", "Did you mean 'user_id'?"],
    ['user_id.length', "goes no further than 'user_id'", 'only metadata'],
    [`metadata.${'a'.repeat(250)}`, 'has at most 255 characters, not 277', 'a path and no logic'],
  ])('%j is no expression', async (text, problem, help) => {
    const failure = await failureOf(() => readClaimMapping({ name: 'c', expression: text }));
    expect(failure.code).toBe('usage');
    expect(failure.message).toContain(problem);
    expect(`${failure.message} ${failure.hint}`).toContain(help);
  });
});
