import { AnonError } from '../../errors.ts';
import { payloadAfter } from '../../jose/compact.ts';
import { jsonObjectIn } from '../../jose/json.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { Clock } from '../clock.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { type DecodedToken, inspectToken } from '../token/decode.ts';
import { noKeys } from '../token/key-source.ts';
import { checkSignatures, type DecodedTokens } from './decoded-tokens.ts';
import { checkComplete } from './request-tokens.ts';
import type { TokenOutcome } from './target.ts';

/** Where warnings go. */
interface Warnings {
  readonly warn: (message: string) => void;
}

/** What an access token was requested for. */
interface Requested {
  readonly issuer: string;
  readonly audience: string;
  readonly strict: boolean | undefined;
}

/**
 * Shows the tokens of an outcome: with their signatures checked, or as they could be decoded where checking fails. Warns
 * afterwards where the access token is not what was requested.
 * @throws why saving failed; why checking failed; {AnonError} `response_invalid` where there is no access token, and with
 *   `strict` `token_unacceptable` where it is not what was requested
 */
export async function showTokens(
  context: Warnings,
  { tenant, strict }: { readonly tenant: TenantConnection; readonly strict: boolean | undefined },
  outcome: Pick<TokenOutcome, 'decoded' | 'audience' | 'saveFailure'>,
  show: (decoded: DecodedTokens) => void,
): Promise<void> {
  const { decoded, audience, saveFailure } = outcome;
  const checked = await checkSignatures(tenant, decoded).then(
    (tokens) => ({ tokens, failure: undefined }),
    (error: unknown) => ({ tokens: decoded, failure: { error } }),
  );
  try {
    show(checked.tokens);
  } catch (error) {
    if (saveFailure) throw saveFailure.error;
    // The tenant's answer may lack the member to show: then the command line is not to blame.
    if (decoded.tokens.accessToken === '') checkComplete(decoded.tokens);
    throw error;
  }
  if (saveFailure) throw saveFailure.error;
  if (checked.failure) throw checked.failure.error;
  checkComplete(decoded.tokens);
  reportMismatch(context, checked.tokens.access, { issuer: tenant.issuer, audience, strict });
}

/**
 * Warns of an access token that is unsigned, from another issuer or for another API; call it once the token is saved and
 * shown.
 * @throws {AnonError} `token_unacceptable` with `strict`
 */
export function reportMismatch({ warn }: Warnings, access: DecodedToken, requested: Requested): void {
  const { strict } = requested;
  const { differences, unreadable } = compareWithRequest(access, requested);
  if (strict && unreadable !== undefined) warn(`Cannot tell whether the access token is as requested: ${unreadable}.`);
  if (differences.length > 0)
    report({ warn }, `The access token is not as requested: it ${sentence(differences)}.`, strict);
}

/** The same for many access tokens, which are reported once, with the first mismatch. */
export interface MismatchCounter {
  /**
   * Counts a token that is as requested and begins like an earlier one that was, and returns its claims; undefined for any
   * other, which {@link count} counts.
   */
  countUsual(accessToken: string): JsonObject | undefined;
  count(accessToken: string): Promise<void>;
  /** @throws {AnonError} `token_unacceptable` with `strict` */
  report(): void;
}

export function mismatchCounter(
  { warn, clock }: Warnings & { readonly clock: Pick<Clock, 'now'> },
  requested: Requested,
): MismatchCounter {
  const seen = { all: 0, wrong: 0, first: '', unreadable: '' };
  // The first part of a signed token that was as requested. A tenant's tokens have the same one for as long as its key is the
  // same, and to decode each of thousands completely would be the slowest step.
  let usualHead: string | undefined;

  return {
    countUsual(accessToken) {
      const payload = usualHead === undefined ? undefined : payloadAfter(usualHead, accessToken);
      const claims = payload && jsonObjectIn(payload);
      if (!claims || claimDifferences(claims, requested).length > 0) return undefined;
      seen.all += 1;
      return claims;
    },
    async count(accessToken) {
      const token = await inspectToken({ clock, keys: noKeys }, accessToken);
      const { differences, unreadable } = compareWithRequest(token, requested);
      seen.all += 1;
      seen.unreadable ||= unreadable ?? '';
      if (differences.length > 0) {
        seen.wrong += 1;
        seen.first ||= sentence(differences);
      } else if (token.form === 'jws' && token.header.b64 === undefined) {
        [usualHead] = accessToken.split('.', 1);
      }
    },
    report() {
      const { all, wrong, first, unreadable } = seen;
      if (requested.strict && unreadable !== '')
        warn(`Cannot tell whether all access tokens are as requested: for at least one, ${unreadable}.`);
      if (wrong === 0) return;
      report({ warn }, `${wrong} of ${all} access tokens are not as requested: the first ${first}.`, requested.strict);
    },
  };
}

/** How a received access token compares with the request. */
interface RequestComparison {
  /** What differs, each to follow "it": `is for x, not for y`. */
  readonly differences: readonly string[];
  /** Why it can't be compared: the token can't be read. */
  readonly unreadable: string | undefined;
}

/**
 * Compares what a client can see of an access token with the request: that it is signed, its issuer and its API. A
 * signature that was not checked doesn't count against it.
 */
function compareWithRequest(
  token: DecodedToken,
  { issuer, audience }: { issuer: string; audience: string },
): RequestComparison {
  const { form, header, claims, signature, inner } = token;
  if (inner) return compareWithRequest(inner, { issuer, audience });
  if (form === 'opaque') return { differences: [], unreadable: 'it is opaque, so only its issuer can read it' };
  if (form === 'jwe' && !claims)
    return { differences: [], unreadable: 'it is encrypted, so only the holder of its key can read it' };
  const differences = [
    ...(String(header.alg).toLowerCase() === 'none' ? ["is not signed (alg 'none'): anyone could have made it"] : []),
    ...(signature?.state === 'wrong' ? [`has a wrong signature: ${signature.reason}`] : []),
    ...claimDifferences(claims, { issuer, audience }),
  ];
  return { differences, unreadable: undefined };
}

function claimDifferences(
  claims: JsonObject = {},
  { issuer, audience }: { issuer: string; audience: string },
): string[] {
  const { iss, aud } = claims;
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  return [
    ...(iss === issuer ? [] : [`has ${iss === undefined ? 'no issuer' : `issuer ${textOf(iss)}`}, not ${issuer}`]),
    ...(audiences.includes(audience)
      ? []
      : [
          `is for ${aud === undefined ? 'no API' : audiences.map(textOf).join(', ').slice(0, 200)}, not for ${audience}`,
        ]),
  ];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 100) : '(not a string)';
}

function sentence(differences: readonly string[]): string {
  return differences.join('; it ');
}

function report({ warn }: Warnings, message: string, strict: boolean | undefined): void {
  if (strict) {
    throw new AnonError('token_unacceptable', message, {
      hint: 'The tokens are shown above, but a script must not use this access token.',
    });
  }
  warn(message);
}
