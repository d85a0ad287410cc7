import { type ErrorCode, ResponseError } from '../../errors.ts';
import { detectEdition, type Edition, type EditionName } from '../../wire/edition/edition.ts';
import { editionNamed } from '../../wire/edition/editions.ts';
import { managementError } from '../../wire/management-error.ts';
import { check, type Read, type Schema } from '../../wire/schema.ts';
import { tenantSettings, tenantSettingsPath } from '../../wire/tenant-settings.ts';
import type { TenantConnection } from '../ports.ts';
import { managementToken } from './management-token.ts';
import { withoutSecrets } from './secrecy.ts';
import { type Answer, type Exchange, send, unexpectedAnswer } from './send.ts';

/**
 * Sends a request to the Management API and reads the answer as `schema`.
 * @throws {ResponseError} what the tenant refused: `not_authorised` (401, 403), `not_found` (404), `failed` (4xx), `server_error`
 */
export async function managementRequest<const S extends Schema>(
  tenant: TenantConnection,
  schema: S,
  exchange: Omit<Exchange, 'authorization'>,
): Promise<Read<S>> {
  if (tenant.readOnly && exchange.method !== 'GET') throw new Error(`a dry run cannot ${exchange.method}`);
  const answer = await send(tenant, { ...exchange, authorization: `Bearer ${(await managementToken(tenant)).token}` });
  if (answer.status >= 300) throw refusal(tenant, answer);
  const checked = check(schema, answer.body);
  if (!checked.ok) throw unexpectedAnswer(exchange, checked.problem);
  return checked.value;
}

/** The translator of the edition that the tenant speaks; a tenant that was not asked yet is asked now. */
export async function editionOf(tenant: TenantConnection): Promise<Edition> {
  return editionNamed(tenant.edition ?? (await askEdition(tenant)));
}

async function askEdition(tenant: TenantConnection): Promise<EditionName> {
  const name = detectEdition(
    await managementRequest(tenant, tenantSettings, { method: 'GET', path: tenantSettingsPath }),
  );
  await tenant.rememberEdition(name);
  return name;
}

function refusal(tenant: TenantConnection, answer: Answer): ResponseError {
  const checked = check(managementError, answer.body);
  const { error, message, errorCode } = checked.ok
    ? checked.value
    : { error: `http_${answer.status}`, message: 'no reason given', errorCode: undefined };
  const description = withoutSecrets(message, [tenant.management?.clientSecret]);
  const missing = /^Insufficient scope, expected any of: (.+)$/.exec(description)?.[1];
  return new ResponseError(
    codeOf(answer.status),
    { status: answer.status, error: errorCode ?? error, description },
    {
      message: `The tenant refused: ${description} (${answer.status}).`,
      hint: missing && `Give the client of profile '${tenant.profile}' one of the Management API scopes ${missing}.`,
    },
  );
}

function codeOf(status: number): ErrorCode {
  if (status === 401 || status === 403) return 'not_authorised';
  if (status === 404) return 'not_found';
  return status >= 500 ? 'server_error' : 'failed';
}
