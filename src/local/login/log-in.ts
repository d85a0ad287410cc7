import type { JsonObject } from '../../wire/schema.ts';
import { type Moment, note, type TenantScope } from '../scope.ts';
import type { StoreReader } from '../store/store.ts';
import { isPassword } from '../users/password.ts';
import { findUser, findUserByEmail } from '../users/user.ts';
import { forActions } from './browser-request.ts';
import { redirect, withCookies } from './callback.ts';
import { completeLogin } from './complete.ts';
import { refusedPage } from './pages/error-page.ts';
import type { FormProblem } from './pages/form-fields.ts';
import { loginPage } from './pages/login-pages.ts';
import { shownUsers } from './pages/user-list.ts';
import { type Parameters, readParameters } from './parameters.ts';
import { loginPath, signUpPath } from './paths.ts';
import { readTransaction, recognise, sealTransaction, type Transaction } from './transaction.ts';
import { isCallback } from './trusted-callback.ts';

/** A page of a login that goes on: the transaction, its application, and what was filled in. */
export interface LoginStep {
  readonly state: string;
  readonly transaction: Transaction;
  readonly client: JsonObject;
  readonly parameters: Parameters;
}

/** The step that a request to a page of the login belongs to, or a page that says why it belongs to no login. */
export async function readStep(scope: TenantScope, moment: Moment, request: Request): Promise<LoginStep | Response> {
  const parameters = await readParameters(request);
  const state = parameters.get('state') ?? '';
  const transaction = readTransaction(moment, request, state);
  const client = transaction && (await scope.store.get('client', transaction.request.clientId));
  // It may be an hour since the callback was checked.
  if (transaction && client && isCallback(client, transaction.request.redirectUri)) {
    note(moment, { clientId: String(client.client_id), app: String(client.name), guest: transaction.guest?.user_id });
    return transaction.browser === undefined
      ? inThisBrowser(scope, moment, request, transaction)
      : { state, transaction, client, parameters };
  }
  const description =
    'This login has expired, or began in another browser. Go back to the application and log in again.';
  return refusedPage(request, moment, { status: 400, error: 'invalid_request', description });
}

/** Leads to the same page, for the browser that visits it and from then on for no other. */
function inThisBrowser(scope: TenantScope, moment: Moment, request: Request, transaction: Transaction): Response {
  const { browser, cookies } = recognise(scope.random, request);
  const state = sealTransaction(scope, moment, { ...transaction, browser });
  return withCookies(redirect(`${new URL(request.url).pathname}?${new URLSearchParams({ state })}`, 302), cookies);
}

/** GET /u/login: the login page. */
export async function showLogin(scope: TenantScope, moment: Moment, request: Request): Promise<Response> {
  const step = await readStep(scope, moment, request);
  if (step instanceof Response) return step;
  return page(scope, moment, step, { email: step.transaction.request.loginHint });
}

/** POST /u/login: with an e-mail address and a password, or with the id of a user from the list. */
export async function logIn(scope: TenantScope, moment: Moment, request: Request): Promise<Response> {
  const step = await readStep(scope, moment, request);
  if (step instanceof Response) return step;
  const user = await authenticated(scope.store, step.parameters);
  if (!user) {
    note(moment, { error: 'invalid_user_password' });
    const email = step.parameters.get('username');
    return page(scope, moment, step, { email, problem: { text: 'Wrong email or password', field: 'password' } });
  }
  return finish(scope, moment, { request, step, user });
}

/** Ends the login of a step with its user. */
export function finish(
  scope: TenantScope,
  moment: Moment,
  { request: http, step, user }: { readonly request: Request; readonly step: LoginStep; readonly user: JsonObject },
): Promise<Response> {
  const { transaction, client, parameters } = step;
  const { request, guest } = transaction;
  return completeLogin(scope, moment, {
    ...{ request, client, user, guest, session: undefined },
    http: forActions(http, parameters),
  });
}

async function authenticated(store: StoreReader, parameters: Parameters): Promise<JsonObject | undefined> {
  const chosen = parameters.get('user');
  if (chosen !== undefined) return findUser(store, chosen);
  const user = await findUserByEmail(store, parameters.get('username') ?? '');
  return (await isPassword(user, parameters.get('password') ?? '')) ? user : undefined;
}

async function page(
  { store }: TenantScope,
  moment: Moment,
  { state, client }: LoginStep,
  { email, problem }: { readonly email: string | undefined; readonly problem?: FormProblem },
): Promise<Response> {
  const users = await store.page('user', { offset: 0, limit: shownUsers });
  return loginPage({
    ...{ action: loginPath, state, ...(email !== undefined && { email }), ...(problem && { problem }) },
    appName: String(client.name),
    tenantName: String(moment.settings.friendly_name ?? ''),
    users: users.map(({ user_id: id, email, name }) => ({ id: String(id), email: String(email), name: String(name) })),
    userCount: await store.count('user'),
    signUpUrl: `${signUpPath}?${new URLSearchParams({ state })}`,
  });
}
