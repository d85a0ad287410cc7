import { AnonError, isAnonError, ResponseError } from '../../errors.ts';
import { managementAudience, oauthError } from '../../wire/oauth.ts';
import { check } from '../../wire/schema.ts';
import type { ManagementAccess, ManagementCredentials, TenantConnection } from '../ports.ts';
import { withoutSecrets } from './secrecy.ts';
import type { Answer } from './send.ts';

/** The OAuth error in an answer; an answer without one is named by its status. */
export function oauthErrorOf(answer: Answer): { error: string; error_description: string } {
  const checked = check(oauthError, answer.body);
  return checked.ok ? checked.value : { error: `http_${answer.status}`, error_description: '' };
}

/** What to do where there are no credentials. */
export function noCredentials({ profile }: TenantConnection): AnonError {
  return new AnonError('not_authorised', `Profile '${profile}' has no Management API credentials.`, {
    hint: `Add some: anon-cli login ${profile} --client-id <id> --client-secret -`,
  });
}

/** A ready-made token is over, and nothing here can make another. */
export function expiredToken(tenant: TenantConnection): AnonError {
  return new AnonError('not_authorised', `The access token of profile '${tenant.profile}' has expired.`, {
    hint: howToGiveAnew(tenant),
  });
}

/** What was given as a token cannot be one. */
export function notAToken(tenant: TenantConnection): AnonError {
  return new AnonError('not_authorised', `The access token of profile '${tenant.profile}' is none.`, {
    hint: howToGiveAnew(tenant),
  });
}

/** How the user gives this tenant's credentials anew. */
export function howToGiveAnew({ profile, management }: TenantConnection): string {
  const kind = management?.credentials.kind ?? 'client_secret';
  const anew = kind === 'access_token' ? 'a new one' : 'them anew';
  if (management?.source === 'login') return `Nothing was saved; give ${anew}.`;
  if (management?.source === 'environment') return `Give ${anew} in ${variables[kind]}.`;
  return `Give ${anew}: anon-cli login ${profile} ${flags[kind]}`;
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

/** Why no answer to the request for a token could be used: what is no JSON is not from a tenant. */
export function tokenExchangeFailure(tenant: TenantConnection, error: unknown): unknown {
  if (!isAnonError(error)) return error;
  const unlike = error instanceof ResponseError && error.error === 'invalid_response' && error.status < 500;
  if (unlike || error.code === 'response_invalid') return notATenant(tenant, error);
  if (error.code !== 'rate_limited') return error;
  return new AnonError('rate_limited', 'The tenant gives no more access tokens for now: its rate limit is reached.', {
    hint: error.hint,
    cause: error,
  });
}

function notATenant({ issuer }: TenantConnection, cause?: unknown): AnonError {
  const { host } = new URL(issuer);
  return new AnonError('tenant_unreachable', `${host} is not an Auth0 tenant: it has no token endpoint.`, {
    hint: 'Check the domain, such as acme.eu.auth0.com: anon-cli profile show',
    cause,
  });
}

/** Why the tenant gave no token, and what to do about it. @see management-api, section 1.2 */
export function tokenRefusal(
  tenant: TenantConnection,
  access: ManagementAccess,
  answer: Answer,
  secret: string,
): AnonError {
  const { error, error_description } = oauthErrorOf(answer);
  const { status } = answer;
  if (status < 400 || status === 404 || status === 405) return notATenant(tenant);
  const description = withoutSecrets(error_description, [secret]);
  const { problem, hint } = explain(tenant, access.credentials, {
    status,
    error,
    words: error_description,
    description,
  });
  return new ResponseError(
    status >= 500 ? 'server_error' : 'not_authorised',
    { status, error, description },
    {
      message: `The tenant refused the credentials of profile '${tenant.profile}': ${problem} (${status}).`,
      hint: hint ?? howToGiveAnew(tenant),
    },
  );
}

interface Explained {
  readonly problem: string;
  readonly hint?: string;
}

function explain(
  tenant: TenantConnection,
  credentials: ManagementCredentials,
  // `words` as they were sent, `description` as they may be shown: a short secret may be part of any word.
  { status, error, words, description }: { status: number; error: string; words: string; description: string },
): Explained {
  const client = credentials.kind === 'access_token' ? 'the client' : `client ${credentials.clientId}`;
  if (status === 401) {
    const proof =
      credentials.kind === 'private_key'
        ? `the client id is wrong, or its key is none that the client may sign ${credentials.alg} with`
        : 'the client id or the secret is wrong, or the secret was rotated';
    return { problem: proof };
  }
  if (error === 'unauthorized_client') {
    return {
      problem: `${client} may not use the client credentials grant`,
      hint: "Switch it on in the dashboard: the application's Advanced Settings, Grant Types, Client Credentials.",
    };
  }
  if (/is not authorized to access/i.test(words)) {
    return {
      problem: `${client} has no grant for the Management API`,
      hint: `Give it one in the dashboard: APIs, Auth0 Management API, Machine to Machine Applications. Its scopes are chosen there too.`,
    };
  }
  if (/^Service not enabled within domain/i.test(words)) {
    return {
      problem: `the tenant has no API ${managementAudience(tenant.issuer)}`,
      hint: `A custom domain has no Management API of its own. Use the tenant's first domain: anon-cli login ${tenant.profile} --domain <tenant>.<region>.auth0.com`,
    };
  }
  return { problem: description || error };
}
