import { askTime } from '../../../domain/exchange/send.ts';
import { clockSentence } from '../../../domain/exchange/tenant-time.ts';
import type { Check } from '../../../domain/token/check.ts';
import { findTokens } from '../../../domain/token/find.ts';
import { hasAmbiguousTime, timeProblems } from '../../../domain/token/times.ts';
import { type Verification, verifyToken } from '../../../domain/token/verify.ts';
import { AnonError } from '../../../errors.ts';
import type { OptionDefinitions, OptionValues } from '../../options/definition.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { printResult } from '../../output/output.ts';
import { printable } from '../../render/printable.ts';
import { renderVerification, verificationData } from '../../render/verification.ts';
import type { Context } from '../../world/context.ts';
import { defineCommand } from '../define-command.ts';
import { type TokenToVerify, tokenToVerify } from './token-arguments.ts';
import { checkOptions, noTrust, trustFor } from './verify-keys.ts';

const verifyOptions = {
  '--api <api>': 'require this API: name, audience or id',
  '--audience <audience>': 'require this API, by its exact audience',
  '--scopes <list>': {
    description: 'require these scopes, joined by commas',
    values: { live: 'scope', list: true },
    alias: '--scope <list>',
  },
  '--guest': "require a guest's token",
  '--no-guest': "reject a guest's token",
  '--clock-tolerance <duration>': 'how far clocks may differ, at most 10m (default: 0s)',
  '--jwks <url|file>': { description: "check with these keys instead of the tenant's", values: { file: true } },
  '--issuer <issuer>': 'require this issuer (default: the tenant; with --jwks, any)',
  '--offline': 'fetch nothing: use saved keys, or a file',
} as const satisfies OptionDefinitions;

export type TokenVerifyOptions = GlobalOptions & OptionValues<typeof verifyOptions>;

export const tokenVerifyCommand = defineCommand({
  description: 'check an access token as an API should, and report each check',
  args: { '[token]': "a token, @<file>, or '-' for stdin (default: the saved session's)" },
  options: verifyOptions,
  calls: 'nothing',
  examples: ['token create --field access_token | anon-cli token verify --guest'],
  notes:
    'Exits with 0 if the token is valid, and with 3 if it is not, or if that is unknown: the token is opaque, or its key is missing. The report is on stdout in any case. Without --api or --audience, the token must be for the default API of the profile. An API that does not check for guests accepts their tokens; --no-guest shows how to reject them.',
  more: 'docs/ci.md',
  async run(context, { token }, options) {
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
    const wrongClock =
      tenant && verification.claims && clockSentence(tenant, "times are checked by the tenant's clock");
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
  },
});

/** An API accepts the token, but its issuer hardly meant that time. */
function warnOfLateExpiry({ warn }: Context, { checks, claims = {} }: Verification): void {
  const exp = checks.find(({ check }) => check === 'exp');
  if (exp?.state === 'ok' && hasAmbiguousTime({ timeProblems: timeProblems(claims) }, 'exp'))
    warn(`exp: ${exp.detail}.`);
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
    if (only && others.length === 0 && only.token !== text.trim())
      return `The text contains a token${extras}, but an API accepts only the bare token: pass that.`;
  } catch {
    // No token in the text.
  }
  return 'Is the token complete and unchanged?';
}
