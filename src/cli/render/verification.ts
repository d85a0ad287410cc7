import type { Check } from '../../domain/token/check.ts';
import { findTokens } from '../../domain/token/find.ts';
import type { Verification } from '../../domain/token/verify.ts';
import { AnonError } from '../../errors.ts';
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

interface RefusalOptions {
  readonly jwks?: string;
  readonly offline?: boolean;
}

interface Verified {
  readonly token: string;
  /** The keys are the local tenant's alone. */
  readonly isEmbedded: boolean;
}

/** The error for a token that is not valid, or may not be: the report is printed in any case, and the error stops scripts. */
export function refusalOf({ checks }: Verification, options: RefusalOptions, given: Verified): AnonError {
  const failed = checks.filter(({ state }) => state === 'failed').map(({ check }) => check);
  return failed.length > 0
    ? notValid(failed, options, given)
    : notChecked(checks, { ...options, offline: options.offline && !given.isEmbedded });
}

/** The token may be valid, but a script must not rely on it. */
function notChecked(checks: readonly Check[], { jwks, offline }: RefusalOptions): AnonError {
  const unknown = checks.filter(({ state }) => state === 'not_checked');
  const [first] = unknown;
  const hints: Readonly<Record<string, string>> = {
    signature: jwks
      ? "Does --jwks have all keys of the token's issuer?"
      : offline
        ? 'The tenant may have new keys. Verify once without --offline.'
        : 'Is the token from another tenant? Pass --profile <profile> or --jwks <url|file>.',
    form: 'Ask the tenant that issued it. An API that expects JWTs should reject it.',
  };
  const what = unknown.map(({ check, detail }) => `${check} (${printable(detail)})`).join(', ');
  return new AnonError('token_unacceptable', `The token could not be checked: ${what}.`, {
    hint: hints[first?.check ?? ''],
  });
}

function notValid(names: readonly string[], { jwks }: RefusalOptions, { token, isEmbedded }: Verified): AnonError {
  const hints: Readonly<Record<string, string>> = {
    form: `${adviceOn(token)} To look inside: anon-cli token decode`,
    kind: 'Pass an access token. To look inside this one: anon-cli token decode',
    signature: jwks
      ? "Does --jwks have the keys of the token's issuer?"
      : 'Is the token from another tenant? Pass --profile <profile> or --jwks <url|file>.',
    iss: isEmbedded
      ? 'The local tenant issued it before its issuer changed. Get a new token: anon-cli token create'
      : 'Is the token from another tenant? Pass --profile <profile> or --issuer <issuer>.',
    exp: 'Get a new token: anon-cli token create',
  };
  return new AnonError('token_unacceptable', `The token is not valid: ${names.join(', ')}.`, {
    hint: hints[names[0] ?? ''],
  });
}

/** The token is checked verbatim, as an API would; but people often paste more than the token. */
function adviceOn(text: string): string {
  try {
    const [only, ...others] = findTokens(text);
    const extras = only?.repairs ? ` (with ${only.repairs.join(', ')})` : '';
    if (only && others.length === 0 && only.token !== text.trim())
      return `The text contains a token${extras}, but an API accepts only the bare token: pass that.`;
  } catch {
    // No token in the text.
  }
  return 'Is the token complete and unchanged?';
}
