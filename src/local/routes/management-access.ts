import type { MiddlewareHandler } from 'hono';
import { managementAudience } from '../../wire/oauth.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { noteTokens } from '../http/noted-tokens.ts';
import { managementRefusal, type Refusal } from '../http/refusal.ts';
import { type Moment, type MomentBindings, note } from '../scope.ts';
import { readSignedToken } from '../tokens/signed-token.ts';

export interface ManagementVariables extends MomentBindings {
  Variables: { scopes: ReadonlySet<string> };
}

/**
 * Requires a Management API token of this tenant with at least one of the scopes `anyOf`.
 * @see management-api, section 2.1 for each refusal
 */
export function requireScope(...anyOf: readonly string[]): MiddlewareHandler<ManagementVariables> {
  return async (c, next) => {
    const claims = readManagementToken(c.env, c.req.header('authorization'));
    note(c.env, { clientId: String(claims.azp) });
    // A user's token never has scopes of the Management API, and would not open it if it had.
    const isOwn = claims.gty === 'client-credentials';
    const scopes = new Set(isOwn && typeof claims.scope === 'string' ? claims.scope.split(' ') : []);
    checkScope(scopes, ...anyOf);
    c.set('scopes', scopes);
    await next();
  };
}

/** @throws {Refusal} 403 insufficient_scope when `scopes` has none of `anyOf` */
export function checkScope(scopes: ReadonlySet<string>, ...anyOf: readonly string[]): void {
  if (!anyOf.some((value) => scopes.has(value))) {
    throw managementRefusal(403, `Insufficient scope, expected any of: ${anyOf.join(',')}`, 'insufficient_scope');
  }
}

/**
 * For an endpoint that only the real service has: it is refused like a call without the scope for it, because tools that
 * export a whole tenant report a 403 as a warning, and fail on a 404.
 */
export function notServed(): Refusal {
  return managementRefusal(403, 'Insufficient scope, expected any of: (not served here)', 'insufficient_scope');
}

function readManagementToken(moment: Moment, authorization: string | undefined): JsonObject {
  const { keys, issuer, nowSeconds } = moment;
  if (authorization === undefined) throw unauthorized('Missing authentication');
  const token = /^Bearer ([^. ]+\.[^. ]*\.[^. ]+)$/i.exec(authorization)?.[1];
  if (token === undefined) throw managementRefusal(400, 'Bad HTTP authentication header format', 'Bearer');
  noteTokens(moment, 'presented', { access_token: token });
  const claims = readSignedToken(keys, 'JWT', token);
  if (claims === undefined) throw unauthorized('Invalid signature received for JSON Web Token validation');
  if (claims.aud !== managementAudience(issuer)) throw unauthorized(`Bad audience: ${String(claims.aud)}`);
  if (typeof claims.exp !== 'number' || claims.exp <= nowSeconds) {
    throw unauthorized('Expired token received for JSON Web Token validation');
  }
  return claims;
}

function unauthorized(message: string): Refusal {
  return managementRefusal(401, message, undefined, { 'www-authenticate': 'Bearer realm="Users"' });
}
