import * as v from 'valibot';
import { claimMappings, readMappings } from '../claims-mapping.ts';
import { openObject } from '../schema.ts';
import {
  type AppAccess,
  type ClaimsMapping,
  type Edition,
  type GuestAccess,
  type GuestAccessChange,
  type SessionSettings,
  type SessionTokenFormat,
  sessionTokenFormats,
  type Translation,
} from './edition.ts';
import { defined, numberOr, objectOf, shownClaims, shownObject, stringsOf, wholeNumber } from './members.ts';

/**
 * In seconds; 0 stands for "never expires", which the documentation advises against. Assumed: the range,
 * taken from edition `ea` (up to 1 year) with seconds allowed, and that the default is the same 30 days.
 */
const sessionLifetime = {
  minSeconds: 1,
  maxSeconds: 31_536_000,
  defaultSeconds: 2_592_000,
  stepSeconds: 1,
  mayNeverEnd: true,
} as const;

/** How long a guest's access token for one API may live. Assumed: the range of `token_lifetime`. */
const guestTokenLifetime = {
  minSeconds: 1,
  maxSeconds: 2_592_000,
  defaultSeconds: 86_400,
  stepSeconds: 1,
} as const;

/** Gate 1 on the wire. Assumed: the default format. */
const tenant: Translation<SessionSettings> = {
  members: {
    anonymous_session_lifetime: v.optional(wholeNumber(0, sessionLifetime.maxSeconds)),
    anonymous_session_token_format: v.optional(v.picklist(sessionTokenFormats)),
  },
  shown: shownObject({
    anonymous_session_lifetime: v.number(),
    anonymous_session_token_format: v.picklist(sessionTokenFormats),
  }),
  read: (body) => ({
    lifetimeSeconds: numberOr(body.anonymous_session_lifetime, sessionLifetime.defaultSeconds),
    tokenFormat: formatOr(body.anonymous_session_token_format, 'jwe'),
    cookie: undefined,
  }),
  write: (change) =>
    defined({
      anonymous_session_lifetime: change.lifetimeSeconds,
      anonymous_session_token_format: change.tokenFormat,
    }),
};

const maxClaims = 10;

const client: Translation<AppAccess> = {
  members: {
    can_create_anonymous_sessions: v.optional(v.boolean()),
    access_token: v.optional(
      v.nullable(openObject({ custom_claim_mappings: v.optional(v.nullable(claimMappings(maxClaims))) })),
    ),
  },
  shown: shownObject({ can_create_anonymous_sessions: v.boolean() }),
  read: (body) => ({ enabled: body.can_create_anonymous_sessions === true }),
  write: (change) => defined({ can_create_anonymous_sessions: change.enabled }),
};

/** Gates 3 and 4 on the wire. Assumed: the name `anonymous_access_scopes`; no source gives one. */
const resourceServer: Translation<GuestAccess, GuestAccessChange> = {
  members: {
    allow_anonymous_access: v.optional(v.boolean()),
    anonymous_access_scopes: v.optional(v.array(v.string())),
    token_lifetime_for_anonymous_access: v.optional(
      v.nullable(wholeNumber(guestTokenLifetime.minSeconds, guestTokenLifetime.maxSeconds)),
    ),
  },
  shown: shownObject({
    allow_anonymous_access: v.boolean(),
    anonymous_access_scopes: v.array(v.string()),
    token_lifetime_for_anonymous_access: v.number(),
  }),
  read: (body) => ({
    enabled: body.allow_anonymous_access === true,
    scopes: stringsOf(body.anonymous_access_scopes),
    tokenLifetimeSeconds: numberOr(body.token_lifetime_for_anonymous_access, guestTokenLifetime.defaultSeconds),
  }),
  write: (change) =>
    defined({
      allow_anonymous_access: change.enabled,
      anonymous_access_scopes: change.scopes,
      token_lifetime_for_anonymous_access: change.tokenLifetimeSeconds,
    }),
};

const claims: ClaimsMapping = {
  heldBy: 'application',
  maxClaims,
  shown: shownObject({ access_token: shownObject({ custom_claim_mappings: shownClaims }) }),
  read: (body) => readMappings(objectOf(body.access_token).custom_claim_mappings),
  write: (mappings, body) => ({
    access_token: { ...objectOf(body.access_token), custom_claim_mappings: mappings },
  }),
};

/** The edition that the quickstart describes (June 2026). @see wire contract, section 1 */
export const preview: Edition = {
  name: 'preview',
  guestIdPrefix: 'anon|',
  sessionTokenPrefix: '',
  tenant,
  client,
  resourceServer,
  claims,
  newTenant: tenant.write({ lifetimeSeconds: sessionLifetime.defaultSeconds, tokenFormat: 'jwe' }, {}),
  newClient: () => ({}),
  newResourceServer: {},
  hiddenMembers: [],
  sessionLifetime,
  guestTokenLifetime,
  tokenFormats: sessionTokenFormats,
  hasCookie: false,
  needsOidcConformance: false,
  grantsScopes: false,
  updatesMetadata: true,
  nestsMetadata: true,
  acceptsUserId: true,
  reportsSessionLifetime: false,
  mintsTransferTickets: false,
  loginCarriers: { parameter: 'anonymous_session_token', cookie: 'anon' },
  writeTime: (milliseconds) => new Date(milliseconds).toISOString(),
};

function formatOr(value: unknown, fallback: SessionTokenFormat): SessionTokenFormat {
  return sessionTokenFormats.find((format) => format === value) ?? fallback;
}
