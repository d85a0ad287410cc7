import type { Context } from 'hono';
import { Hono } from 'hono/quick';
import { authorizePath, endSessionPath, logoutPath } from '../../wire/login.ts';
import type { BrowserEndpoint } from '../login/browser.ts';
import { loginPath, logoutConfirmationPath, signUpPath } from '../login/paths.ts';
import type { MomentBindings, TenantScope } from '../scope.ts';

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
