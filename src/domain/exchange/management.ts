import { AnonError, type ErrorCode, ResponseError } from '../../errors.ts';
import { detectEdition, type Edition, type EditionName } from '../../wire/edition/edition.ts';
import { editionNamed } from '../../wire/edition/editions.ts';
import { managementError } from '../../wire/management-error.ts';
import { managementAudience, oauthError, oauthTokenPath, oauthTokenResponse } from '../../wire/oauth.ts';
import { check, type Read, type Schema } from '../../wire/schema.ts';
import { tenantSettings, tenantSettingsPath } from '../../wire/tenant-settings.ts';
import type { ManagementCredentials, TenantConnection } from '../ports.ts';
import { inDoubt } from './doubt.ts';
import { withoutSecrets } from './secrecy.ts';
import { type Answer, type Exchange, send, unexpectedAnswer } from './send.ts';

// One token serves all requests of a command.
const tokens = new WeakMap<TenantConnection, Promise<string>>();

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
  const answer = await send(tenant, { ...exchange, authorization: `Bearer ${await managementToken(tenant)}` });
  if (answer.status >= 300) throw inDoubt(refusal(tenant, answer), exchange, tenant);
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

function managementToken(tenant: TenantConnection): Promise<string> {
  const known = tokens.get(tenant);
  if (known) return known;
  const { management } = tenant;
  if (!management) {
    throw new AnonError('not_authorised', `Profile '${tenant.profile}' has no Management API credentials.`, {
      hint: `Add some: anon-cli profile add ${tenant.profile} --client-id <id> --client-secret -`,
    });
  }
  const token = requestToken(tenant, management);
  tokens.set(tenant, token);
  return token;
}

async function requestToken(tenant: TenantConnection, credentials: ManagementCredentials): Promise<string> {
  const exchange: Exchange = {
    method: 'POST',
    path: oauthTokenPath,
    body: {
      grant_type: 'client_credentials',
      client_id: credentials.clientId,
      client_secret: credentials.clientSecret,
      audience: managementAudience(tenant.issuer),
    },
  };
  const answer = await send(tenant, exchange);
  if (answer.status >= 300) {
    const { error, error_description } = oauthErrorOf(answer);
    const description = withoutSecrets(error_description, [credentials.clientSecret]);
    throw new ResponseError(
      answer.status >= 500 ? 'server_error' : 'not_authorised',
      { status: answer.status, error, description },
      {
        message: `The tenant refused the credentials of profile '${tenant.profile}': ${description || error} (${answer.status}).`,
        hint: `Check the client id and secret, and that the client has a grant for the Management API; then give them anew: anon-cli profile add ${tenant.profile} --client-id <id> --client-secret -`,
      },
    );
  }
  const checked = check(oauthTokenResponse, answer.body);
  if (!checked.ok) throw unexpectedAnswer(exchange, checked.problem);
  return checked.value.access_token;
}

/** The OAuth error in an answer; an answer without one is named by its status. */
export function oauthErrorOf(answer: Answer): { error: string; error_description: string } {
  const checked = check(oauthError, answer.body);
  return checked.ok ? checked.value : { error: `http_${answer.status}`, error_description: '' };
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
