import { oauthRefusal } from '../http/refusal.ts';
import { isForm } from '../http/request-body.ts';
import { type Parameters, parametersIn } from './parameters.ts';

/** The challenge of endpoints that take the access token of a user. */
export const challenge = 'Bearer realm="Users"';

/**
 * The access token of a request, in one of the places that are allowed: the header, the form of a POST, or the query, which
 * some SDKs still use. Undefined without one. @see RFC 6750, section 2. @throws {Refusal} 400 invalid_request
 */
export async function readBearerToken(request: Request): Promise<string | undefined> {
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
