import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeLifetime, lifetimeArgument } from '../../src/domain/duration.ts';
import {
  guestTokenLifetimeWarning,
  parseGuestTokenLifetime,
  parseSessionLifetime,
  sessionLifetimeWarning,
} from '../../src/domain/lifetime.ts';
import { editionNamed } from '../../src/wire/edition/editions.ts';
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

  it('is written as an argument with the same value', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: year }), (seconds) => {
        expect(parseSessionLifetime(lifetimeArgument(seconds))).toBe(seconds);
      }),
    );
  });

  it.each(['31536001', '366d', '2y', '999999999999y'])('%s is more than a year, the maximum', async (text) => {
    const error = await failureOf(() => parseSessionLifetime(text));
    expect(error).toMatchObject({
      code: 'usage',
      hint: 'Choose 1 second to 1 year. In edition ea, choose 1 minute to 1 year, in whole minutes (1 to 525600).',
    });
    expect(error.message).toContain(`Session lifetime ${text} is out of range: at most `);
  });

  it.each(['', ' ', '30 d', '30D', '1w', '1.5d', '-1', '+1', '1e3', 'd', '30dd', '1h30m', '٣d', 'NEVER', '1\n'])(
    '%j is not a duration',
    async (text) => {
      expect(await failureOf(() => parseSessionLifetime(text))).toMatchObject({
        code: 'usage',
        message: `'${text}' is not a valid duration.`,
        hint: 'Examples: 30d, 12h, 3600 (seconds) or never',
      });
    },
  );

  it('is a number of seconds in range or a usage error, for any text', async () => {
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

describe('a session lifetime out of range', () => {
  it.each([
    ['ea', '2y', 'at most 1y (365 days)'],
    ['ea', '366d', 'at most 365d (1 year)'],
    ['ea', '9999h', 'at most 8760h (1 year)'],
    ['ea', '525601m', 'at most 525600m (1 year)'],
    ['ea', '99999999s', 'at most 31536000s (1 year)'],
    ['ea', '99999999', 'at most 31536000s (1 year)'],
    ['ea', '30s', 'at least 60s (1 minute)'],
    ['ea', '59', 'at least 60s (1 minute)'],
    ['ea', '0m', 'at least 1m (1 minute)'],
    ['ea', '0h', 'at least 1m (1 minute)'],
    ['ea', '0', 'at least 60s (1 minute)'],
    ['preview', '2y', 'at most 1y (365 days)'],
    ['preview', '9999h', 'at most 8760h (1 year)'],
  ] as const)('in edition %s, %s, is reported in the given unit: %s', async (name, text, bound) => {
    const hint =
      name === 'ea' ? 'Choose 1 minute to 1 year, in whole minutes (1 to 525600).' : 'Choose 1 second to 1 year.';
    expect(await failureOf(() => parseSessionLifetime(text, editionNamed(name)))).toMatchObject({
      code: 'usage',
      message: `Session lifetime ${text} is out of range: ${bound}.`,
      hint,
    });
  });

  it.each([
    ['90s', 'Choose 1m or 2m.'],
    ['3599', 'Choose 59m or 1h.'],
  ])('in edition ea must be whole minutes: %s', async (text, hint) => {
    expect(await failureOf(() => parseSessionLifetime(text, editionNamed('ea')))).toMatchObject({
      message: `Session lifetime ${text} is not a whole number of minutes.`,
      hint,
    });
  });

  it('in edition ea cannot be never', async () => {
    expect(await failureOf(() => parseSessionLifetime('never', editionNamed('ea')))).toMatchObject({
      code: 'edition_unsupported',
      hint: 'The longest lifetime is 1 year: anon-cli tenant set-lifetime 1y',
    });
    expect(parseSessionLifetime('0', editionNamed('preview'))).toBe(0);
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

  it.each(['0', '31d', '1y'])('%s is out of range: the maximum is 30 days', async (text) => {
    expect(await failureOf(() => parseGuestTokenLifetime(text))).toMatchObject({
      code: 'usage',
      hint: 'Choose 1 second to 30 days.',
    });
  });

  it.each([
    ['2y', 'Guest access token lifetime 2y is out of range: at most 30d (30 days).'],
    ['721h', 'Guest access token lifetime 721h is out of range: at most 720h (30 days).'],
    ['43201m', 'Guest access token lifetime 43201m is out of range: at most 43200m (30 days).'],
    ['0h', 'Guest access token lifetime 0h is out of range: at least 1s (1 second).'],
  ])('%s is refused in its unit', async (text, message) => {
    expect(await failureOf(() => parseGuestTokenLifetime(text))).toMatchObject({ message });
  });

  it.each([
    [86_399, 'A tenant may refuse access token lifetimes under 1 day (86400 seconds); this one is 86399 seconds.'],
    [3600, 'A tenant may refuse access token lifetimes under 1 day (86400 seconds); this one is 1 hour.'],
    [86_400, undefined],
  ])('can be refused by tenants of edition ea if it is short: %i', (seconds, warning) => {
    expect(guestTokenLifetimeWarning(editionNamed('ea'), seconds)).toBe(warning);
    expect(guestTokenLifetimeWarning(editionNamed('preview'), seconds)).toBeUndefined();
  });

  it("cannot be 'never'", async () => {
    expect(await failureOf(() => parseGuestTokenLifetime('never'))).toMatchObject({
      message: "'never' is not a valid duration.",
      hint: 'Examples: 1d, 12h or 3600 (seconds)',
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
  [0, /Without expiry/],
  [1, /With less than 24 hours/],
  [86_399, /With less than 24 hours/],
  [86_400, undefined],
  [2_592_000, undefined],
])('%i seconds are warned about with %s', (seconds, warning) => {
  const text = sessionLifetimeWarning(seconds);
  if (warning) expect(text).toMatch(warning);
  else expect(text).toBeUndefined();
});
