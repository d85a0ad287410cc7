import * as v from 'valibot';
import type { Edition } from './edition/edition.ts';
import { subjectPolicies } from './edition/members.ts';
import { tooLong, wrongFormat, wrongType } from './management-error.ts';
import { closedObject, membersOfType, openObject } from './schema.ts';

export const resourceServersPath = '/api/v2/resource-servers';

/** The path of one resource server, by its id or its identifier (which is often a URL). */
export function resourceServerPath(idOrIdentifier: string): string {
  return `${resourceServersPath}/${encodeURIComponent(idOrIdentifier)}`;
}

export const resourceServerScope = openObject({
  value: v.pipe(
    v.string(),
    v.minLength(1, 'String is too short (0 chars), minimum 1'),
    v.maxLength(280, tooLong(280)),
    v.regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, wrongFormat('scope')),
  ),
  description: v.optional(v.string()),
});

/** An API as GET /api/v2/resource-servers[/{id}] shows it. `identifier` is the audience of its tokens. */
export const resourceServer = v.looseObject({
  id: v.string(),
  identifier: v.string(),
  name: v.optional(v.string()),
  is_system: v.optional(v.boolean()),
  scopes: v.optional(v.array(v.looseObject({ value: v.string(), description: v.optional(v.string()) })), []),
});
export type ResourceServerBody = v.InferOutput<typeof resourceServer>;

/** One page, as returned with `include_totals=true`. */
export const resourceServerPage = v.looseObject({ total: v.number(), resource_servers: v.array(resourceServer) });

/** A page of a list requested with `take`; `next` is the start of the next page, absent on the last. */
export const resourceServerCheckpoint = v.looseObject({
  resource_servers: v.array(resourceServer),
  next: v.optional(v.nullable(v.string())),
});

/** The fields to request in a list of APIs: everything that is displayed. */
export function resourceServerFields(edition: Edition): string {
  return ['id', 'identifier', 'name', 'is_system', 'scopes', ...Object.keys(edition.resourceServer.members)].join();
}

// @see auth0@7.1.0 CreateResourceServerRequestContent
const otherMembers = {
  ...membersOfType('text', 'signing_alg signing_secret token_dialect consent_policy'),
  ...membersOfType('boolean', 'allow_offline_access skip_consent_for_verifiable_first_party_clients enforce_policies'),
  ...membersOfType('number', 'token_lifetime_for_web'),
  ...membersOfType('list', 'authorization_details'),
  ...membersOfType('object', 'token_encryption proof_of_possession authorization_policy'),
};

/** Seconds: 0 to 30 days. @see management-api, section 2.5 */
export const tokenLifetime = v.pipe(
  v.number(wrongType('integer')),
  v.integer(wrongType('integer')),
  v.minValue(0, ({ input }) => `Value ${String(input)} is less than minimum 0`),
  v.maxValue(2_592_000, ({ input }) => `Value ${String(input)} is greater than maximum 2592000`),
);

function members(edition: Edition) {
  return {
    ...otherMembers,
    allow_online_access: v.optional(v.boolean()),
    allow_online_access_with_ephemeral_sessions: v.optional(v.boolean()),
    name: v.optional(
      v.pipe(v.string(), v.maxLength(200, tooLong(200)), v.regex(/^[^<>]*$/, wrongFormat('resource-server-name'))),
    ),
    scopes: v.optional(v.array(resourceServerScope)),
    token_lifetime: v.optional(tokenLifetime),
    subject_type_authorization: v.optional(closedObject(subjectPolicies)),
    ...edition.resourceServer.members,
    ...edition.resourceServer.ignored,
  };
}

/** POST /api/v2/resource-servers. */
export function resourceServerCreate(edition: Edition) {
  return closedObject({
    ...members(edition),
    identifier: v.pipe(v.string(), v.minLength(1, 'String is too short (0 chars), minimum 1')),
  });
}

/** PATCH /api/v2/resource-servers/{id}: everything but the identifier. */
export function resourceServerPatch(edition: Edition) {
  return closedObject(members(edition));
}
