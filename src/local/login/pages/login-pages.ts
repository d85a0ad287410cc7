import { type FormProblem, field, focusedField, hiddenField, problemLine } from './form-fields.ts';
import { address, type Html, html, nothing } from './html.ts';
import { cardPage } from './page.ts';
import { type ListedUser, userList } from './user-list.ts';

export interface LoginPage {
  /** Where the forms are sent. */
  readonly action: string;
  /** Sent back with each form. */
  readonly state: string;
  readonly appName: string;
  readonly tenantName: string;
  /** What was entered before, or the request's `login_hint`. */
  readonly email?: string;
  readonly problem?: FormProblem;
  readonly users: readonly ListedUser[];
  /** How many users there are, if more than in `users`. */
  readonly userCount?: number;
  readonly signUpUrl: string;
  /** The requested connection, if the tenant does not have it. */
  readonly unknownConnection?: string;
}

/**
 * The login page: a form with `state`, `username`, `password` and `action=default`, and one for each user with `state` and
 * `user=<id>`. Names, ids and the label of the button are the service's, because people's tests fill in its page; the form
 * comes first for the same reason.
 */
export function loginPage(login: LoginPage): Response {
  const { action, state, appName, tenantName, users, signUpUrl } = login;
  return cardPage({
    title: `Log in to ${appName}`,
    heading: html`Log in to <bdi>${appName}</bdi>`,
    tenantName,
    content: html`${connectionNote(login.unknownConnection)}
${loginForm(login)}
<p>Not a user yet? <a href="${address(signUpUrl)}">Sign up</a></p>
${userList(action, state, users, login.userCount)}`,
  });
}

function loginForm({ action, state, email, problem }: LoginPage): Html {
  const focused = focusedField(problem, email);
  return html`<form method="post" action="${address(action)}">
${problemLine(problem)}
${hiddenField('state', state)}
${field({
  ...{ id: 'username', label: 'Email address', type: 'text', autocomplete: 'username', value: email },
  ...{ hasFocus: focused === 'email', hasProblem: problem?.field === 'email' },
})}
${field({
  ...{ id: 'password', label: 'Password', type: 'password', autocomplete: 'current-password' },
  ...{ hasFocus: focused === 'password', hasProblem: problem?.field === 'password' },
})}
<button type="submit" name="action" value="default" class="main">Continue</button>
</form>`;
}

function connectionNote(connection: string | undefined): Html {
  if (connection === undefined) return nothing;
  return html`<p class="hint">The application requested the connection <code>${connection}</code>. A local tenant has only
its own users.</p>`;
}

export interface SignUpPage {
  /** Where the form is sent. */
  readonly action: string;
  /** Sent back with the form. */
  readonly state: string;
  readonly appName: string;
  readonly tenantName?: string;
  readonly email?: string;
  readonly problem?: FormProblem;
  /** What a password must be, as a sentence. */
  readonly passwordRule: string;
  readonly loginUrl: string;
}

/** The sign-up page: a form with `state`, `email`, `password` and `action=default`. */
export function signUpPage({ action, state, appName, email, problem, passwordRule, ...page }: SignUpPage): Response {
  const focused = focusedField(problem, email);
  return cardPage({
    title: `Sign up for ${appName}`,
    heading: html`Sign up for <bdi>${appName}</bdi>`,
    tenantName: page.tenantName,
    content: html`<form method="post" action="${address(action)}">
${problemLine(problem)}
${hiddenField('state', state)}
${field({
  ...{ id: 'email', label: 'Email address', type: 'text', autocomplete: 'username', value: email },
  ...{ hasFocus: focused === 'email', hasProblem: problem?.field === 'email' },
})}
${field({
  ...{ id: 'password', label: 'Password', type: 'password', autocomplete: 'new-password', hint: passwordRule },
  ...{ hasFocus: focused === 'password', hasProblem: problem?.field === 'password' },
})}
<button type="submit" name="action" value="default" class="main">Continue</button>
</form>
<p>Already a user? <a href="${address(page.loginUrl)}">Log in</a></p>`,
  });
}
