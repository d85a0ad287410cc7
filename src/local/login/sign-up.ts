import type { JsonObject } from '../../wire/schema.ts';
import { emailForm } from '../../wire/user.ts';
import type { LoginFacts } from '../actions/login-facts.ts';
import { type Moment, note, type TenantScope } from '../scope.ts';
import { passwordProblem, passwordRule } from '../users/password.ts';
import { findUserByEmail, newUser } from '../users/user.ts';
import { forActions } from './browser-request.ts';
import { finish, type LoginStep, readStep } from './log-in.ts';
import { factsOf, runSignUpActions } from './login-actions.ts';
import type { FormProblem } from './pages/form-fields.ts';
import { signUpPage } from './pages/login-pages.ts';
import { loginPath, signUpPath } from './paths.ts';

/** GET /u/signup: the page on which somebody becomes a user. */
export async function showSignUp(scope: TenantScope, moment: Moment, request: Request): Promise<Response> {
  const step = await readStep(scope, moment, request);
  return step instanceof Response ? step : page(moment, step, { email: step.transaction.request.loginHint });
}

/** POST /u/signup: creates the user, and logs them in. */
export async function signUp(scope: TenantScope, moment: Moment, request: Request): Promise<Response> {
  const step = await readStep(scope, moment, request);
  if (step instanceof Response) return step;
  const email = step.parameters.get('email');
  const password = step.parameters.get('password') ?? '';
  const refuse = (text: string, error: string, field: FormProblem['field'] = 'email') => {
    note(moment, { error });
    return page(moment, step, { email, problem: { text, field } });
  };
  if (email === undefined || !emailForm.test(email)) return refuse('Enter an email address.', 'invalid_signup');
  const weakness = passwordProblem(password);
  if (weakness !== undefined) return refuse(weakness, 'password_strength_error', 'password');
  if (await findUserByEmail(scope.store, email)) return refuse('A user with this email address exists.', 'user_exists');
  const fields = { email, password };
  const user = await newUser({ random: scope.random, nowSeconds: moment.nowSeconds }, fields);
  const acted = await runSignUpActions(scope, moment, factsFor(step, request, user));
  if ('problem' in acted) return refuse(acted.problem, acted.error);
  const created = await scope.store.write(async (writer) => {
    if (await findUserByEmail(writer, email)) return undefined;
    writer.put('user', String(acted.user.user_id), acted.user);
    return acted.user;
  });
  if (!created) return refuse('A user with this email address exists.', 'user_exists');
  return finish(scope, moment, { request, step, user: created });
}

function factsFor({ transaction, client, parameters }: LoginStep, http: Request, user: JsonObject): LoginFacts {
  const { request, guest } = transaction;
  return factsOf({
    ...{ request, client, guest, user, server: undefined, session: undefined },
    http: forActions(http, parameters),
  });
}

function page(
  { settings }: Moment,
  { state, client }: LoginStep,
  { email, problem }: { readonly email: string | undefined; readonly problem?: FormProblem },
) {
  return signUpPage({
    ...{ action: signUpPath, state, passwordRule, ...(email !== undefined && { email }), ...(problem && { problem }) },
    appName: String(client.name),
    tenantName: String(settings.friendly_name ?? ''),
    loginUrl: `${loginPath}?${new URLSearchParams({ state })}`,
  });
}
