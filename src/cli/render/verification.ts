import type { Check } from '../../domain/token/check.ts';
import type { Verification } from '../../domain/token/verify.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { Paint } from './paint.ts';
import { printable } from './printable.ts';
import { beside } from './wrapped.ts';

/** Every check on a line with its outcome, and what it comes to. */
export function renderVerification(paint: Paint, { valid, checks }: Verification): string {
  const named = (wanted: Check['state']) => checks.filter(({ state }) => state === wanted).map(({ check }) => check);
  const [bad, unknown] = [named('failed'), named('not_checked')];
  const verdict = valid
    ? `${paint.green('✔')} Valid: every check that was asked for is good`
    : bad.length > 0
      ? `${paint.red('✘')} Not valid: ${bad.join(', ')}. No API should take it`
      : `${paint.yellow('?')} Cannot tell: ${unknown.join(', ')} could not be checked. Nothing says that it is good`;
  return `${checks.map((check) => checkLines(paint, check)).join('')}\n${verdict}\n`;
}

function checkLines(paint: Paint, { check, state, detail }: Check): string {
  const outcomes = {
    ok: paint.green('✔ ok     '),
    failed: paint.red('✘ failed '),
    not_checked: paint.yellow('? unknown'),
    skipped: paint.dim('– skipped'),
  };
  const text = printable(detail);
  return beside(
    `${outcomes[state]}  ${check.padEnd(9)}  `,
    state === 'skipped' ? paint.dim(text) : text,
    paint.columns,
  );
}

/**
 * For `--json`: a check has `ok`, true or false, or `skipped`, or `not_checked` where it could not be made; `claims` are
 * there only when the signature is good.
 */
export function verificationData({ valid, checks, claims }: Verification): JsonObject {
  return {
    valid,
    checks: checks.map(({ check, state, detail }) => ({
      check,
      ...(state === 'skipped' || state === 'not_checked' ? { [state]: true } : { ok: state === 'ok' }),
      detail,
    })),
    ...(claims && { claims }),
  };
}
