import type { ClientBody } from '../../wire/client.ts';
import type { Edition } from '../../wire/edition/edition.ts';

/** An application (the vendor's "client") as the second gate sees it. */
export interface App {
  readonly clientId: string;
  readonly name: string;
  /** `spa`, `native`, `regular_web`, `non_interactive`, or undefined where the tenant names none. */
  readonly type: string | undefined;
  /** It authenticates when it asks for tokens. */
  readonly confidential: boolean;
  /**
   * Its secret, where the profile's credentials may read it. A public application has none that counts,
   * although the tenant keeps one for it.
   */
  readonly clientSecret: string | undefined;
  /** It may create anonymous sessions. */
  readonly enabled: boolean;
}

export function appOf(edition: Edition, body: ClientBody): App {
  const confidential = body.token_endpoint_auth_method !== 'none';
  return {
    clientId: body.client_id,
    name: body.name || body.client_id,
    type: body.app_type,
    confidential,
    clientSecret: confidential ? body.client_secret : undefined,
    enabled: edition.client.read(body).enabled,
  };
}
