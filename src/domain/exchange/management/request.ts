import { detectEdition, type Edition, type EditionName } from '../../../wire/edition/edition.ts';
import { editionNamed } from '../../../wire/edition/editions.ts';
import { managementError } from '../../../wire/management-error.ts';
import { check, type Read, type Schema } from '../../../wire/schema.ts';
import { tenantSettings, tenantSettingsPath } from '../../../wire/tenant-settings.ts';
import { unexpectedAnswer } from '../answer.ts';
import type { TenantConnection } from '../connection.ts';
import type { Answer, Exchange } from '../http.ts';
import { send } from '../send.ts';
import { withUnknownOutcome } from '../unknown-outcome.ts';
import { managementRefusal } from './refusal.ts';
import { type ManagementToken, managementToken, renewedToken } from './token.ts';

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
