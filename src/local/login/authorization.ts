import type { JsonObject } from '../../wire/schema.ts';

/** What a login gave an application: what an authorization code and a refresh token stand for. */
export interface Authorization {
  readonly clientId: string;
  readonly userId: string;
  /** The login session at the tenant, the `sid` of ID tokens. */
  readonly sessionId: string;
  /** The granted scopes. */
  readonly scope: readonly string[];
  /** The API; undefined for an access token that is only for /userinfo. */
  readonly audience: string | undefined;
  readonly nonce: string | undefined;
  /** When the user authenticated, in seconds since 1970. */
  readonly authTimeSeconds: number;
  /** Whether the ID token has `auth_time`: the request had `max_age`. */
  readonly showsAuthTime: boolean;
  /** The claims that the user's Actions have set. */
  readonly claims: CustomClaims;
}

export interface CustomClaims {
  readonly idToken: JsonObject;
  readonly accessToken: JsonObject;
}

/** A refused authorization request, for the application's callback. @see RFC 6749, section 4.1.2.1 */
export class AuthorizationError extends Error {
  /** An error code of RFC 6749 or OpenID Connect. */
  readonly error: string;
  readonly description: string;

  constructor(error: string, description: string) {
    super(`the authorization request was refused: ${error}`);
    this.name = 'AuthorizationError';
    this.error = error;
    this.description = description;
  }
}
