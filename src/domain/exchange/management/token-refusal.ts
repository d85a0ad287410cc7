import { AnonError, isAnonError, ResponseError } from '../../../errors.ts';
import { managementAudience, oauthTokenPath } from '../../../wire/oauth.ts';
import { failureHint, isMissing, RedirectError } from '../answer.ts';
import type { TenantConnection } from '../connection.ts';
import { type ErrorBody, quotedReason, readErrorBody } from '../error-body.ts';
import { type Answer, hostOf } from '../http.ts';
import { secretForms } from '../redact.ts';
import { isTransientFailure } from '../retry.ts';
import { clockSentence } from '../tenant-time.ts';
import type { ManagementAccess, ManagementCredentials } from './credentials.ts';

/** The error for a profile without credentials. */
export function noCredentials({ profile }: TenantConnection): AnonError {
  return new AnonError('not_authorised', `Profile '${profile}' has no Management API credentials.`, {
    hint: `Add them: anon-cli login ${profile} --client-id <id> --client-secret -`,
  });
}

/** The error for a given token that has expired: the tool can't get another. */
export function expiredToken(tenant: TenantConnection): AnonError {
  return new AnonError('not_authorised', `${accessTokenName(tenant)} has expired.`, {
    hint: credentialsHint(tenant),
  });
}

/** The error for a given token that is not a token at all. */
export function notAToken(tenant: TenantConnection): AnonError {
  const name = accessTokenName(tenant);
  const problem = name === variables.access_token ? 'is not a valid access token' : 'is malformed';
  return new AnonError('not_authorised', `${name} ${problem}.`, { hint: credentialsHint(tenant) });
}

/** The name of the Management API token in messages: where the user gave it. */
export function accessTokenName({ profile, management }: TenantConnection): string {
  if (management?.credentials.kind === 'access_token') {
    if (management.source === 'environment') return variables.access_token;
    if (management.source === 'login') return 'The given access token';
  }
  return `The access token of profile '${profile}'`;
}

function credentialsName({ profile }: TenantConnection, { source, credentials }: ManagementAccess): string {
  return source === 'environment' ? variables[credentials.kind] : `the credentials of profile '${profile}'`;
}

/** How the user replaces this tenant's credentials. */
export function credentialsHint({ profile, management }: TenantConnection): string {
  const kind = management?.credentials.kind ?? 'client_secret';
  const isToken = kind === 'access_token';
  if (management?.source === 'login') return `Nothing was saved. ${isToken ? 'Pass a new token.' : 'Pass them again.'}`;
  if (management?.source === 'environment') return `${isToken ? 'Set a new token in' : 'Check'} ${variables[kind]}.`;
  return `Replace ${isToken ? 'it' : 'them'}: anon-cli login ${profile} ${flags[kind]}`;
}

type Kind = ManagementCredentials['kind'];

const variables: Readonly<Record<Kind, string>> = {
  client_secret: 'AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET',
  private_key: 'AUTH0_CLIENT_ID and AUTH0_CLIENT_SIGNING_KEY_PATH',
  access_token: 'AUTH0_ACCESS_TOKEN',
};

const flags: Readonly<Record<Kind, string>> = {
  client_secret: '--client-id <id> --client-secret -',
  private_key: '--client-id <id> --private-key <file>',
  access_token: '--access-token -',
};

/** Translates a failed token request: an answer that is not JSON does not come from a tenant. */
export function tokenExchangeFailure(tenant: TenantConnection, error: unknown): unknown {
  if (!isAnonError(error)) return error;
  if (error instanceof ResponseError && error.error === 'invalid_response') {
    return isTransientFailure(error.status) ? unavailable(tenant, error) : notATenant(tenant, error);
  }
  if (error.code === 'response_invalid') return notATenant(tenant, error);
  if (error.code !== 'rate_limited') return error;
  const description = error instanceof ResponseError ? error.description : '';
  return new AnonError(
    'rate_limited',
    `The tenant's rate limit for access tokens was reached.${quotedReason(description)}`,
    { hint: error.hint, cause: error },
  );
}

/** The host has no token endpoint. For a redirect, the hint offers the new host. */
function notATenant({ issuer }: TenantConnection, answered: Answered): AnonError {
  const host = hostOf(issuer);
  const words = isAnonError(answered)
    ? answered.message
    : `It answered POST ${oauthTokenPath} with ${answered.status}.${quotedReason(answered.description)}`;
  const status = 'status' in answered ? answered.status : 0;
  if (status >= 400 && !isMissing(status)) return foreignAnswer(host, words, answered);
  const elsewhere = answered instanceof RedirectError && answered.host !== undefined;
  return new AnonError('tenant_unreachable', `${host} is not an Auth0 tenant: it has no token endpoint. ${words}`, {
    hint: elsewhere ? answered.hint : 'Check the domain (example: acme.eu.auth0.com): anon-cli profile show',
    cause: isAnonError(answered) ? answered : undefined,
  });
}

/** A refusal that is not OAuth's: it may come from a proxy, and proves nothing about the credentials or the tenant. */
function foreignAnswer(host: string, words: string, answered: Answered): AnonError {
  return new AnonError('tenant_unreachable', `${host} does not answer like an Auth0 tenant. ${words}`, {
    hint: 'A firewall or proxy may have answered instead. Otherwise check the domain: anon-cli profile show',
    cause: isAnonError(answered) ? answered : undefined,
  });
}

type Answered = AnonError | Pick<ResponseError, 'status' | 'description'>;

/** The tenant exists but failed: nothing is known about the credentials. */
function unavailable(
  tenant: TenantConnection,
  { status, error, description }: Pick<ResponseError, 'status' | 'error' | 'description'>,
): AnonError {
  const host = hostOf(tenant.issuer);
  return new ResponseError(
    'server_error',
    { status, error, description },
    {
      message: `The tenant ${host} is unavailable: it answered POST ${oauthTokenPath} with ${status}.${quotedReason(description)}`,
      hint: failureHint(tenant),
    },
  );
}

/** The error for a refused token request, with what to do. @see management-api, section 1.2 */
export function tokenRefusal(
  tenant: TenantConnection,
  access: ManagementAccess,
  answer: Answer,
  secret: string,
): AnonError {
  const { status } = answer;
  const { sent, error, description } = readErrorBody(answer, secretForms(secret));
  const refused = { status, error, description };
  const hasNoReason = ![400, 401, 403].includes(status) && error === `http_${status}`;
  if (status < 400 || isMissing(status) || (hasNoReason && !isTransientFailure(status)))
    return notATenant(tenant, refused);
  if (isTransientFailure(status)) return unavailable(tenant, refused);
  const { problem, hint, isQuote } = explain(tenant, access.credentials, refused, sent);
  const clock = access.credentials.kind === 'private_key' && clockSentence(tenant);
  return new ResponseError('not_authorised', refused, {
    message: `The tenant refused ${credentialsName(tenant, access)}: ${problem} (${status}).${isQuote ? '' : quotedReason(description)}${clock ? ` ${clock}` : ''}`,
    hint: hint ?? credentialsHint(tenant),
  });
}

interface Explained {
  readonly problem: string;
  readonly hint?: string;
  /** The problem quotes the tenant; otherwise it is our guess, and the tenant's words are appended. */
  readonly isQuote?: true;
}

function explain(
  tenant: TenantConnection,
  credentials: ManagementCredentials,
  { status, error, description }: { status: number; error: string; description: string },
  sent: ErrorBody['sent'],
): Explained {
  const client = credentials.kind === 'access_token' ? 'the client' : `client ${credentials.clientId}`;
  if (status === 401) {
    const proof =
      credentials.kind === 'private_key'
        ? `wrong client id, or the client may not sign ${credentials.alg} with this key`
        : 'wrong client id or secret, or the secret was rotated';
    return { problem: proof };
  }
  if (sent.error === 'unauthorized_client') {
    return {
      problem: `${client} is not allowed to use the client credentials grant`,
      hint: "Enable it in the dashboard: the application's Advanced Settings > Grant Types > Client Credentials.",
    };
  }
  if (/is not authorized to access/i.test(sent.description)) {
    return {
      problem: `${client} has no grant for the Management API`,
      hint: 'Add one, with its scopes, in the dashboard: APIs > Auth0 Management API > Machine to Machine Applications.',
    };
  }
  if (/^Service not enabled within domain/i.test(sent.description)) {
    return {
      problem: `the tenant has no API ${managementAudience(tenant.issuer)}`,
      hint: `Custom domains have no Management API. Use the tenant's original domain: anon-cli login ${tenant.profile} --domain <tenant>.<region>.auth0.com`,
    };
  }
  return { problem: description || error, isQuote: true };
}
