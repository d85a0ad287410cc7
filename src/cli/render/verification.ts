import type { Check } from '../../domain/token/check.ts';
import type { Verification } from '../../domain/token/verify.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { Paint } from './paint.ts';
import { printable } from './printable.ts';
import { beside } from './wrapped.ts';

/** Every check on a line with its outcome, and what it comes to. */
export function renderVerification(paint: Paint, { valid, checks }: Verification): string {
  const bad = checks.filter(({ state }) => state === 'failed').map(({ check }) => check);
  const verdict = valid
    ? `${paint.green('✔')} Valid: every check that was asked for is good`
    : `${paint.red('✘')} Not valid: ${bad.join(', ')}. No API should take it`;
  return `${checks.map((check) => checkLines(paint, check)).join('')}\n${verdict}\n`;
}

function checkLines(paint: Paint, { check, state, detail }: Check): string {
  const outcomes = { ok: paint.green('✔ ok     '), failed: paint.red('✘ failed '), skipped: paint.dim('– skipped') };
  const text = printable(detail);
  return beside(
    `${outcomes[state]}  ${check.padEnd(9)}  `,
    state === 'skipped' ? paint.dim(text) : text,
    paint.columns,
  );
}

/** For `--json`: a check has `ok`, true or false, or `skipped`; `claims` are there only when the signature is good. */
export function verificationData({ valid, checks, claims }: Verification): JsonObject {
  return {
    valid,
    checks: checks.map(({ check, state, detail }) => ({
      check,
      ...(state === 'skipped' ? { skipped: true } : { ok: state === 'ok' }),
      detail,
    })),
    ...(claims && { claims }),
  };
}
