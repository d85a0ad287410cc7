import type { Moment, TenantScope } from '../scope.ts';
import { authorize } from './authorize.ts';
import { confirmLogout, endSession } from './end-session.ts';
import { logIn, showLogin } from './log-in.ts';
import { logOut } from './logout.ts';
import { showSignUp, signUp } from './sign-up.ts';

/** What browsers visit. In one place, so that it is loaded as a whole when the first of them is visited. */
const endpoints = { authorize, showLogin, logIn, showSignUp, signUp, logOut, endSession, confirmLogout };

export type BrowserEndpoint = keyof typeof endpoints;

/** The response to a visit. @throws {Refusal} for a form that cannot be read */
export function answerBrowser(
  name: BrowserEndpoint,
  { scope, moment, request }: { readonly scope: TenantScope; readonly moment: Moment; readonly request: Request },
): Promise<Response> {
  return endpoints[name](scope, moment, request);
}
