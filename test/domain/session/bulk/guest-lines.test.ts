import { describe, expect, it } from 'vitest';
import { guestLine, readGuestLines } from '../../../../src/domain/session/bulk/guest-lines.ts';
import type { TextLine } from '../../../../src/domain/session/bulk/metadata-lines.ts';
import { failureOf } from '../../../support/domain.ts';

const tokens = {
  sessionToken: 's',
  accessToken: `e30.${Buffer.from('{"sub":"anon|1"}').toString('base64url')}.x`,
  tokenType: 'Bearer',
  expiresInSeconds: 60,
  sessionExpiresInSeconds: undefined,
  scope: undefined,
};

const lineOf = (n: number) => JSON.stringify(guestLine(n, tokens));

async function* linesOf(texts: readonly string[], whole = true): AsyncGenerator<TextLine> {
  let endOffset = 0;
  for (const [index, text] of texts.entries()) {
    endOffset += text.length + 1;
    yield { text, endOffset, whole: whole || index < texts.length - 1 };
  }
}

describe('the line of a guest', () => {
  it("has the number, the service's answer and the guest id", () => {
    expect(JSON.parse(lineOf(7))).toEqual({
      n: 7,
      session_token: 's',
      access_token: tokens.accessToken,
      token_type: 'Bearer',
      expires_in: 60,
      guest: 'anon|1',
    });
  });

  it('has everything that another edition returns, and no guest id if it cannot be read', () => {
    const more = { ...tokens, sessionToken: undefined, accessToken: 'opaque', sessionExpiresInSeconds: 9, scope: 'a' };
    expect(guestLine(1, more)).toEqual({
      n: 1,
      access_token: 'opaque',
      token_type: 'Bearer',
      expires_in: 60,
      session_expires_in: 9,
      scope: 'a',
    });
  });
});

describe('guests from an earlier run', () => {
  it('have a line, in any order', async () => {
    const lines = [lineOf(3), lineOf(1)];
    const before = await readGuestLines(linesOf(lines), 4);
    expect(before).toMatchObject({ count: 2, endOffset: lines.join('\n').length + 1 });
    expect([1, 2, 3, 4].filter((n) => before.has(n))).toEqual([1, 3]);
  });

  it('exclude a last line without a line break, even if it is complete', async () => {
    const before = await readGuestLines(linesOf([lineOf(3), lineOf(1)], false), 4);
    expect(before).toMatchObject({ count: 1, endOffset: lineOf(3).length + 1 });
    expect(before.has(1)).toBe(false);
  });

  it('include one without an access token, which is counted', async () => {
    const failed = { ...tokens, accessToken: '', problem: 'access_token is required' };
    expect(guestLine(2, failed)).toEqual({
      ...{ n: 2, session_token: 's', token_type: 'Bearer', expires_in: 60, error: 'access_token is required' },
    });
    const before = await readGuestLines(linesOf([lineOf(1), JSON.stringify(guestLine(2, failed))]), 4);
    expect(before).toMatchObject({ count: 2, failed: 1 });
  });

  it.each([
    ['a line of another kind', [lineOf(1), '{"name":"x"}'], /^Line 2 of the file to resume is not a guest\.$/],
    ['half a line in the middle', [lineOf(1).slice(0, 30), lineOf(2)], /^Line 1 .* is not a guest\.$/],
    ['an empty line', ['', lineOf(2)], /^Line 1 .* is not a guest\.$/],
    ['the number 0', [lineOf(0)], /^Line 1 .* is not a guest\.$/],
    ['a number over the count', [lineOf(5)], /has guest 5, which is more than --count 4\.$/],
    ['a number twice', [lineOf(2), lineOf(2)], /^Line 2 .* repeats guest 2\.$/],
  ])('cannot be read from a file with %s', async (_, lines, message) => {
    expect(await failureOf(() => readGuestLines(linesOf(lines), 4))).toMatchObject({
      code: 'usage',
      message: expect.stringMatching(message),
    });
  });
});
