import type { Edition, GuestAccess } from '../../wire/edition/edition.ts';
import type { ResourceServerBody } from '../../wire/resource-server.ts';

/** An API (the vendor's "resource server") as the third and fourth gates see it. */
export interface Api {
  readonly id: string;
  readonly name: string;
  /** Its identifier: the `aud` of tokens for it. */
  readonly audience: string;
  /** Every scope that it defines. */
  readonly scopes: readonly { readonly value: string; readonly description: string | undefined }[];
  readonly guests: GuestAccess & { readonly scopes: readonly string[] };
  /** As the tenant showed it: what a change is compared with. */
  readonly body: ResourceServerBody;
}

export function apiOf(edition: Edition, body: ResourceServerBody): Api {
  return {
    id: body.id,
    name: body.name || body.identifier,
    audience: body.identifier,
    scopes: body.scopes.map(({ value, description }) => ({ value, description })),
    guests: { ...edition.resourceServer.read(body), scopes: edition.resourceServer.read(body).scopes ?? [] },
    body,
  };
}
