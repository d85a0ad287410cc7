import type { JsonObject } from '../../wire/schema.ts';
import type { SessionTokenClaims } from '../../wire/session-token.ts';
import type { RequestForActions } from '../actions/login-facts.ts';
import { noteTokens } from '../http/noted-tokens.ts';
import { type Moment, note, type TenantScope } from '../scope.ts';
import { afterLogin, findUser, loggedName } from '../users/user.ts';
import { findUserAccess, type UserAccess } from './api-access.ts';
import { type Authorization, AuthorizationError } from './authorization.ts';
import type { AuthorizationRequest } from './authorization-request.ts';
import { callbackError, callbackResponse, withCookies } from './callback.ts';
import { newCode, putCode } from './code.ts';
import { signIdToken } from './id-token.ts';
import { type ActionResult, factsOf, runLoginActions } from './login-actions.ts';
import { type LoginSession, newLoginSession, putLoginSession, useLoginSession } from './login-session.ts';
import { prune } from './prune.ts';

/** A login whose user is known. */
export interface Login {
  readonly request: AuthorizationRequest;
  readonly client: JsonObject;
  readonly user: JsonObject;
  /** The session in which the user authenticated before; undefined where they did just now. */
  readonly session: LoginSession | undefined;
  readonly guest: SessionTokenClaims | undefined;
  readonly http: RequestForActions;
}

/** Ends a login: runs the Actions, and answers the application with what it asked for, or why not. */
export async function completeLogin(scope: TenantScope, moment: Moment, login: Login): Promise<Response> {
  note(moment, { user: loggedName(login.user), guest: login.guest?.user_id });
  try {
    return await answer(scope, moment, login);
  } catch (error) {
    if (!isAuthorizationError(error)) throw error;
    note(moment, { error: error.error });
    return callbackError(login.request, error, login.http);
  }
}

export function isAuthorizationError(error: unknown): error is AuthorizationError {
  return error instanceof AuthorizationError;
}

async function answer(scope: TenantScope, moment: Moment, login: Login): Promise<Response> {
  const { request, client } = login;
  const { redirectUri, codeChallenge } = request;
  const { hintedUserId = login.user.user_id } = request;
  if (hintedUserId !== login.user.user_id) throw new AuthorizationError('login_required', 'Login required');
  if (login.user.blocked === true) throw new AuthorizationError('unauthorized', 'user is blocked');
  const access = await findUserAccess(scope.store, moment, client, request);
  const opened = login.session ? { session: login.session, cookies: [] } : begin(scope, moment, login.user);
  const acted = await runLoginActions(
    scope,
    moment,
    factsOf({ ...login, user: counted(moment, login), server: access.server, session: opened.session }),
  );
  const authorization = authorize(request, access, opened.session, acted);
  const code = request.responseType.includes('code')
    ? newCode(scope, moment, { authorization, redirectUri, codeChallenge })
    : undefined;
  const user = await save(scope, moment, login, { session: opened.session, acted, code: code?.document });
  if (acted.refusal) throw acted.refusal;
  await prune(scope.store, moment);
  const idToken = request.responseType.includes('id_token')
    ? await signIdToken(moment, { client, user, authorization, code: code?.text })
    : undefined;
  noteTokens(moment, 'issued', { id_token: idToken });
  return withCookies(callbackResponse(request, { code: code?.text, id_token: idToken }, login.http), opened.cookies);
}

/** The user as Actions see them: this login counts. */
function counted(moment: Moment, { user, session, http }: Login): JsonObject {
  return session
    ? user
    : { ...user, logins_count: afterLogin(user, { nowSeconds: moment.nowSeconds, ip: http.ip }).logins_count };
}

function begin({ random }: TenantScope, moment: Moment, user: JsonObject) {
  return newLoginSession(random, moment, String(user.user_id));
}

interface Outcome {
  readonly session: LoginSession;
  readonly acted: ActionResult;
  /** The document of the code for the application; undefined where it wants none. */
  readonly code: JsonObject | undefined;
}

/**
 * Saves what the login and its Actions changed, in one write: on a disk, each takes longer than the rest of a login. What an Action set stays set even if the login is refused then, but nobody is
 * logged in by a refused login. @see https://auth0.com/docs/customize/actions/explore-triggers/signup-and-login-triggers/login-trigger/post-login-api-object
 */
async function save(
  scope: TenantScope,
  moment: Moment,
  { user, session: before, http }: Login,
  { session, acted, code }: Outcome,
): Promise<JsonObject> {
  const isNew = before === undefined && !acted.refusal;
  if (before) await useLoginSession(scope, moment, before);
  const issued = acted.refusal ? undefined : code;
  const isChanged = isNew || acted.changes !== undefined;
  if (!isChanged && !issued) return user;
  const userId = String(user.user_id);
  return scope.store.write(async (writer) => {
    if (issued) putCode(writer, issued);
    if (!isChanged) return user;
    const saved = await findUser(writer, userId);
    if (!saved) throw new AuthorizationError('access_denied', 'The user does not exist.');
    const changed = acted.changes ? acted.changes(saved) : saved;
    const next = isNew ? afterLogin(changed, { nowSeconds: moment.nowSeconds, ip: http.ip }) : changed;
    writer.put('user', userId, next);
    if (isNew) putLoginSession(writer, session);
    return next;
  });
}

function authorize(
  request: AuthorizationRequest,
  access: UserAccess,
  session: LoginSession,
  { claims, scopes }: ActionResult,
): Authorization {
  return {
    clientId: request.clientId,
    userId: session.userId,
    sessionId: session.id,
    scope: scopes(access.scope),
    audience: access.audience,
    nonce: request.nonce,
    authTimeSeconds: session.authTimeSeconds,
    showsAuthTime: request.maxAgeSeconds !== undefined,
    claims,
  };
}
