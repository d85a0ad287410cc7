import type { JsonObject } from '../../wire/schema.ts';
import { noteTokens } from '../http/noted-tokens.ts';
import { oauthRefusal, type Refusal } from '../http/refusal.ts';
import { isForm } from '../http/request-body.ts';
import { type Moment, note } from '../scope.ts';
import type { StoreReader } from '../store/store.ts';
import { loggedName } from '../users/user.ts';
import { readUserToken, type UserToken } from './access-token.ts';
import { findActiveUser } from './active-user.ts';
import { type Parameters, parametersIn } from './parameters.ts';
import { customClaims, userClaims } from './user-claims.ts';

const challenge = 'Bearer realm="Users"';

/**
 * Reads the access token of a request to /userinfo. @see RFC 6750, section 3. Assumed: the bodies.
 * @throws {Refusal} 400 invalid_request, 401
 */
export async function readUserinfoToken(moment: Moment, request: Request): Promise<UserToken> {
  const token = await readBearerToken(request);
  if (token === undefined) {
    throw oauthRefusal(401, 'unauthorized', 'An access token is required.', { 'www-authenticate': challenge });
  }
  noteTokens(moment, 'presented', { access_token: token });
  const read = readUserToken(moment, token);
  if (!read) throw invalidToken();
  note(moment, { clientId: read.clientId });
  return read;
}

/**
 * The access token of a request, in one of the places that are allowed: the header, the form of a POST, or the query, which
 * some SDKs still use. Undefined without one. @see RFC 6750, section 2. @throws {Refusal} 400 invalid_request
 */
async function readBearerToken(request: Request): Promise<string | undefined> {
  const header = /^Bearer +([^ ]+) *$/i.exec(request.headers.get('authorization') ?? '')?.[1];
  const places = [parametersIn(new URL(request.url).searchParams), await formOf(request)];
  const isRepeated = places.some((parameters) => parameters?.repeated([name]) !== undefined);
  const tokens = [header, ...places.map((parameters) => parameters?.get(name))].filter((token) => token !== undefined);
  if (isRepeated || tokens.length > 1) throw repeatedToken();
  return tokens[0];
}

const name = 'access_token';

async function formOf(request: Request): Promise<Parameters | undefined> {
  if (request.method !== 'POST' || !isForm(request)) return undefined;
  return parametersIn(new URLSearchParams(await request.text()));
}

/** @see RFC 6750, section 3.1. Assumed: the wording. */
function repeatedToken() {
  const description = 'The access token is given more than once.';
  return oauthRefusal(400, 'invalid_request', description, {
    'www-authenticate': `${challenge}, error="invalid_request", error_description="${description}"`,
  });
}

/**
 * The claims about a user that an access token shows, as they are now, and those that Actions have set for ID tokens. As in
 * the service, a token without `openid` gets an empty object.
 * @see OpenID Connect Core, section 5.3. @throws {Refusal} 401
 */
export async function userinfo(
  store: StoreReader,
  moment: Moment,
  { userId, scope, claims }: UserToken,
): Promise<JsonObject> {
  const user = await findActiveUser(store, userId);
  if (!user) throw invalidToken();
  note(moment, { user: loggedName(user) });
  if (!scope.includes('openid')) return {};
  return { ...userClaims(user, scope), ...customClaims(claims), sub: userId };
}

function invalidToken(): Refusal {
  const description = 'The access token is not valid for this endpoint.';
  return oauthRefusal(401, 'invalid_token', description, {
    'www-authenticate': `${challenge}, error="invalid_token", error_description="${description}"`,
  });
}
