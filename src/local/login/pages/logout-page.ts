import { hiddenField } from './form-fields.ts';
import { address, html } from './html.ts';
import { cardPage } from './page.ts';

export interface LogoutPage {
  /** Where the form is sent. */
  readonly action: string;
  /** Sent back with the form. */
  readonly state: string;
  readonly tenantName?: string;
}

/** Asks whether to log out: a form with `state` and `action=accept`, for requests that do not prove whose logout they want. */
export function logoutPage({ action, state, ...tenant }: LogoutPage): Response {
  return cardPage({
    ...tenant,
    title: 'Log out',
    heading: 'Do you want to log out?',
    content: html`<p>The next login at this tenant will ask who you are.</p>
<form method="post" action="${address(action)}">
${hiddenField('state', state)}
<button type="submit" name="action" value="accept" class="main" autofocus>Log out</button>
</form>
<p>To stay logged in, close this page.</p>`,
  });
}

/** Shown after a logout that leads to no page of an application. */
export function loggedOutPage(tenant: Pick<LogoutPage, 'tenantName'> = {}): Response {
  return cardPage({
    ...tenant,
    title: 'Logged out',
    heading: 'You are logged out',
    content: html`<p>You can close this page.</p>`,
  });
}
