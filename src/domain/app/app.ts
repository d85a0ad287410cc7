import type { ClientBody } from '../../wire/client.ts';
import type { Edition } from '../../wire/edition/edition.ts';
import { checkShown } from '../exchange/management/shown.ts';
import { shellWord } from '../shell-word.ts';

/** An application (the vendor's "client") as the second gate sees it. */
export interface App {
  readonly clientId: string;
  readonly name: string;
  /** `spa`, `native`, `regular_web`, `non_interactive`, or undefined when the tenant reports none. */
  readonly type: string | undefined;
  /** How it authenticates when requesting tokens; `none` for a public application. @see RFC 7591, section 2 */
  readonly authMethod: string;
  /**
   * Its secret, if it was read and the profile's credentials may read it. Undefined for a public application, which
   * does not use the secret that the tenant has for it.
   */
  readonly clientSecret: string | undefined;
  /** Whether it may create guest sessions. */
  readonly enabled: boolean;
  readonly oidcConformant: boolean;
  /** The body as the tenant returned it, to compare changes with. */
  readonly body: ClientBody;
}

/** @throws {AnonError} `response_invalid` as {@link checkShown} */
export function appOf(edition: Edition, body: ClientBody): App {
  checkShown(edition, 'client', body, `application ${shellWord(body.name || body.client_id)}`);
  const authMethod = body.token_endpoint_auth_method ?? 'client_secret_post';
  return {
    clientId: body.client_id,
    name: body.name || body.client_id,
    type: body.app_type,
    authMethod,
    clientSecret: authMethod === 'none' ? undefined : body.client_secret,
    enabled: edition.client.read(body).enabled,
    oidcConformant: body.oidc_conformant,
    body,
  };
}
