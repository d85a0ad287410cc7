import { guestSubject } from '../../wire/client-grant.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { GuestGrant } from '../api/guest-grants.ts';
import { shellWord } from '../shell-word.ts';

/** An object at the tenant that has settings for guests. Plain data, so that a saved plan can name it. */
export type ConfigObject =
  | { readonly kind: 'tenant' }
  | { readonly kind: 'application'; readonly clientId: string; readonly name: string }
  | { readonly kind: 'api'; readonly id: string; readonly audience: string; readonly name: string }
  | {
      readonly kind: 'grant';
      readonly clientId: string;
      readonly audience: string;
      /** The names of its application and API. */
      readonly app: string;
      readonly api: string;
    };

export const tenantObject: ConfigObject = { kind: 'tenant' };

/** The same for the same object, whatever its name has become. */
export function keyOf(object: ConfigObject): string {
  if (object.kind === 'tenant') return 'tenant';
  if (object.kind === 'application') return `application ${object.clientId}`;
  return object.kind === 'api' ? `api ${object.audience}` : `grant ${object.clientId} ${object.audience}`;
}

/** For messages: `application web`. */
export function subjectOf(object: ConfigObject): string {
  if (object.kind === 'tenant') return 'tenant settings';
  if (object.kind === 'application') return `application ${shellWord(object.name)}`;
  if (object.kind === 'api') return `API ${shellWord(object.name)}`;
  return `guest grant of ${shellWord(object.app)} at ${shellWord(object.api)}`;
}

/** A guest grant as the tenant returns it. */
export function grantBody(grant: GuestGrant): JsonObject {
  const { id, clientId, audience, scopes, allScopes } = grant;
  return {
    id,
    client_id: clientId,
    audience,
    scope: scopes,
    subject_type: guestSubject,
    ...(allScopes && { allow_all_scopes: true }),
  };
}
