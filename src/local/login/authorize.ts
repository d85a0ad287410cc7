import type { JsonObject } from '../../wire/schema.ts';
import { type Moment, note, type TenantScope } from '../scope.ts';
import { findUser, findUserByEmail } from '../users/user.ts';
import { AuthorizationError } from './authorization.ts';
import { type AuthorizationRequest, type Callback, callbackOf } from './authorization-request.ts';
import { forActions } from './browser-request.ts';
import { callbackError, redirect, withCookies } from './callback.ts';
import { checkedRequest } from './checked-request.ts';
import { completeLogin, isAuthorizationError, type Login } from './complete.ts';
import { carriedGuest } from './guest.ts';
import { type LoginSession, readLoginSession } from './login-session.ts';
import { refusedPage } from './pages/error-page.ts';
import { type Parameters, parametersIn, readParameters } from './parameters.ts';
import { loginPath, signUpPath } from './paths.ts';
import { takePushedRequest } from './pushed-request.ts';
import { browserOf, recognise, sealTransaction } from './transaction.ts';
import { repeatedParameter, trustedCallback } from './trusted-callback.ts';

/**
 * /authorize: answers the application if the browser has a session, otherwise leads to the login page. A request without a
 * callback to trust gets a page. @see OpenID Connect Core, section 3.1.2
 */
export async function authorize(scope: TenantScope, moment: Moment, request: Request): Promise<Response> {
  const sent = await readParameters(request);
  note(moment, { clientId: sent.get('client_id'), audience: sent.get('audience') });
  const parameters = await withPushed(scope, moment, request, sent);
  if (parameters instanceof Response) return parameters;
  const trusted = await trustedCallback(scope.store, parameters);
  if (!('client' in trusted)) return refusedPage(request, moment, trusted);
  const { client, redirectUri } = trusted;
  note(moment, { app: String(client.name) });
  const callback = callbackOf(moment, parameters, redirectUri);
  try {
    checkPushed(client, sent);
    return await decide(scope, moment, { request, parameters, client, callback });
  } catch (error) {
    if (!isAuthorizationError(error)) throw error;
    note(moment, { error: error.error });
    return callbackError(callback, error, request);
  }
}

/** The parameters, or those that were pushed before: then the others do not count. @see RFC 9126, section 4 */
async function withPushed(
  { store }: TenantScope,
  moment: Moment,
  request: Request,
  sent: Parameters,
): Promise<Parameters | Response> {
  const [requestUri, clientId] = [sent.get('request_uri'), sent.get('client_id')];
  if (clientId === undefined || !requestUri?.startsWith('urn:ietf:params:oauth:request_uri:')) return sent;
  const repeated = sent.repeated(['request_uri', 'client_id']);
  if (repeated !== undefined) return refusedPage(request, moment, repeatedParameter(repeated));
  const pushed = await takePushedRequest(store, moment, { requestUri, clientId });
  if (pushed) return parametersIn(new URLSearchParams({ ...pushed, client_id: clientId }));
  note(moment, { error: 'invalid_request' });
  const description = 'The request_uri is unknown, has expired, or was used before.';
  return refusedPage(request, moment, { status: 400, error: 'invalid_request_uri', description });
}

function checkPushed(client: JsonObject, sent: Parameters): void {
  const isPushed = sent.get('request_uri')?.startsWith('urn:ietf:params:oauth:request_uri:') === true;
  if (client.require_pushed_authorization_requests !== true || isPushed) return;
  throw new AuthorizationError('invalid_request', 'Pushed authorization requests are required for this application.');
}

interface Asked {
  readonly request: Request;
  readonly parameters: Parameters;
  readonly client: JsonObject;
  readonly callback: Callback;
}

async function decide(scope: TenantScope, moment: Moment, asked: Asked): Promise<Response> {
  const { request: http, parameters, client, callback } = asked;
  const request = await checkedRequest(scope.store, moment, { parameters, client, callback });
  const guest = (await carriedGuest(scope, moment, client, { parameters, headers: http.headers }))?.session;
  note(moment, { guest: guest?.user_id });
  const session = await usableSession(scope, moment, http, request);
  const login = { request, client, guest, http: forActions(http, parameters) };
  const named = await namedUser(scope, request);
  const saved = session && (await findUser(scope.store, session.userId));
  // A hint for somebody else is a wish to log in as them, which only a silent login can't fulfil.
  const isOther = named !== undefined && named.user_id !== saved?.user_id && !request.prompt.includes('none');
  if (saved && !isOther) return completeLogin(scope, moment, { ...login, user: saved, session });
  if (request.prompt.includes('none')) throw new AuthorizationError('login_required', 'Login required');
  const user = named ?? (await automaticUser(scope, request));
  if (user) return completeLogin(scope, moment, { ...login, user, session: undefined } satisfies Login);
  return toPage(scope, moment, http, { request, guest });
}

/** The session of the browser, unless the request demands another login. */
async function usableSession(
  { store }: TenantScope,
  moment: Moment,
  http: Request,
  { prompt, maxAgeSeconds, isSignUp, hintedUserId }: AuthorizationRequest,
): Promise<LoginSession | undefined> {
  // Assumed for max_age=0: also within the second of the login. It stands for prompt=login.
  if (prompt.includes('login') || prompt.includes('select_account') || isSignUp || maxAgeSeconds === 0)
    return undefined;
  const session = await readLoginSession(store, moment, http);
  if (!session || (hintedUserId !== undefined && hintedUserId !== session.userId)) return undefined;
  const isRecent = maxAgeSeconds === undefined || moment.nowSeconds - session.authTimeSeconds <= maxAgeSeconds;
  return isRecent ? session : undefined;
}

/** The user of a login hint, who is logged in without a page unless the application asks for one. Assumed, for tests. */
async function namedUser({ store }: TenantScope, request: AuthorizationRequest): Promise<JsonObject | undefined> {
  const { loginHint, prompt, isSignUp } = request;
  if (loginHint === undefined || isSignUp || prompt.includes('login') || prompt.includes('select_account'))
    return undefined;
  return (await findUserByEmail(store, loginHint)) ?? (await findUser(store, loginHint));
}

async function automaticUser({ store, autoLogin }: TenantScope, { isSignUp }: AuthorizationRequest) {
  if (autoLogin === undefined || isSignUp) return undefined;
  return (await findUserByEmail(store, autoLogin)) ?? (await findUser(store, autoLogin));
}

function toPage(scope: TenantScope, moment: Moment, http: Request, login: Pick<Login, 'request' | 'guest'>): Response {
  const isForm = http.method === 'POST';
  const isFromElsewhere = isForm && browserOf(http) === undefined;
  const { browser, cookies } = isFromElsewhere ? { browser: undefined, cookies: [] } : recognise(scope.random, http);
  const state = sealTransaction(scope, moment, { ...login, browser });
  const page = login.request.isSignUp ? signUpPath : loginPath;
  const location = `${page}?${new URLSearchParams({ state })}`;
  return withCookies(redirect(location, isForm ? 303 : 302), cookies);
}
