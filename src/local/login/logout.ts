import { coversUrl } from '../../wire/allowed-url.ts';
import { type Moment, note, type TenantScope } from '../scope.ts';
import { findUser, loggedName } from '../users/user.ts';
import { redirect, withCookies } from './callback.ts';
import { endLoginSession, type LoginSession, readLoginSession } from './login-session.ts';
import { refusedPage } from './pages/error-page.ts';
import { loggedOutPage } from './pages/logout-page.ts';
import { readParameters } from './parameters.ts';
import { type PageRefusal, repeatedParameter, runsNothing, urlsIn } from './trusted-callback.ts';

/**
 * GET /v2/logout: ends the browser's session, and leads to `returnTo`, which must be one of the logout URLs of the application,
 * or without `client_id` of the tenant. @see https://auth0.com/docs/api/authentication/logout/auth-0-logout
 */
export async function logOut(scope: TenantScope, moment: Moment, request: Request): Promise<Response> {
  const parameters = await readParameters(request);
  const [clientId, returnTo] = [parameters.get('client_id'), parameters.get('returnTo')];
  note(moment, { clientId });
  const repeated = parameters.repeated(['client_id', 'returnTo']);
  const allowed = repeated === undefined ? await logoutUrls(scope, moment, clientId) : repeatedParameter(repeated);
  if (!Array.isArray(allowed)) return refusedPage(request, moment, allowed);
  // The query and the fragment do not count. @see https://auth0.com/docs/authenticate/login/logout/redirect-users-after-logout
  const [bare = ''] = returnTo?.split(/[?#]/) ?? [];
  if (returnTo !== undefined && !isLogoutUrl(allowed, returnTo) && !isLogoutUrl(allowed, bare)) {
    return refusedPage(request, moment, notAllowed('returnTo', returnTo, clientId));
  }
  return endAndGo(scope, moment, { request, location: returnTo ?? firstOf(clientId === undefined ? [] : allowed) });
}

/** Ends the session of a browser, and leads on, or shows that it ended. */
export async function endAndGo(
  scope: TenantScope,
  moment: Moment,
  { request, location }: { readonly request: Request; readonly location: string | undefined },
): Promise<Response> {
  const session = await readLoginSession(scope.store, moment, request);
  if (session) note(moment, { user: await nameOf(scope, session) });
  const cookies = await endLoginSession(scope, session);
  const response = location === undefined ? loggedOutPage() : redirect(location, request.method === 'POST' ? 303 : 302);
  return withCookies(response, cookies);
}

async function nameOf({ store }: TenantScope, { userId }: LoginSession): Promise<string> {
  const user = await findUser(store, userId);
  return user ? loggedName(user) : userId;
}

/** The URLs that a logout may lead to: those of an application, or without one those of the tenant. */
export async function logoutUrls(
  { store }: TenantScope,
  moment: Moment,
  clientId: string | undefined,
): Promise<string[] | PageRefusal> {
  if (clientId === undefined) return urlsIn(moment.settings.allowed_logout_urls);
  const client = await store.get('client', clientId);
  if (client && client.global !== true) {
    note(moment, { app: String(client.name) });
    return urlsIn(client.allowed_logout_urls);
  }
  return { status: 400, error: 'invalid_request', description: `Unknown client: ${clientId}` };
}

/** Whether a logout may lead to a URL. */
export function isLogoutUrl(allowed: readonly string[], url: string): boolean {
  return runsNothing(url) && allowed.some((entry) => coversUrl(entry, url));
}

/** A URL that a logout leads to without being asked for; not one with a wildcard. */
export function firstOf(allowed: readonly string[]): string | undefined {
  return allowed.find((url) => !url.includes('*') && runsNothing(url));
}

/** `clientId` is the application whose logout URLs were looked at; undefined for the tenant's, which no command changes. */
export function notAllowed(parameter: string, url: string, clientId: string | undefined): PageRefusal {
  const description = `The "${parameter}" parameter "${url}" is not defined as a valid URL in "Allowed Logout URLs".`;
  const facts = clientId === undefined ? {} : { clientId, refusedUrl: { list: 'logout-urls', url } as const };
  const opening = clientId !== undefined &&
    runsNothing(url) && {
      hint: 'If it is yours, allow it, and log out again.',
      command: ['anon-cli', 'app', 'logout-urls', 'add', clientId, url],
    };
  return { status: 400, error: 'invalid_request', description, facts, ...opening };
}
