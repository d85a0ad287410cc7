import { ResponseError } from '../../errors.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { chooseApi, type RequestedApi } from '../api/find.ts';
import { chooseRequestingApp, type RequestingApp } from '../app/find.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import type { Profile } from '../profile/profile.ts';
import { type GuestTokens, requestTokens } from './request-tokens.ts';

/** What a guest's access token is requested with. */
export interface TokenRequest {
  readonly app: RequestingApp;
  readonly api: RequestedApi;
  /** Space-separated; undefined for all that guests may have. */
  readonly scope: string | undefined;
}

export interface SessionRequest extends TokenRequest {
  readonly metadata: JsonObject | undefined;
}

export interface CreationRequest extends SessionRequest {
  /** The guest id to use instead of a new one. */
  readonly userId: string | undefined;
}

export interface UpdateRequest extends SessionRequest {
  readonly sessionToken: string;
  /** The session's known metadata: no error repeats a value of it. */
  readonly heldMetadata?: JsonObject | undefined;
}

/** Adds to a refused token request which gate is closed, and the command that opens it. */
export type ExplainRefusal = (
  tenant: TenantConnection,
  refusal: ResponseError,
  request: TokenRequest,
) => Promise<ResponseError>;

/** What a user gives for a token request; the rest comes from the profile or the saved session. */
export interface RequestOptions {
  /** Name or client id. */
  readonly app?: string | undefined;
  /** Name, audience or id. */
  readonly api?: string | undefined;
  /** Space-separated. */
  readonly scope?: string | undefined;
  readonly metadata?: JsonObject | undefined;
  readonly clientSecret?: string | undefined;
}

/** The application and the API to use where the user gives none. */
export type RequestDefaults = Pick<Profile, 'app' | 'api'>;

/** Looks up the application and the API of a request. @throws {AnonError} as `chooseRequestingApp` and `chooseApi` */
export async function tokenRequest(
  tenant: TenantConnection,
  { app: appName, api: apiName, scope, metadata, clientSecret }: RequestOptions,
  defaults: RequestDefaults,
): Promise<SessionRequest> {
  const app = await chooseRequestingApp(tenant, { named: appName, chosen: defaults.app });
  const api = await chooseApi(tenant, { named: apiName, chosen: defaults.api });
  return { app: withSecret(app, clientSecret), api, scope, metadata };
}

/** The application with the secret that the user gave, which wins over the one that the tenant shows. */
export function withSecret(app: RequestingApp, clientSecret: string | undefined): RequestingApp {
  return app.authMethod === 'none' ? app : { ...app, clientSecret: clientSecret ?? app.clientSecret };
}

/**
 * Creates a guest session.
 * @throws {ResponseError} as `explain` explains it
 */
export function createSession(
  tenant: TenantConnection,
  request: CreationRequest,
  explain: ExplainRefusal,
): Promise<GuestTokens> {
  return send(tenant, request, { user_id: request.userId }, explain);
}

/** Updates a session: its metadata merged with `metadata`, a new session token, a new access token. */
export function updateSession(
  tenant: TenantConnection,
  request: UpdateRequest,
  explain: ExplainRefusal,
): Promise<GuestTokens> {
  return send(tenant, request, { session_token: request.sessionToken }, explain);
}

async function send(
  tenant: TenantConnection,
  request: SessionRequest & Pick<UpdateRequest, 'heldMetadata'>,
  more: { user_id?: string | undefined; session_token?: string | undefined },
  explain: ExplainRefusal,
): Promise<GuestTokens> {
  const { app, api, scope, metadata, heldMetadata } = request;
  try {
    return await requestTokens(tenant, app, { audience: api.audience, scope, metadata, ...more }, heldMetadata);
  } catch (error) {
    if (error instanceof ResponseError) throw await explain(tenant, error, request);
    throw error;
  }
}
