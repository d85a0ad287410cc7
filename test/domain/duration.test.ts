import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  describeLifetime,
  lifetimeArgument,
  parseGuestTokenLifetime,
  parseSessionLifetime,
  sessionLifetimeWarning,
} from '../../src/domain/duration.ts';
import { failureOf } from '../support/domain.ts';

const year = 31_536_000;

describe('a session lifetime', () => {
  it.each([
    ['45s', 45],
    ['90m', 5400],
    ['12h', 43_200],
    ['30d', 2_592_000],
    ['1y', year],
    ['3600', 3600],
    ['1', 1],
    ['0', 0],
    ['0d', 0],
    ['never', 0],
    ['007d', 604_800],
    ['8760h', year],
  ])('%s is %i seconds', (text, seconds) => {
    expect(parseSessionLifetime(text)).toBe(seconds);
  });

  it('is written as the argument that gives it again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: year }), (seconds) => {
        expect(parseSessionLifetime(lifetimeArgument(seconds))).toBe(seconds);
      }),
    );
  });

  it.each(['31536001', '366d', '2y', '999999999999y'])('%s is over a year, which is the longest', async (text) => {
    const error = await failureOf(() => parseSessionLifetime(text));
    expect(error).toMatchObject({ code: 'usage', hint: 'Between 1 second and 1 year.' });
    expect(error.message).toMatch(/^A session lifetime of \d+ seconds is out of range\.$/);
  });

  it.each(['', ' ', '30 d', '30D', '1w', '1.5d', '-1', '+1', '1e3', 'd', '30dd', '1h30m', '٣d', 'NEVER', '1\n'])(
    '%j is no duration',
    async (text) => {
      expect(await failureOf(() => parseSessionLifetime(text))).toMatchObject({
        code: 'usage',
        message: `'${text}' is not a duration.`,
        hint: "Write one such as 30d, 12h, 3600 (seconds) or 'never'.",
      });
    },
  );

  it('is a number of seconds in range or refused as usage, whatever the text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.stringMatching(/^\d{0,14}[smhdyw]?$/)), async (text) => {
        let seconds: number;
        try {
          seconds = parseSessionLifetime(text);
        } catch (error) {
          expect(error).toMatchObject({ name: 'AnonError', code: 'usage' });
          return;
        }
        expect(Number.isInteger(seconds) && seconds >= 0 && seconds <= year).toBe(true);
      }),
    );
  });
});

describe("the lifetime of a guest's access token", () => {
  it.each([
    ['1d', 86_400],
    ['1', 1],
    ['30d', 2_592_000],
  ])('%s is %i seconds', (text, seconds) => {
    expect(parseGuestTokenLifetime(text)).toBe(seconds);
  });

  it.each(['0', '31d', '1y'])('%s is out of range: it always ends, and within 30 days', async (text) => {
    expect(await failureOf(() => parseGuestTokenLifetime(text))).toMatchObject({
      code: 'usage',
      hint: 'Between 1 second and 30 days.',
    });
  });

  it("cannot be 'never'", async () => {
    expect(await failureOf(() => parseGuestTokenLifetime('never'))).toMatchObject({
      message: "'never' is not a duration.",
      hint: 'Write one such as 1d, 12h or 3600 (seconds).',
    });
  });
});

it.each([
  [0, 'never expires', 'never'],
  [1, '1 second', '1s'],
  [59, '59 seconds', '59s'],
  [60, '1 minute', '1m'],
  [90, '90 seconds', '90s'],
  [5400, '90 minutes', '90m'],
  [3600, '1 hour', '1h'],
  [86_400, '1 day', '1d'],
  [90_000, '25 hours', '25h'],
  [2_592_000, '30 days', '30d'],
  [year, '1 year', '1y'],
])('%i seconds read as "%s" and are typed as %s', (seconds, words, argument) => {
  expect(describeLifetime(seconds)).toBe(words);
  expect(lifetimeArgument(seconds)).toBe(argument);
});

it.each([
  [0, /never expire/],
  [1, /Under 24 hours/],
  [86_399, /Under 24 hours/],
  [86_400, undefined],
  [2_592_000, undefined],
])('%i seconds are warned about with %s', (seconds, warning) => {
  const text = sessionLifetimeWarning(seconds);
  if (warning) expect(text).toMatch(warning);
  else expect(text).toBeUndefined();
});
