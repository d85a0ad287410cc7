import type { OauthTokenRequest } from '../../wire/oauth.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { findServer } from '../clients/grants.ts';
import { oauthRefusal } from '../http/refusal.ts';
import { type Moment, note, type TenantScope } from '../scope.ts';
import { loggedName } from '../users/user.ts';
import { signAccessToken } from './access-token.ts';
import type { Authorization } from './authorization.ts';
import { redeemCode } from './code.ts';
import { signIdToken } from './id-token.ts';
import { claimsAtRefresh } from './login-actions.ts';
import { type ClaimsFor, redeemRefreshToken } from './redeem-refresh-token.ts';
import { putFamily } from './refresh-family.ts';
import { type RefreshToken, writeRefreshToken } from './refresh-token.ts';

/** 200 of POST /oauth/token for a user. @see OpenID Connect Core, section 3.1.3.3 */
export interface UserTokens {
  readonly access_token: string;
  readonly id_token: string | undefined;
  readonly refresh_token: string | undefined;
  readonly scope: string | undefined;
  /** Of the access token, in seconds. */
  readonly expires_in: number;
  readonly token_type: 'Bearer';
}

/**
 * The tokens for an authorization code or a refresh token, for an application that has authenticated itself. `claimsFor`
 * runs at a refresh. @throws {Refusal}
 */
export function tokensForUser(
  scope: TenantScope,
  moment: Moment,
  request: OauthTokenRequest,
  client: JsonObject,
  claimsFor: ClaimsFor = claimsAtRefresh(scope, moment, client),
): Promise<UserTokens> {
  return request.grant_type === 'refresh_token'
    ? refreshedTokens(scope, moment, request, { client, claimsFor })
    : tokensForCode(scope, moment, request, client);
}

async function tokensForCode(
  scope: TenantScope,
  moment: Moment,
  request: OauthTokenRequest,
  client: JsonObject,
): Promise<UserTokens> {
  const attempt = {
    code: required(request, 'code'),
    clientId: String(client.client_id),
    redirectUri: request.redirect_uri,
    codeVerifier: request.code_verifier,
  };
  const { authorization, user, issued } = await redeemCode(scope, moment, attempt, (writer, authorization, id) =>
    authorization.scope.includes('offline_access')
      ? putFamily(writer, moment.nowSeconds, { id, client, authorization })
      : undefined,
  );
  return answer(scope, moment, { client, user, authorization, refreshToken: issued });
}

async function refreshedTokens(
  scope: TenantScope,
  moment: Moment,
  request: OauthTokenRequest,
  { client, claimsFor }: { readonly client: JsonObject; readonly claimsFor: ClaimsFor },
): Promise<UserTokens> {
  const attempt = { client, refreshToken: required(request, 'refresh_token'), scope: request.scope };
  const { authorization, user, next } = await redeemRefreshToken(scope.store, moment, attempt, claimsFor);
  return answer(scope, moment, { client, user, authorization, refreshToken: next });
}

interface Granted {
  readonly client: JsonObject;
  readonly user: JsonObject;
  readonly authorization: Authorization;
  readonly refreshToken: RefreshToken | undefined;
}

async function answer(
  { store, random }: TenantScope,
  moment: Moment,
  { client, user, authorization, refreshToken }: Granted,
): Promise<UserTokens> {
  const { audience, scope } = authorization;
  note(moment, { user: loggedName(user), audience, scope: scope.join(' ') });
  const server = audience === undefined ? undefined : await findServer(store, audience);
  if (audience !== undefined && !server) {
    throw oauthRefusal(403, 'access_denied', `Service not found: ${audience}`);
  }
  const accessToken = await signAccessToken(moment, random, { authorization, server });
  // Undefined members are left out of the JSON text.
  return {
    access_token: accessToken.text,
    id_token: scope.includes('openid')
      ? await signIdToken(moment, { client, user, authorization, accessToken: accessToken.text })
      : undefined,
    refresh_token: refreshToken && writeRefreshToken(moment, refreshToken),
    scope: scope.length > 0 ? scope.join(' ') : undefined,
    expires_in: accessToken.lifetimeSeconds,
    token_type: 'Bearer',
  };
}

/** Assumed: the wording. @throws {Refusal} invalid_request */
function required(request: OauthTokenRequest, member: 'code' | 'refresh_token'): string {
  const value = request[member];
  if (!value) throw oauthRefusal(400, 'invalid_request', `Missing required parameter: ${member}`);
  return value;
}
