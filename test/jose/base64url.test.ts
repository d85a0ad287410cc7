import { expect, it } from 'vitest';
import { base64urlJson, base64urlProblem, readBase64url } from '../../src/jose/base64url.ts';

it.each(['', 'AA', 'AAA', 'AAAA', '-_-_'])('reads canonical base64url: %j', (text) => {
  expect(readBase64url(text)?.toString('base64url')).toBe(text);
});

it.each(['A', 'AB', 'AA==', 'A A', '+/+/', 'AA\n'])('refuses any other spelling: %j', (text) => {
  expect(readBase64url(text)).toBeUndefined();
});

it('writes a JSON value as one part of a token', () => {
  expect(readBase64url(base64urlJson({ alg: 'RS256' }))?.toString()).toBe('{"alg":"RS256"}');
});

it.each([
  ['AA+A', "character 3 is '+'"],
  ['A\u2026', 'character 2 is U+2026'],
  ['A A', 'character 2 is U+0020'],
  ['AAAAA', "5 characters can't be base64url"],
  ['AAAA', undefined],
])('says where base64url breaks: %j', (text, problem) => {
  expect(base64urlProblem(text)).toBe(problem);
});
