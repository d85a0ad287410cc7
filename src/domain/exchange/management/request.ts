import { type AnonError, type ErrorCode, ResponseError } from '../../../errors.ts';
import { detectEdition, type Edition, type EditionName } from '../../../wire/edition/edition.ts';
import { editionNamed } from '../../../wire/edition/editions.ts';
import { managementError } from '../../../wire/management-error.ts';
import { check, type Read, type Schema } from '../../../wire/schema.ts';
import { tenantSettings, tenantSettingsPath } from '../../../wire/tenant-settings.ts';
import { listInWords, truncateList } from '../../truncate.ts';
import { failureHint, unexpectedAnswer } from '../answer.ts';
import type { TenantConnection } from '../connection.ts';
import { quotedReason, readErrorBody } from '../error-body.ts';
import { type Answer, type Exchange, hostOf } from '../http.ts';
import { redactSecrets, secretForms } from '../redact.ts';
import { isTransientFailure } from '../retry.ts';
import { send } from '../send.ts';
import { withUnknownOutcome } from '../unknown-outcome.ts';
import { commandsThatNeed } from './needed-scopes.ts';
import { type ManagementToken, managementToken, renewedToken } from './token.ts';
import { accessTokenName, credentialsHint, expiredToken } from './token-refusal.ts';

/**
 * Sends a request to the Management API and reads the answer as `schema`. A token that was revoked or expired in the
 * meantime, or was saved by an earlier command and lacks a scope, is replaced once by a new one.
 * @throws {ResponseError} what the tenant refused: `not_authorised` (401, 403), `not_found` (404), `failed` (4xx), `server_error`
 */
export async function managementRequest<const S extends Schema>(
  tenant: TenantConnection,
  schema: S,
  exchange: Omit<Exchange, 'authorization'>,
): Promise<Read<S>> {
  if (tenant.readOnly && exchange.method !== 'GET') throw new Error(`a dry run cannot ${exchange.method}`);
  const token = await managementToken(tenant);
  const refused = await sendWith(tenant, exchange, token);
  if (refused.status !== 401) token.wasAccepted = true;
  const renewed = mayBeOutdated(token, refused) ? await renewedToken(tenant, token) : undefined;
  const answer = renewed ? await sendWith(tenant, exchange, renewed) : refused;
  if (answer.status >= 300) {
    throw withUnknownOutcome(managementRefusal(tenant, answer, renewed ?? token), exchange, tenant);
  }
  const checked = check(schema, answer.body);
  if (!checked.ok) throw unexpectedAnswer(exchange, checked.problem);
  return checked.value;
}

/** The token may have been revoked, or scopes granted since. After such a refusal nothing has happened, so repeating is safe. */
function mayBeOutdated({ isSaved }: ManagementToken, { status, body }: Answer): boolean {
  if (status === 401) return true;
  if (!isSaved || status !== 403) return false;
  const checked = check(managementError, body);
  return checked.ok && checked.value.errorCode === 'insufficient_scope';
}

function sendWith(
  tenant: TenantConnection,
  exchange: Omit<Exchange, 'authorization'>,
  { token }: ManagementToken,
): Promise<Answer> {
  return send(tenant, { ...exchange, authorization: `Bearer ${token}` });
}

/** The translator of the tenant's edition, which is detected from its settings when unknown. */
export async function editionOf(tenant: TenantConnection): Promise<Edition> {
  return editionNamed(tenant.edition ?? (await askEdition(tenant)));
}

async function askEdition(tenant: TenantConnection): Promise<EditionName> {
  const name = detectEdition(
    await managementRequest(tenant, tenantSettings, { method: 'GET', path: tenantSettingsPath }),
  );
  await tenant.saveEdition(name);
  return name;
}

/** The error for a refusal of the Management API, with what to do. @see management-api, section 2.1 */
function managementRefusal(
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
    message: isTransientFailure(status)
      ? `The tenant failed to answer the request (${status}).${quotedReason(description)}`
      : `The tenant refused: ${description.replace(/\.$/, '') || 'no reason given'} (${status}).`,
    hint: missing
      ? scopeHint(
          tenant,
          missing.split(/[,;]\s*/).map((scope) => knownScope(scope, secret)),
        )
      : isTransientFailure(status)
        ? failureHint(tenant)
        : undefined,
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
  const problem = guess ?? `was refused: ${refused.description.replace(/\.$/, '') || 'no reason given'}`;
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
  return `${whose} ${what}${commands.length > 0 ? ` (needed for ${listInWords(truncateList(commands), (command) => command)})` : ''}.`;
}

function codeOf(status: number): ErrorCode {
  if (status === 403) return 'not_authorised';
  if (status === 404) return 'not_found';
  return isTransientFailure(status) ? 'server_error' : 'failed';
}
