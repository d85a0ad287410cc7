import { type AnonError, type ErrorCode, ResponseError } from '../../../errors.ts';
import type { TenantConnection } from '../connection.ts';
import { quotedReason, readErrorBody } from '../error-body.ts';
import type { Answer } from '../http.ts';
import { hostOf } from '../http.ts';
import { redactSecrets, secretForms } from '../redact.ts';
import { isTransientFailure } from '../retry.ts';
import { commandsThatNeed } from './needed-scopes.ts';
import type { ManagementToken } from './token.ts';
import { accessTokenName, credentialsHint, expiredToken } from './token-refusal.ts';

/** The error for a refusal of the Management API, with what to do. @see management-api, section 2.1 */
export function managementRefusal(
  tenant: TenantConnection,
  answer: Answer,
  { token, secret }: Pick<ManagementToken, 'token' | 'secret'>,
): AnonError {
  const { status } = answer;
  const { sent, ...words } = readErrorBody(answer, secretForms([secret, token]));
  const { description } = words;
  const refused = { status, error: sent.error === 'Bearer' ? sent.error : words.error, description };
  if (status === 401 || (status === 400 && sent.error === 'Bearer')) return tokenRefused(tenant, refused);
  // Matched against the unmasked text: a short secret may occur in any word.
  const missing = /^Insufficient scope, expected any of: (.+)$/.exec(sent.description)?.[1];
  return new ResponseError(codeOf(status), refused, {
    message:
      description === '' && isTransientFailure(status)
        ? `The tenant could not answer (${status}).`
        : `The tenant refused: ${description || 'no reason given'} (${status}).`,
    hint:
      missing &&
      scopeHint(
        tenant,
        missing.split(/[,;]\s*/).map((scope) => knownScope(scope, secret)),
      ),
  });
}

interface Refused {
  readonly status: number;
  readonly error: string;
  readonly description: string;
}

function tokenRefused(tenant: TenantConnection, refused: Refused): AnonError {
  const isGiven = tenant.management?.credentials.kind === 'access_token';
  if (isGiven && /^Expired token/i.test(refused.description)) return expiredToken(tenant);
  const host = hostOf(tenant.issuer);
  const guess = /^Bad audience/i.test(refused.description)
    ? `is for a tenant other than ${host}, or not for its Management API`
    : refused.error === 'Bearer'
      ? 'is not a Management API token'
      : undefined;
  const problem = guess ?? `was refused: ${refused.description || 'no reason given'}`;
  return new ResponseError('not_authorised', refused, {
    message: `${accessTokenName(tenant)} ${problem} (${refused.status}).${guess ? quotedReason(refused.description) : ''}`,
    hint: isGiven ? credentialsHint(tenant) : undefined,
  });
}

/** A scope of the service as it is; anything else with the secret masked. */
function knownScope(scope: string, secret: string | undefined): string {
  return commandsThatNeed(scope).length > 0 ? scope : redactSecrets(scope, [secret]);
}

function scopeHint({ profile, management }: TenantConnection, scopes: readonly string[]): string {
  const commands = [...new Set(scopes.flatMap((scope) => commandsThatNeed(scope)))];
  const whose =
    management?.credentials.kind === 'access_token'
      ? `Profile '${profile}' needs an access token with`
      : `Grant the client of profile '${profile}'`;
  const what =
    scopes.length === 1
      ? `the Management API scope ${scopes[0]}`
      : `one of the Management API scopes ${scopes.join(', ')}`;
  return `${whose} ${what}${commands.length > 0 ? ` (needed for ${commands.join(', ')})` : ''}.`;
}

function codeOf(status: number): ErrorCode {
  if (status === 403) return 'not_authorised';
  if (status === 404) return 'not_found';
  return isTransientFailure(status) ? 'server_error' : 'failed';
}
