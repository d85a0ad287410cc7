import { parseDuration } from '../../../domain/duration.ts';
import type { TenantConnection } from '../../../domain/exchange/connection.ts';
import { askTime } from '../../../domain/exchange/send.ts';
import { clockSentence } from '../../../domain/exchange/tenant-time.ts';
import type { Expectations } from '../../../domain/token/claim-checks.ts';
import { checkForm } from '../../../domain/token/form-checks.ts';
import type { KeySource } from '../../../domain/token/key-source.ts';
import { jwksAddress, keysAtAddress, servedKeys } from '../../../domain/token/served-keys.ts';
import { hasAmbiguousTime, timeProblems } from '../../../domain/token/times.ts';
import { type Verification, verifyToken } from '../../../domain/token/verify.ts';
import { AnonError } from '../../../errors.ts';
import { jwksPath } from '../../../wire/discovery.ts';
import { type TokenToVerify, tokenToVerify } from '../../input/given-tokens.ts';
import type { OptionDefinitions, OptionValues } from '../../options/definition.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { neededScopes } from '../../options/parse.ts';
import { sayClock } from '../../output/moved-clock.ts';
import { printResult } from '../../output/output.ts';
import { refusalOf, renderVerification, verificationData } from '../../render/verification.ts';
import { accessTenant, requestedAppAndApi } from '../../tenant/access.ts';
import { transportOf } from '../../tenant/transport.ts';
import type { Context } from '../../world/context.ts';
import { defineCommand } from '../define-command.ts';

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
    if (tenant && verification.claims) sayClock(context, tenant);
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

/** Clocks that differ by more are wrong, and a token that expired longer ago is expired. */
const maxToleranceSeconds = 600;

/** The expectations given as options. @throws {AnonError} `usage` */
function checkOptions(options: TokenVerifyOptions): Expectations {
  const { api, audience, jwks, scopes: list, guest, clockTolerance } = options;
  if (api !== undefined && audience !== undefined) {
    throw new AnonError('usage', "--api and --audience can't be combined: both name the API.");
  }
  if (api !== undefined && jwks !== undefined) {
    throw new AnonError(
      'usage',
      "--api and --jwks can't be combined: --api is looked up at the tenant, which --jwks does not use.",
      {
        hint: 'Pass the audience instead: --audience <audience>',
      },
    );
  }
  const clockToleranceSeconds = clockTolerance === undefined ? 0 : parseDuration(clockTolerance, '30s or 2m');
  if (clockToleranceSeconds > maxToleranceSeconds) {
    throw new AnonError('usage', "--clock-tolerance can't be longer than 10 minutes.", {
      hint: 'Example: --clock-tolerance 30s',
    });
  }
  const scopes = list === undefined ? [] : neededScopes(list);
  return { scopes, guest, clockToleranceSeconds };
}

/** The trusted keys, and the issuer and audience that a token signed with them must have. */
interface Trust {
  readonly keys: KeySource;
  readonly issuer: string | undefined;
  readonly audience: string | undefined;
  /** The keys are the embedded tenant's alone: a token of another issuer is one of its own from before the issuer changed. */
  readonly isEmbedded: boolean;
  /** The tenant whose clock decides about times; undefined with given keys. */
  readonly tenant: TenantConnection | undefined;
}

/** Used when there is no token: no keys are fetched. */
const noTrust: Trust = {
  keys: { algorithms: [], origin: '', find: async () => [] },
  issuer: undefined,
  audience: undefined,
  isEmbedded: false,
  tenant: undefined,
};

async function trustFor(context: Context, options: TokenVerifyOptions, given: TokenToVerify): Promise<Trust> {
  const { jwks, issuer, audience, offline } = options;
  if (jwks !== undefined) {
    const keys = /^[a-z][a-z0-9+.-]+:\/\//i.test(jwks) ? jwksUrl(context, options, jwks) : jwksFile(context, jwks);
    return { keys: await keys, issuer, audience: audience ?? given.audience, isEmbedded: false, tenant: undefined };
  }
  const { tenant, profile } = await accessTenant(context, options);
  // The embedded tenant needs no network, so its keys are not saved and --offline changes nothing.
  const remote = profile.domain !== undefined;
  const keys = servedKeys(tenant, {
    path: jwksPath,
    origin: tenant.issuer,
    ofGuests: 'RS256',
    cache: remote ? await context.keyCache() : undefined,
    offline: remote && offline,
  });
  const named = given.audience === undefined ? requestedAppAndApi(context, options).api : options.api;
  // Not a token: no need to look up the API.
  const needsLookup = named !== undefined && audience === undefined && checkForm(given.token).token !== undefined;
  return {
    keys,
    issuer: issuer ?? tenant.issuer,
    tenant,
    audience:
      audience ??
      (needsLookup ? await audienceOf(tenant, named, remote && offline) : (given.audience ?? profile.api?.audience)),
    isEmbedded: !remote && issuer === undefined,
  };
}

/** Without credentials or network, the name is taken as an audience. */
async function audienceOf(tenant: TenantConnection, reference: string, offline: boolean | undefined): Promise<string> {
  if (!tenant.management || offline) return reference;
  const { findApi } = await import('../../../domain/api/find.ts');
  return (await findApi(tenant, reference)).audience;
}

async function jwksFile({ readBytes }: Context, path: string): Promise<KeySource> {
  const { publicKeysIn } = await import('../../../domain/token/key-file.ts');
  const keys = await publicKeysIn(await readBytes(path), path);
  if (keys) return keys;
  throw new AnonError('usage', `${path} has no public key for signatures.`, {
    hint: "Pass the issuer's JWK Set, a JWK or PEM. A shared secret can't be used.",
  });
}

async function jwksUrl(context: Context, options: TokenVerifyOptions, text: string): Promise<KeySource> {
  const url = jwksAddress(text);
  const domain = url.protocol === 'http:' ? url.origin : url.host;
  const connection = await context.connect(
    { name: url.host, domain, adHoc: true },
    { selection: '', edition: undefined, transport: transportOf(options, context.env) },
  );
  return keysAtAddress(connection, url, { cache: await context.keyCache(), offline: options.offline });
}
