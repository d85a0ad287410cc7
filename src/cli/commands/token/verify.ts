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
import { type TokenToVerify, tokenToVerify } from './verify-input.ts';
import { checkOptions, noTrust, trustFor } from './verify-trust.ts';

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
  const judge = () => verifyToken({ clock: tenant?.time ?? context.clock, keys }, given.token, expected);
  let verification = await judge();
  if (tenant && !options.offline && failsByTime(verification)) {
    await askTime(tenant);
    verification = await judge();
  }
  const wrongClock = tenant && verification.claims && clockSentence(tenant, 'the token is judged by that clock');
  if (wrongClock) context.warn(wrongClock);
  warnOfFarEnd(context, verification);
  const refusal =
    given.empty ?? (verification.valid ? undefined : refusalOf(verification, options, { ...given, isEmbedded }));
  // Of a token that cannot be trusted there are none to show, and that is no mistake in the command line.
  if (refusal && !verification.claims && options.field?.some((field) => /^claims(\.|$)/.test(field))) throw refusal;
  printResult(context, options, {
    data: verificationData(verification),
    human: (paint) => renderVerification(paint, verification),
  });
  if (refusal) throw refusal;
}

/** It is good as an API sees it, and hardly what its issuer meant. */
function warnOfFarEnd({ warn }: Context, { checks, claims = {} }: Verification): void {
  const exp = checks.find(({ check }) => check === 'exp');
  if (exp?.state === 'ok' && isUntold({ timeDoubts: timeDoubts(claims) }, 'exp')) warn(`exp: ${exp.detail}.`);
}

/** It may be this machine's clock that is wrong. */
function failsByTime({ checks }: Verification): boolean {
  return checks.some(({ check, state }) => state === 'failed' && ['exp', 'nbf', 'iat'].includes(check));
}

/** It was shown all the same; but a script must not go on with it. */
function refusalOf(
  { checks }: Verification,
  options: TokenVerifyOptions,
  given: TokenToVerify & { readonly isEmbedded: boolean },
): AnonError {
  const failed = checks.filter(({ state }) => state === 'failed').map(({ check }) => check);
  return failed.length > 0 ? notValid(failed, options, given) : notChecked(checks, options);
}

/** Nobody can tell, which is no better for a script, and yet not the same. */
function notChecked(checks: readonly Check[], { jwks }: TokenVerifyOptions): AnonError {
  const unknown = checks.filter(({ state }) => state === 'not_checked');
  const [first] = unknown;
  const hints: Readonly<Record<string, string>> = {
    signature: jwks
      ? "Are these its issuer's keys, all of them?"
      : 'Is it of another tenant? --profile <profile>, or --jwks <url|file>',
    form: 'Ask the tenant that issued it, or its API. An API whose tokens are JWTs takes none of this form.',
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
    form: `${foundIn(token)}To look inside all the same: anon-cli token decode`,
    kind: 'Give an access token.',
    signature: jwks
      ? "Are these its issuer's keys?"
      : 'Is it of another tenant? --profile <profile>, or --jwks <url|file>',
    iss: isEmbedded
      ? 'The local tenant issued it before its issuer changed. Get a new one: anon-cli token create'
      : 'Is it of another tenant? --profile <profile>; or name its issuer: --issuer <issuer>',
    exp: 'Get a new one: anon-cli token create',
  };
  return new AnonError('token_unacceptable', `The token is not valid: ${names.join(', ')}.`, {
    hint: hints[names[0] ?? ''],
  });
}

/** An API takes a token as it stands, so that is how it is looked at; but people paste more than that. */
function foundIn(text: string): string {
  try {
    const [only, ...others] = findTokens(text);
    const flaws = only?.repairs ? ` that was pasted with ${only.repairs.join(', ')}` : '';
    if (only && others.length === 0)
      return `It holds a token${flaws}, and an API takes nothing else: give the token alone, in one piece. `;
  } catch {
    // There is none.
  }
  return 'Give the access token alone. ';
}
