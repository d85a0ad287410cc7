import { type FormProblem, field, focusedField, hiddenField, problemLine } from './form-fields.ts';
import { address, html } from './html.ts';
import { cardPage } from './page.ts';

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
