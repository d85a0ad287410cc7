import * as v from 'valibot';
import { client } from './client.ts';
import { clientGrant } from './client-grant.ts';
import { editionNames } from './edition/edition.ts';
import { resourceServer } from './resource-server.ts';
import { type JsonObject, plainObject } from './schema.ts';
import { parseUrl } from './url.ts';
import { emailForm, user } from './user.ts';

/** The member `format` of every export, by which a file is recognised as one. */
export const tenantExportFormat = 'anon-cli local tenant';

/** Increased when an older program could no longer read an export. Version 1 had no {@link loginKinds}. */
export const tenantExportVersion = 2;

/** What logins need, or leave behind for longer than a session. */
export const loginKinds = ['user', 'action', 'refresh_token'] as const;

/** In the order in which an export has them. */
export const carriedKinds = [
  ...(['tenant', 'key', 'client', 'resource_server', 'client_grant', 'client_credential'] as const),
  ...loginKinds,
] as const;
export type CarriedKind = (typeof carriedKinds)[number];

export interface CarriedDocument {
  readonly id: string;
  readonly document: JsonObject;
}

/**
 * What `local export` writes and `local import` reads: the whole state of a local tenant, secrets included. The order of the
 * documents of a kind is the order of lists. Not in it: faults and limits, login sessions, authorization codes, pushed
 * authorization requests, and the ids of client assertions that were used.
 */
export interface TenantExport {
  readonly format: typeof tenantExportFormat;
  readonly version: typeof tenantExportVersion;
  readonly edition: (typeof editionNames)[number];
  /** `https://DOMAIN/`, as in the tokens that the tenant issues. */
  readonly issuer: string;
  readonly documents: Readonly<Record<CarriedKind, readonly CarriedDocument[]>>;
}

const text = v.pipe(v.string(), v.nonEmpty('must not be empty'));

function documentsLike(document: v.GenericSchema) {
  return v.array(v.strictObject({ id: text, document }));
}

const time = v.pipe(v.string(), v.isoTimestamp('must be a time in ISO 8601'));

const key = v.looseObject({
  signing: v.looseObject({ kid: text, jwk: plainObject }),
  session: v.looseObject({ k: text }),
  previous: v.optional(
    v.looseObject({
      signing: v.array(v.looseObject({ kid: text, jwk: plainObject, rotated_at: time, ends_at: v.nullable(time) })),
      session: v.array(v.looseObject({ k: text, rotated_at: time })),
    }),
  ),
});

const credential = v.looseObject({ id: text, client_id: text, kid: text, alg: text, pem: text });

const address = v.pipe(text, v.regex(emailForm, 'must be an e-mail address'));

const savedUser = v.looseObject({ ...user.entries, email: address, identities: v.optional(v.array(plainObject)) });

const action = v.looseObject({ id: text, name: text, trigger: text, file: text });

const refreshToken = v.looseObject({ id: text, user_id: text, client_id: text });

/** What the tenant's settings say of login sessions, in hours. */
export const loginLifetimes = v.looseObject({
  session_lifetime: v.nullish(v.number()),
  idle_session_lifetime: v.nullish(v.number()),
});

/** Only checks: what it returns has defaults that the state does not have. */
export const tenantExport = v.strictObject({
  format: v.literal(tenantExportFormat),
  version: v.literal(tenantExportVersion),
  edition: v.picklist(editionNames),
  issuer: v.pipe(
    v.string(),
    v.check(
      (value) => value === `https://${parseUrl(value)?.host}/`,
      'must be an address such as https://localhost:4400/',
    ),
  ),
  documents: v.strictObject({
    tenant: documentsLike(plainObject),
    key: documentsLike(key),
    client: documentsLike(client),
    resource_server: documentsLike(resourceServer),
    client_grant: documentsLike(clientGrant),
    client_credential: documentsLike(credential),
    user: documentsLike(savedUser),
    action: documentsLike(action),
    refresh_token: documentsLike(refreshToken),
  } satisfies Record<CarriedKind, v.GenericSchema>),
});
