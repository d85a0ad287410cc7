import { createHash } from 'node:crypto';
import { hashPassword } from '../../src/local/users/password.ts';
import { newUser } from '../../src/local/users/user.ts';
import type { JsonObject } from '../../src/wire/schema.ts';
import { type Answer, openTenant, sequenceOfBytes, type TestTenant } from './local.ts';
import { answerIn, type LoginBrowser, loginBrowser, type Visit } from './login-browser.ts';

export const callback = 'https://shop.example/callback';
export const loggedOut = 'https://shop.example/bye';
export const password = 'correct Horse 7 battery';
export const verifier = 'a-verifier-of-43-characters-or-more-0123456789';
export const challenge = createHash('sha256').update(verifier).digest('base64url');

/** Of {@link password}: made once, because it takes long on purpose. */
const hash = hashPassword(sequenceOfBytes('password'), password);

type Doors = NonNullable<Parameters<typeof openTenant>[0]>;

/** A tenant at which users log in. */
export interface LoginTenant extends TestTenant {
  /** The users there are. */
  readonly jane: JsonObject;
  readonly john: JsonObject;
  /** A confidential application, with its secret in the body, and the same URLs as `app`. */
  readonly server: TestTenant['app'];
  browser(): LoginBrowser;
  /** With the password {@link password}. */
  addUser(members: JsonObject & { email: string }): Promise<JsonObject>;
  /** The path of /authorize with a request of the sample application that is right, changed by `members`. */
  authorizePath(members?: Changes): string;
  /** A browser with the session of a user, Jane by default. */
  loggedIn(user?: JsonObject): Promise<LoginBrowser>;
  /** The answer that the callback gets, of a user who is logged in. */
  authorized(members?: Changes, browser?: LoginBrowser): Promise<Record<string, string>>;
  /** POST /oauth/token, with a form. */
  token(form: Changes, headers?: Record<string, string>): Promise<Answer>;
  /** The token answer of a whole login that must succeed. */
  tokens(members?: Changes): Promise<Record<string, string>>;
}

/** Parameters to change; undefined removes one. */
export type Changes = Readonly<Record<string, string | undefined>>;

/** Both users log in at the sample application, which has refresh tokens that rotate, and at a confidential one. */
export async function loginTenant(doors: Doors = {}): Promise<LoginTenant> {
  const urls = { callbacks: [callback], allowed_logout_urls: [loggedOut] };
  const refresh_token = {
    rotation_type: 'rotating',
    expiration_type: 'expiring',
    leeway: 0,
    token_lifetime: 2_592_000,
  };
  const tenant = await openTenant({
    ...doors,
    app: { ...urls, refresh_token, ...doors.app },
    api: { allow_offline_access: true, ...doors.api },
  });
  const { random = sequenceOfBytes('users') } = doors;
  const addUser: LoginTenant['addUser'] = async (members) => {
    const fresh: JsonObject = await newUser({ random, nowSeconds: Math.floor(tenant.clock() / 1000) }, members);
    const user: JsonObject = { ...fresh, password_hash: await hash };
    await tenant.store.write((writer) => writer.put('user', String(user.user_id), user));
    return user;
  };
  const manage = await tenant.management();
  const { body: server } = await manage('POST', '/api/v2/clients', {
    json: { name: 'server', oidc_conformant: true, token_endpoint_auth_method: 'client_secret_post', ...urls },
  });
  const jane = await addUser({ email: 'jane@example.com' });
  const john = await addUser({ email: 'john@example.com' });
  return withLogins({ ...tenant, handle: tenant.handle, jane, john, server, addUser });
}

function withLogins(tenant: TestTenant & Pick<LoginTenant, 'jane' | 'john' | 'server' | 'addUser'>): LoginTenant {
  const authorizePath: LoginTenant['authorizePath'] = (members) =>
    `/authorize?${formOf({ ...rightRequest(tenant.app.client_id), ...members })}`;
  const browser = () => loginBrowser(tenant);
  const loggedIn: LoginTenant['loggedIn'] = async (user = tenant.jane) => {
    const opened = browser();
    const done = await opened.visit(authorizePath({ login_hint: String(user.user_id) }));
    if (!answerIn(done).code) throw new Error(`no login: ${done.status} ${done.text}`);
    return opened;
  };
  const authorized: LoginTenant['authorized'] = async (members, opened) => {
    const visit = await (opened ?? (await loggedIn())).visit(authorizePath(members));
    return answerOf(visit);
  };
  const token: LoginTenant['token'] = (form, headers) =>
    tenant.send('POST', '/oauth/token', { form: Object.fromEntries(formOf(form)), ...(headers && { headers }) });
  return {
    ...tenant,
    browser,
    authorizePath,
    loggedIn,
    authorized,
    token,
    async tokens(members) {
      const { code } = await authorized(members);
      const { status, body } = await token(rightExchange({ client_id: tenant.app.client_id, code }));
      if (status !== 200) throw new Error(`no tokens: ${JSON.stringify(body)}`);
      return body;
    },
  };
}

export function rightRequest(clientId: string): Record<string, string> {
  return {
    client_id: clientId,
    redirect_uri: callback,
    response_type: 'code',
    scope: 'openid profile email offline_access',
    state: 'state of the application',
    nonce: 'nonce of the application',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  };
}

/** The form that redeems a code. */
export function rightExchange(members: Changes): Changes {
  return { grant_type: 'authorization_code', redirect_uri: callback, code_verifier: verifier, ...members };
}

export function formOf(members: Changes): URLSearchParams {
  return new URLSearchParams(
    Object.entries(members).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}

/** The parameters that a redirect to a callback has, in its query or its fragment. */
export function answerOf(visit: Visit): Record<string, string> {
  return { ...answerIn(visit), ...answerIn(visit, 'fragment') };
}
