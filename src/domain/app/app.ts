import type { ClientBody } from '../../wire/client.ts';
import type { Edition } from '../../wire/edition/edition.ts';

/** An application (the vendor's "client") as the second gate sees it. */
export interface App {
  readonly clientId: string;
  readonly name: string;
  /** `spa`, `native`, `regular_web`, `non_interactive`, or undefined where the tenant names none. */
  readonly type: string | undefined;
  /** How it authenticates when it asks for tokens; `none` for a public one. @see RFC 7591, section 2 */
  readonly authMethod: string;
  /**
   * Its secret, where it was read and the profile's credentials may read it. A public application has none
   * that counts, although the tenant keeps one for it.
   */
  readonly clientSecret: string | undefined;
  /** It may create anonymous sessions. */
  readonly enabled: boolean;
  readonly oidcConformant: boolean;
  /** As the tenant showed it: what a change is compared with. */
  readonly body: ClientBody;
}

export function appOf(edition: Edition, body: ClientBody): App {
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
