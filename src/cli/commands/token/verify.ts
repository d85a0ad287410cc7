import { Command } from 'commander';
import { askTime } from '../../../domain/exchange/send.ts';
import { clockSentence } from '../../../domain/exchange/tenant-time.ts';
import type { Check } from '../../../domain/token/check.ts';
import { findTokens } from '../../../domain/token/find.ts';
import { isUntold, timeDoubts } from '../../../domain/token/times.ts';
import { type Verification, verifyToken } from '../../../domain/token/verify.ts';
import { AnonError } from '../../../errors.ts';
import { withExample } from '../../options/example.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { printResult } from '../../output/output.ts';
import { printable } from '../../render/printable.ts';
import { renderVerification, verificationData } from '../../render/verification.ts';
import type { Context } from '../../world/context.ts';
import { type TokenToVerify, tokenToVerify } from './token-arguments.ts';
import { checkOptions, noTrust, trustFor } from './verify-keys.ts';

export interface TokenVerifyOptions extends GlobalOptions {
  readonly jwks?: string;
  readonly issuer?: string;
  readonly api?: string;
  readonly audience?: string;
  readonly scope?: string;
  readonly guest?: boolean;
  readonly clockTolerance?: string;
  readonly offline?: true;
}

export function tokenVerifyCommand(context: Context, run = verifyAndShow): Command {
  const command = new Command('verify')
    .description('check an access token as an API should, and say what came of each check')
    .argument('[token]', "the token, @<file>, or '-' for stdin; left out: the saved session's")
    .option('--api <api>', 'the API it must be for: name, audience or id')
    .option('--audience <audience>', 'the same by its audience, without a look-up')
    .option('--scope <list>', 'scopes that it must have')
    .option('--guest', "it must be a guest's")
    .option('--no-guest', "it must be no guest's")
    .option('--clock-tolerance <duration>', 'how far clocks may differ: 30s; 10m at most')
    .option('--jwks <url|file>', "check it with these keys, not the tenant's: any issuer's")
    .option('--issuer <issuer>', 'the issuer it must name; left out: the tenant, with --jwks anyone')
    .option('--offline', 'fetch nothing: use the keys that are kept, or a file')
    .action((token: string | undefined, options: TokenVerifyOptions) => run(context, token, options));
  return withExample(
    command,
    'token create --field access_token | anon-cli token verify --guest',
    `Ends with 0 when it is good, and with 3 when it is not or when that cannot be
told: of an opaque token, or without its key. The report is on stdout either
way. Without an API named, the profile's is expected. An API lets guests in
unless it looks at who they are: try yours with --no-guest.`,
  );
}

async function verifyAndShow(context: Context, token: string | undefined, options: TokenVerifyOptions): Promise<void> {
  const wanted = checkOptions(options);
  const given = await tokenToVerify(context, options, token);
  const trust = given.empty ? noTrust : await trustFor(context, options, given);
  const { keys, issuer, audience, isEmbedded, tenant } = trust;
  const expected = { ...wanted, issuer, audience, issued: given.issued };
  const verify = () => verifyToken({ clock: tenant?.time ?? context.clock, keys }, given.token, expected);
  let verification = await verify();
  if (tenant && !options.offline && failsByTime(verification)) {
    await askTime(tenant);
    verification = await verify();
  }
  const wrongClock = tenant && verification.claims && clockSentence(tenant, "times are checked by the tenant's clock");
  if (wrongClock) context.warn(wrongClock);
  warnOfLateExpiry(context, verification);
  const refusal =
    given.empty ?? (verification.valid ? undefined : refusalOf(verification, options, { ...given, isEmbedded }));
  // An untrusted token has no claims to show: the token is the error, not the field.
  if (refusal && !verification.claims && options.field?.some((field) => /^claims(\.|$)/.test(field))) throw refusal;
  printResult(context, options, {
    data: verificationData(verification),
    human: (paint) => renderVerification(paint, verification),
  });
  if (refusal) throw refusal;
}

/** An API accepts the token, but its issuer hardly meant that time. */
function warnOfLateExpiry({ warn }: Context, { checks, claims = {} }: Verification): void {
  const exp = checks.find(({ check }) => check === 'exp');
  if (exp?.state === 'ok' && isUntold({ timeDoubts: timeDoubts(claims) }, 'exp')) warn(`exp: ${exp.detail}.`);
}

/** Then this machine's clock may be wrong. */
function failsByTime({ checks }: Verification): boolean {
  return checks.some(({ check, state }) => state === 'failed' && ['exp', 'nbf', 'iat'].includes(check));
}

/** The report is printed in any case; the error stops scripts. */
function refusalOf(
  { checks }: Verification,
  options: TokenVerifyOptions,
  given: TokenToVerify & { readonly isEmbedded: boolean },
): AnonError {
  const failed = checks.filter(({ state }) => state === 'failed').map(({ check }) => check);
  return failed.length > 0 ? notValid(failed, options, given) : notChecked(checks, options);
}

/** The token may be valid, but a script must not rely on it. */
function notChecked(checks: readonly Check[], { jwks }: TokenVerifyOptions): AnonError {
  const unknown = checks.filter(({ state }) => state === 'not_checked');
  const [first] = unknown;
  const hints: Readonly<Record<string, string>> = {
    signature: jwks
      ? "Does --jwks have all keys of the token's issuer?"
      : 'Is the token from another tenant? Pass --profile <profile> or --jwks <url|file>.',
    form: 'Ask the tenant that issued it. An API that expects JWTs should reject it.',
  };
  const what = unknown.map(({ check, detail }) => `${check} (${printable(detail)})`).join(', ');
  return new AnonError('token_unacceptable', `The token could not be checked: ${what}.`, {
    hint: hints[first?.check ?? ''],
  });
}

function notValid(
  names: readonly string[],
  { jwks }: TokenVerifyOptions,
  { token, isEmbedded }: { readonly token: string; readonly isEmbedded: boolean },
): AnonError {
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
    if (only && others.length === 0)
      return `The text has a token in it${extras}, but an API accepts only the bare token: pass that.`;
  } catch {
    // No token in the text.
  }
  return 'Pass the access token alone.';
}
