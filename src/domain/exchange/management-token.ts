import { AnonError, ResponseError } from '../../errors.ts';
import { managementAudience, oauthTokenPath, oauthTokenResponse } from '../../wire/oauth.ts';
import { check, type JsonObject } from '../../wire/schema.ts';
import type { ManagementCredentials, TenantConnection } from '../ports.ts';
import { withoutSecrets } from './secrecy.ts';
import { type Exchange, send, unexpectedAnswer } from './send.ts';
import { oauthErrorOf } from './token-refusal.ts';

/** A Management API token, and what is known of it. */
export interface ManagementToken {
  readonly token: string;
  /** Its scopes, where they can be told. */
  readonly scopes: readonly string[] | undefined;
}

// One token serves all requests of a command.
const tokens = new WeakMap<TenantConnection, Promise<ManagementToken>>();

/** @throws {AnonError} `not_authorised` without credentials or when they are refused */
export function managementToken(tenant: TenantConnection): Promise<ManagementToken> {
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

async function requestToken(tenant: TenantConnection, credentials: ManagementCredentials): Promise<ManagementToken> {
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
  const { access_token: token, scope } = checked.value;
  return { token, scopes: scopesOf(scope, token) };
}

/** As the tenant told with the token, else as the token itself says. */
function scopesOf(told: string | undefined, token: string): readonly string[] | undefined {
  const scope = told ?? claimsOf(token).scope;
  return typeof scope === 'string' ? scope.split(' ').filter((value) => value !== '') : undefined;
}

/** What a token says of itself, nothing of it checked: the tenant does that. */
function claimsOf(token: string): JsonObject {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null ? { ...claims } : {};
  } catch {
    return {};
  }
}
