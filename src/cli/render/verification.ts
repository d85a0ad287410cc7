import type { Check } from '../../domain/token/check.ts';
import type { Verification } from '../../domain/token/verify.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { Paint } from './paint.ts';
import { printable } from './printable.ts';
import { beside } from './wrapped.ts';

/** Each check with its outcome on a line, and the verdict. Checks that were not reached share one line. */
export function renderVerification(paint: Paint, { valid, checks, claims }: Verification): string {
  // Without claims the checks stopped early, and those that were skipped were not reached.
  const shown = claims ? checks : checks.filter(({ state }) => state !== 'skipped');
  const skipped = checks.length - shown.length;
  const lines = shown.map((check) => checkLines(paint, check));
  if (skipped > 0) lines.push(`${paint.dim(`– ${skipped} checks skipped (${reasonToStop(checks)})`)}\n`);
  return `${lines.join('')}\n${verdict(paint, valid, checks)}\n`;
}

function verdict(paint: Paint, valid: boolean, checks: readonly Check[]): string {
  if (valid) return `${paint.green('✔')} Valid: every requested check passed`;
  return checks.some(({ state }) => state === 'failed')
    ? `${paint.red('✘')} Not valid: an API should reject this token`
    : `${paint.yellow('?')} Unknown: the token may or may not be valid`;
}

function reasonToStop(checks: readonly Check[]): string {
  const worst = checks.find(({ state }) => state === 'failed') ?? checks.find(({ state }) => state === 'not_checked');
  if (worst?.state === 'not_checked') return `${worst.check} not checked`;
  return worst?.check === 'form' || worst?.check === 'kind' ? 'not an access token' : `${worst?.check} check failed`;
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
 * For `--json`: a check has `ok`, true or false, or `skipped`, or `not_checked` if it could not be made; `claims` only if
 * the signature is verified.
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
