import type { TenantConnection } from '../../../domain/exchange/connection.ts';
import { checkSignatures, type DecodedTokens } from '../../../domain/session/decoded-tokens.ts';
import { checkComplete } from '../../../domain/session/request-tokens.ts';
import type { TokenOutcome } from '../../../domain/session/target.ts';
import { type DecodedToken, inspectToken } from '../../../domain/token/decode.ts';
import type { KeyRing } from '../../../domain/token/key-source.ts';
import { compareWithRequest } from '../../../domain/token/received-token.ts';
import { AnonError } from '../../../errors.ts';
import { printable } from '../../render/printable.ts';
import type { Context } from '../../world/context.ts';

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
  context: Pick<Context, 'warn'>,
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
export function reportMismatch({ warn }: Pick<Context, 'warn'>, access: DecodedToken, requested: Requested): void {
  const { strict } = requested;
  const { differences, unreadable } = compareWithRequest(access, requested);
  if (strict && unreadable !== undefined) warn(`Cannot tell whether the access token is as requested: ${unreadable}.`);
  if (differences.length > 0)
    report({ warn }, `The access token is not as requested: it ${sentence(differences)}.`, strict);
}

/** The same for many access tokens, which are reported once, with the first mismatch. */
export interface MismatchCounter {
  count(accessToken: string): Promise<void>;
  /** @throws {AnonError} `token_unacceptable` with `strict` */
  report(): void;
}

export function mismatchCounter(
  { warn, clock }: Pick<Context, 'warn' | 'clock'>,
  requested: Requested,
): MismatchCounter {
  const seen = { all: 0, wrong: 0, first: '', unreadable: '' };
  return {
    async count(accessToken) {
      const { differences, unreadable } = compareWithRequest(
        await inspectToken({ clock, keys: noKeys }, accessToken),
        requested,
      );
      seen.all += 1;
      seen.unreadable ||= unreadable ?? '';
      if (differences.length === 0) return;
      seen.wrong += 1;
      seen.first ||= sentence(differences);
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

/** For tokens whose signatures need no check. */
export const noKeys: KeyRing = { signatureKeys: async () => [], sealKeys: async () => [] };

function sentence(differences: readonly string[]): string {
  return differences.map(printable).join('; it ');
}

function report({ warn }: Pick<Context, 'warn'>, message: string, strict: boolean | undefined): void {
  if (strict) {
    throw new AnonError('token_unacceptable', message, {
      hint: 'The tokens are shown above, but a script must not use this access token.',
    });
  }
  warn(message);
}
