import * as v from 'valibot';
import type { Edition } from './edition/edition.ts';
import { sessionMembers } from './edition/members.ts';
import { closedObject, membersOfType, openObject, plainObject, positiveNumber } from './schema.ts';

export const tenantSettingsPath = '/api/v2/tenants/settings';

/** GET /api/v2/tenants/settings, the members that the tool uses; all others are passed through. */
export const tenantSettings = v.looseObject({
  friendly_name: v.optional(v.string()),
  default_audience: v.optional(v.string()),
  flags: v.optional(plainObject),
});
export type TenantSettingsBody = v.InferOutput<typeof tenantSettings>;

// Every other member that PATCH takes, whatever the edition. @see auth0@7.1.0 UpdateTenantSettingsRequestContent
const otherMembers = {
  ...membersOfType(
    'text',
    'default_directory picture_url support_email support_url sandbox_version legacy_sandbox_version default_redirection_uri resource_parameter_profile dynamic_client_registration_security_mode',
  ),
  ...membersOfType(
    'boolean',
    'customize_mfa_in_postlogin_action allow_organization_name_in_authentication_api pushed_authorization_requests_supported authorization_response_iss_parameter_supported skip_non_verifiable_callback_uri_confirmation_prompt client_id_metadata_document_supported enable_ai_guide phone_consolidated_experience include_session_metadata_in_tenant_logs',
  ),
  ...membersOfType('texts', 'allowed_logout_urls enabled_locales acr_values_supported'),
  ...membersOfType(
    'object',
    'change_password device_flow guardian_mfa_page error_page default_token_quota security_headers session_cookie mtls country_codes',
  ),
  oidc_logout: v.optional(v.nullable(openObject(membersOfType('boolean', 'rp_logout_end_session_endpoint_discovery')))),
};

/** All flags of the service are booleans. */
const flags = v.pipe(plainObject, v.record(v.string(), v.nullable(v.boolean())));

/** The lifetimes of logins. Each is returned in hours, and can be sent in minutes with the suffix `_in_minutes`, but not both at once. */
export const loginLifetimes = [
  'session_lifetime',
  'idle_session_lifetime',
  'ephemeral_session_lifetime',
  'idle_ephemeral_session_lifetime',
] as const;

export function minutesMember<const Member extends string>(member: Member): `${Member}_in_minutes` {
  return `${member}_in_minutes`;
}

/** Assumed: a lifetime is above zero, without an upper bound. */
const lifetime = v.optional(positiveNumber);
const lifetimeMembers = Object.fromEntries(
  loginLifetimes.flatMap((member) => [member, minutesMember(member)]).map((member) => [member, lifetime]),
);

/** PATCH /api/v2/tenants/settings: only members of the list, and at least one. */
export function tenantSettingsPatch(edition: Edition) {
  return v.pipe(
    closedObject({
      ...otherMembers,
      ...lifetimeMembers,
      sessions: v.optional(v.nullable(closedObject(sessionMembers))),
      friendly_name: v.optional(v.string()),
      default_audience: v.optional(v.string()),
      flags: v.optional(flags),
      ...edition.tenant.members,
    }),
    v.check((body) => Object.keys(body).length > 0, 'Too few properties defined (0), minimum 1'),
    v.check(
      (body) => loginLifetimes.every((member) => !(member in body && minutesMember(member) in body)),
      'A lifetime cannot be specified both in hours and in minutes',
    ),
  );
}
