import { base64urlJson } from '../../jose/base64url.ts';
import { userinfoPath } from '../../wire/login.ts';
import { isJsonObject, type JsonObject } from '../../wire/schema.ts';
import { sealedSessionTokenHeader } from '../../wire/session-token-format.ts';
import { type Random, randomToken } from '../random.ts';
import type { Moment } from '../scope.ts';
import { readApiToken, signApiToken } from '../tokens/api-token.ts';
import { seal, unseal } from '../tokens/sealed-token.ts';
import type { Authorization } from './authorization.ts';
import { customClaims } from './user-claims.ts';

/** In seconds, as in the service: of a token for /userinfo, and of an API's without a setting. */
const defaultLifetimeSeconds = 86_400;

export interface AccessToken {
  readonly text: string;
  readonly lifetimeSeconds: number;
}

/**
 * A user's access token: a JWT for the API `server`, or without one an opaque token that only /userinfo reads. With
 * `openid`, /userinfo takes the JWT too. @see https://auth0.com/docs/secure/tokens/access-tokens/access-token-profiles
 */
export async function signAccessToken(
  moment: Moment,
  random: Random,
  { authorization, server }: { readonly authorization: Authorization; readonly server: JsonObject | undefined },
): Promise<AccessToken> {
  const { keys, issuer, nowSeconds } = moment;
  const { userId, clientId, scope } = authorization;
  const limit = server?.token_lifetime;
  const lifetimeSeconds = typeof limit === 'number' ? limit : defaultLifetimeSeconds;
  const claims = {
    iss: issuer,
    sub: userId,
    iat: nowSeconds,
    exp: nowSeconds + lifetimeSeconds,
    scope: scope.length > 0 ? scope.join(' ') : undefined,
    azp: clientId,
    jti: randomToken(random, 16),
  };
  if (!server) {
    // Only this token can carry the claims of ID tokens, which /userinfo returns too.
    const idToken = customClaims(authorization.claims.idToken);
    return { text: seal(keys, random, opaqueHeader(moment), { ...claims, claims: idToken }), lifetimeSeconds };
  }
  const audience = String(server.identifier);
  const text = await signApiToken(keys, server, {
    ...customClaims(authorization.claims.accessToken),
    ...claims,
    aud: scope.includes('openid') ? [audience, userinfoAudience(issuer)] : audience,
  });
  return { text, lifetimeSeconds };
}

/** What an access token for /userinfo says. */
export interface UserToken {
  readonly userId: string;
  readonly clientId: string;
  readonly scope: readonly string[];
  /** The claims that Actions have set for ID tokens. Assumed: none for the JWT of an API, which does not have them. */
  readonly claims: JsonObject;
}

/** Reads an access token that was issued to a user with /userinfo as an audience. Undefined for any other, and after its end. */
export function readUserToken(moment: Moment, token: string): UserToken | undefined {
  const { keys, issuer, nowSeconds } = moment;
  const opaque = unseal(keys, opaqueHeader(moment), token);
  const claims = isJsonObject(opaque) ? opaque : readApiToken(keys, token);
  if (!claims || (claims !== opaque && !isForUserinfo(claims, issuer))) return undefined;
  if (typeof claims.exp !== 'number' || claims.exp <= nowSeconds) return undefined;
  return {
    userId: String(claims.sub),
    clientId: String(claims.azp),
    scope: typeof claims.scope === 'string' ? claims.scope.split(' ') : [],
    claims: isJsonObject(claims.claims) && claims === opaque ? claims.claims : {},
  };
}

/** Whether a text is an access token of this tenant, of any kind, valid or expired. */
export function isAccessToken(moment: Moment, token: string): boolean {
  const claims = unseal(moment.keys, opaqueHeader(moment), token) ?? readApiToken(moment.keys, token);
  return claims !== undefined;
}

/** A user's token for an API has two audiences; every token with a single one is for something else. */
function isForUserinfo({ aud, iss }: JsonObject, issuer: string): boolean {
  return iss === issuer && Array.isArray(aud) && aud[1] === userinfoAudience(issuer);
}

function userinfoAudience(issuer: string): string {
  return `${issuer}${userinfoPath.slice(1)}`;
}

/** As the service writes it. Differs from the headers of all other sealed tokens, so that none can be used as another. */
function opaqueHeader({ issuer }: Moment): string {
  return base64urlJson({ ...sealedSessionTokenHeader, iss: issuer });
}
