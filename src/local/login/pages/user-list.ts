import { hiddenField } from './form-fields.ts';
import { address, type Html, html, nothing } from './html.ts';

/** A user as the login page shows one. */
export interface ListedUser {
  readonly id: string;
  readonly email: string;
  readonly name: string;
}

/** More would hide the rest of the page. */
export const shownUsers = 20;

/**
 * A button for each user, which logs in without a password. Each has its own form, so that it sends no field of the login
 * form. No button has a `type`: `button[type=submit]` finds only the login form's.
 */
export function userList(action: string, state: string, users: readonly ListedUser[], count = users.length): Html {
  if (users.length === 0) return nothing;
  const more = count - Math.min(users.length, shownUsers);
  return html`<section aria-labelledby="users">
<h2 id="users">Users of this local tenant</h2>
<p class="hint">Choose one to log in without a password.</p>
<ul>
${users.slice(0, shownUsers).map((user) => userItem(action, state, user))}</ul>
${more > 0 ? html`<p class="hint">and ${more} more</p>` : nothing}
</section>`;
}

function userItem(action: string, state: string, { id, email, name }: ListedUser): Html {
  const title = name || email;
  const [initial = ''] = title;
  return html`<li><form method="post" action="${address(action)}">
${hiddenField('state', state)}
<button name="user" value="${id}"><i aria-hidden="true">${initial.toUpperCase()}</i>
<span><b><bdi>${title}</bdi></b>${title === email ? nothing : html` <small><bdi>${email}</bdi></small>`}</span></button>
</form></li>
`;
}
