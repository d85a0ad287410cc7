import type { Edition, GuestAccess } from '../../wire/edition/edition.ts';
import type { ResourceServerBody } from '../../wire/resource-server.ts';
import { checkShown } from '../exchange/management/shown.ts';
import { shellWord } from '../shell-word.ts';
import type { GuestGrant } from './guest-grants.ts';

/** An API (the vendor's "resource server") as the third gate sees it. */
export interface Api {
  readonly id: string;
  readonly name: string;
  /** Its identifier: the `aud` of tokens for it. */
  readonly audience: string;
  /** Every scope it defines. */
  readonly scopes: readonly { readonly value: string; readonly description: string | undefined }[];
  readonly guests: Pick<GuestAccess, 'enabled' | 'tokenLifetimeSeconds'>;
  /** One of the tenant's own APIs, which can't be enabled for guests. */
  readonly system: boolean;
  /** The body as the tenant returned it, to compare changes with. */
  readonly body: ResourceServerBody;
}

/** An API with the fourth gate: the scopes of its guests, by application. */
export interface ApiWithGrants extends Api {
  readonly grants: readonly GuestGrant[];
}

/** @throws {AnonError} `response_invalid` as {@link checkShown}, except for one of the tenant's own, which has no guests */
export function apiOf(edition: Edition, body: ResourceServerBody): Api {
  if (body.is_system !== true)
    checkShown(edition, 'resourceServer', body, `API ${shellWord(body.name || body.identifier)}`);
  const { enabled, tokenLifetimeSeconds } = edition.resourceServer.read(body);
  return {
    id: body.id,
    name: body.name || body.identifier,
    audience: body.identifier,
    scopes: body.scopes.map(({ value, description }) => ({ value, description })),
    guests: { enabled, tokenLifetimeSeconds },
    system: body.is_system === true,
    body,
  };
}
