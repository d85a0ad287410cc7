import type { JsonObject } from '../../wire/schema.ts';
import type { SessionTokenClaims } from '../../wire/session-token.ts';

/** What is known about a login when its Actions run: what their `event` is made of. */
export interface LoginFacts {
  readonly client: JsonObject;
  /** The user, as saved after this login, so that `logins_count` counts it; of a new user, as it will be saved. */
  readonly user: JsonObject;
  /** The API that the application asked for. */
  readonly server: JsonObject | undefined;
  /** The guest who logs in, where one came along. */
  readonly guest: SessionTokenClaims | undefined;
  readonly request: RequestForActions;
  readonly transaction: TransactionForActions;
  /** The login session; undefined while a user signs up. */
  readonly session: { readonly id: string; readonly authTimeSeconds: number } | undefined;
}

/** `event.request`. */
export interface RequestForActions {
  readonly method: string;
  readonly hostname: string;
  readonly ip: string;
  readonly userAgent: string | undefined;
  readonly language: string | undefined;
  readonly query: JsonObject;
  readonly body: JsonObject;
}

/** `event.transaction`, where it is about the authorization request. */
export interface TransactionForActions {
  readonly protocol: 'oidc-basic-profile' | 'oidc-implicit-profile' | 'oidc-hybrid-profile' | 'oauth2-refresh-token';
  readonly requestedScopes: readonly string[];
  readonly redirectUri: string | undefined;
  readonly responseType: readonly string[];
  readonly responseMode: string | undefined;
  readonly prompt: readonly string[];
  readonly state: string | undefined;
  readonly loginHint: string | undefined;
  readonly uiLocales: readonly string[];
  readonly acrValues: readonly string[];
}
