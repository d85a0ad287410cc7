import { ea } from './ea.ts';
import type { Edition, EditionName } from './edition.ts';
import { preview } from './preview.ts';

const editions: Readonly<Record<EditionName, Edition>> = { preview, ea };

/** The translator of an edition. */
export function editionNamed(name: EditionName): Edition {
  return editions[name];
}

/**
 * Where the settings of guests are in bodies of the Management API, in either edition: for the files of tools that have such
 * bodies, which do not name their edition. Each is a path.
 */
export const guestMembers = {
  tenant: {
    /** Edition `ea`: the object that the next two are in. */
    anonymous: ['sessions', 'anonymous'],
    lifetimeMinutes: ['sessions', 'anonymous', 'lifetime_in_minutes'],
    cookie: ['sessions', 'anonymous', 'activate_cookie'],
    /** Edition `preview`; 0 is never. */
    lifetimeSeconds: ['anonymous_session_lifetime'],
    tokenFormat: ['anonymous_session_token_format'],
  },
  client: {
    /** Edition `ea`: the object that the next one is in. */
    anonymous: ['anonymous_sessions'],
    active: ['anonymous_sessions', 'active'],
    /** Edition `preview`. */
    enabled: ['can_create_anonymous_sessions'],
    claims: ['access_token', 'custom_claim_mappings'],
  },
  resourceServer: {
    /** Edition `ea`: `require_client_grant` or `deny_all`. */
    policy: ['subject_type_authorization', 'anonymous_user', 'policy'],
    lifetimeSeconds: ['token_lifetime_for_anonymous_access_tokens'],
    claims: ['access_token', 'claims_mapping', 'custom_claims'],
    /** Edition `preview`. */
    open: ['allow_anonymous_access'],
    previewLifetimeSeconds: ['token_lifetime_for_anonymous_access'],
    scopes: ['anonymous_access_scopes'],
  },
} as const;
