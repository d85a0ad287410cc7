import type { Context } from 'hono';
import { Hono } from 'hono/quick';
import {
  authorizePath,
  endSessionPath,
  logoutPath,
  pushedRequestPath,
  revocationPath,
  userinfoPath,
} from '../../wire/login.ts';
import { type OauthClientSchema, pushedRequest, revocationRequest } from '../../wire/oauth.ts';
import type { JsonObject, Read } from '../../wire/schema.ts';
import { authenticClient } from '../clients/authenticate.ts';
import { challengeFor } from '../clients/authentication.ts';
import { readOauthRequest } from '../clients/oauth-request.ts';
import { noteTokens } from '../http/noted-tokens.ts';
import { oauthRefusal } from '../http/refusal.ts';
import type { BrowserEndpoint } from '../login/browser.ts';
import { loginPath, logoutConfirmationPath, signUpPath } from '../login/paths.ts';
import { type MomentBindings, note, type TenantScope } from '../scope.ts';
import type { Store } from '../store/store.ts';
import type { CorsVariables } from './cors.ts';

/** The endpoints that browsers visit. Their code is loaded when the first of them is used. */
export function loginRoutes(scope: TenantScope): Hono<MomentBindings> {
  const visit = (name: BrowserEndpoint) => async (c: Context<MomentBindings>) => {
    const { answerBrowser } = await import('../login/browser.ts');
    return answerBrowser(name, { scope, moment: c.env, request: c.req.raw });
  };
  const app = new Hono<MomentBindings>();
  app.get(authorizePath, visit('authorize')).post(visit('authorize'));
  app.get(loginPath, visit('showLogin')).post(visit('logIn'));
  app.get(signUpPath, visit('showSignUp')).post(visit('signUp'));
  app.get(logoutPath, visit('logOut'));
  app.get(endSessionPath, visit('endSession')).post(visit('endSession'));
  app.post(logoutConfirmationPath, visit('confirmLogout'));
  return app;
}

const uncached = { 'cache-control': 'no-store' };

/** GET and POST /userinfo, POST /oauth/revoke and POST /oauth/par. What they need is loaded when first used. */
export function loginTokenRoutes(scope: TenantScope): Hono<CorsVariables> {
  const { store } = scope;
  const app = new Hono<CorsVariables>();

  app.on(['GET', 'POST'], userinfoPath, async (c) => {
    const { readUserinfoToken, userinfo } = await import('../login/userinfo.ts');
    const token = await readUserinfoToken(c.env, c.req.raw);
    c.set('clientId', token.clientId);
    return c.json(await userinfo(store, c.env, token), 200, uncached);
  });

  app.post(revocationPath, async (c) => {
    const { client, request } = await readAuthentic(store, c, revocationRequest);
    noteTokens(c.env, 'presented', { refresh_token: request.token });
    const { revokeToken } = await import('../login/refresh-family.ts');
    await revokeToken(store, c.env, client, request.token);
    return c.body(null, 200, uncached);
  });

  app.post(pushedRequestPath, async (c) => {
    const { client, request } = await readAuthentic(store, c, pushedRequest);
    const { pushRequest } = await import('../login/pushed-request.ts');
    return c.json(await pushRequest(scope, c.env, client, request), 201, uncached);
  });
  // @see RFC 9126, section 2.3
  app.all(pushedRequestPath, () => {
    throw oauthRefusal(405, 'invalid_request', 'Authorization requests are pushed with POST.', { allow: 'POST' });
  });

  return app;
}

/** The request of an application that has authenticated itself, or of a public one. @throws {Refusal} */
async function readAuthentic<const S extends OauthClientSchema>(
  store: Store,
  c: Context<CorsVariables>,
  schema: S,
): Promise<{ client: JsonObject; request: Read<S> }> {
  const { request, credentials } = await readOauthRequest(schema, c.req.raw);
  c.set('clientId', credentials.clientId);
  const client = await authenticClient(store, c.env, { credentials, url: c.req.url, allowsPublic: true });
  if (!client) throw oauthRefusal(401, 'invalid_client', 'Client authentication failed', challengeFor(credentials));
  note(c.env, { clientId: String(client.client_id), app: String(client.name) });
  return { client, request };
}
