import * as v from 'valibot';
import { readUrl } from './allowed-origin.ts';
import { authenticationMethods, newAuthenticationMethods } from './client-credential.ts';
import type { Edition } from './edition/edition.ts';
import { tooLong, wrongFormat } from './management-error.ts';
import { closedObject, membersOfType, openObject, plainObject, positiveNumber } from './schema.ts';

export const clientsPath = '/api/v2/clients';

export function clientPath(clientId: string): string {
  return `${clientsPath}/${encodeURIComponent(clientId)}`;
}

export const clientTypes = ['native', 'spa', 'regular_web', 'non_interactive'] as const;
export type ClientType = (typeof clientTypes)[number];

/** The members of an application that list URLs: two of origins, and two of where a login and a logout may lead. */
export const clientUrlMembers = ['web_origins', 'allowed_origins', 'callbacks', 'allowed_logout_urls'] as const;
export type ClientUrlMember = (typeof clientUrlMembers)[number];

/** The most that the service accepts in a list. It publishes no number for the other two. */
export const clientUrlLimits: Readonly<Partial<Record<ClientUrlMember, number>>> = {
  web_origins: 100,
  allowed_logout_urls: 100,
};

export const clientAuthMethods = ['none', 'client_secret_post', 'client_secret_basic'] as const;

const urlList = v.optional(v.nullable(v.array(v.string())));

/** An application as GET /api/v2/clients[/{id}] shows it; `client_secret` only with the scope for it. */
export const client = v.looseObject({
  client_id: v.string(),
  name: v.optional(v.string(), ''),
  app_type: v.optional(v.string()),
  global: v.optional(v.boolean()),
  oidc_conformant: v.optional(v.boolean(), false),
  token_endpoint_auth_method: v.optional(v.string()),
  require_proof_of_possession: v.nullish(v.boolean()),
  client_secret: v.optional(v.string()),
  web_origins: urlList,
  allowed_origins: urlList,
  callbacks: urlList,
  allowed_logout_urls: urlList,
});
export type ClientBody = v.InferOutput<typeof client>;

/** A page of a list requested with `take`; `next` is the start of the next page, absent on the last. */
export const clientPage = v.looseObject({ clients: v.array(client), next: v.optional(v.nullable(v.string())) });

/** The fields to request in a list of applications: everything that is displayed, without secrets. */
export function clientFields(edition: Edition): string {
  const members = Object.keys(edition.client.members);
  return [
    'client_id',
    'name',
    'app_type',
    'global',
    'token_endpoint_auth_method',
    'oidc_conformant',
    'require_proof_of_possession',
    ...clientUrlMembers,
    ...members,
  ].join();
}

/** The path that reads only the URLs of an application. Credentials that may not read them are refused. */
export function clientUrlsPath(clientId: string): string {
  const fields = ['client_id', 'name', ...clientUrlMembers].join();
  return `${clientPath(clientId)}?fields=${fields}&include_fields=true`;
}

// @see auth0@7.1.0 CreateClientRequestContent and UpdateClientRequestContent
const otherMembers = {
  ...membersOfType(
    'text',
    'logo_uri cross_origin_loc custom_login_page custom_login_page_preview form_template initiate_login_uri organization_usage organization_require_behavior compliance_level third_party_security_mode redirection_policy',
  ),
  ...membersOfType(
    'boolean',
    'is_token_endpoint_ip_header_trusted is_first_party oidc_conformant sso cross_origin_authentication sso_disabled custom_login_page_on require_pushed_authorization_requests require_proof_of_possession skip_non_verifiable_callback_uri_confirmation_prompt',
  ),
  ...membersOfType('texts', 'client_aliases allowed_clients organization_discovery_methods'),
  ...membersOfType(
    'object',
    'oidc_logout oidc_backchannel_logout session_transfer encryption_key addons default_organization signed_request_object token_vault_privileged_access token_exchange token_quota identity_assertion_authorization_grant express_configuration b2b_integration_configuration my_organization_configuration async_approval_notification_channels client_metadata mobile native_social_login fedcm_login',
  ),
  description: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(140, tooLong(140))))),
  par_request_expiry: v.optional(v.nullable(positiveNumber)),
  jwt_configuration: v.optional(
    v.nullable(
      openObject({ lifetime_in_seconds: v.optional(v.nullable(positiveNumber)), ...membersOfType('text', 'alg') }),
    ),
  ),
  refresh_token: v.optional(
    v.nullable(
      openObject({
        rotation_type: v.optional(v.nullable(v.picklist(['rotating', 'non-rotating']))),
        expiration_type: v.optional(v.nullable(v.picklist(['expiring', 'non-expiring']))),
        ...membersOfType('number', 'leeway token_lifetime idle_token_lifetime'),
        ...membersOfType('boolean', 'infinite_token_lifetime infinite_idle_token_lifetime'),
      }),
    ),
  ),
};

/** Assumed: the limit applies to all these lists. @see https://auth0.com/docs/get-started/applications/application-settings */
const maxUrls = 100;

/**
 * A list of URLs, refused in the service's words. Assumed: a URL has a scheme and a slash, unlike `localhost:3000`, and a
 * path is accepted even where it makes the match fail.
 */
function urls(format: 'callback-url' | 'url-with-placeholders') {
  const isUrl = (text: string) => /^[a-z][a-z\d+.-]*:\//i.test(text) && readUrl(text) !== undefined;
  const url = v.pipe(v.string(), v.check(isUrl, wrongFormat(format)));
  const tooLong = ({ input }: { input: unknown[] }) => `Array is too long (${input.length}), maximum ${maxUrls}`;
  return v.optional(v.pipe(v.array(url), v.maxLength(maxUrls, tooLong)));
}

const name = v.pipe(
  v.string(),
  v.minLength(1, 'String is too short (0 chars), minimum 1'),
  v.regex(/^[^<>]+$/, wrongFormat('client-name')),
);

function members(edition: Edition) {
  return {
    ...otherMembers,
    app_type: v.optional(v.picklist(clientTypes)),
    callbacks: urls('callback-url'),
    web_origins: urls('url-with-placeholders'),
    allowed_origins: urls('url-with-placeholders'),
    allowed_logout_urls: urls('url-with-placeholders'),
    grant_types: v.optional(v.array(v.string())),
    ...edition.client.members,
  };
}

/** POST /api/v2/clients. */
export function clientCreate(edition: Edition) {
  return closedObject({
    ...members(edition),
    ...membersOfType('text', 'resource_server_identifier'),
    name,
    token_endpoint_auth_method: v.optional(v.picklist(clientAuthMethods)),
    client_authentication_methods: v.optional(newAuthenticationMethods),
  });
}

/** PATCH /api/v2/clients/{id}; null clears the authentication method. */
export function clientPatch(edition: Edition) {
  return closedObject({
    ...members(edition),
    name: v.optional(name),
    client_secret: v.optional(v.pipe(v.string(), v.minLength(1, 'String is too short (0 chars), minimum 1'))),
    token_endpoint_auth_method: v.optional(v.nullable(v.picklist(clientAuthMethods))),
    client_authentication_methods: v.optional(v.nullable(authenticationMethods)),
    client_metadata: v.optional(plainObject),
  });
}
