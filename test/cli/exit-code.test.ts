import { describe, expect, it } from 'vitest';
import { exitCodeOf, exitCodes } from '../../src/cli/exit-code.ts';
import type { ErrorCode } from '../../src/errors.ts';

/** The type checker keeps this table whole: a code that is missing here, or is none, does not compile. */
const expected: Record<ErrorCode, number> = {
  failed: 1,
  not_found: 1,
  rate_limited: 1,
  response_invalid: 1,
  state_unusable: 1,
  usage: 2,
  ambiguous: 2,
  token_unacceptable: 3,
  not_authorised: 4,
  gate_closed: 5,
  guest_not_carried: 5,
  policy_violated: 5,
  tenant_unreachable: 6,
  server_error: 6,
  edition_unsupported: 7,
  not_applied: 8,
  command_not_runnable: 126,
  command_not_found: 127,
  interrupted: 130,
};

describe('the table of exit codes', () => {
  it('has every error code once', () => {
    expect(exitCodes.flatMap(({ errors }) => errors).sort()).toEqual(Object.keys(expected).sort());
  });

  it('has every exit code once, and 0 for success', () => {
    const codes = exitCodes.map(({ code }) => code);
    expect(codes).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 126, 127, 130]);
    expect(exitCodes[0]).toEqual({ code: 0, meaning: 'done', errors: [] });
  });
});

it.each(Object.entries(expected))('%s exits with %i', (error, code) => {
  expect(exitCodeOf(error as ErrorCode)).toBe(code);
});
