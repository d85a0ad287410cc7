import * as v from 'valibot';
import { claimMappings, readMappings } from '../claims-mapping.ts';
import { closedObject, openObject } from '../schema.ts';
import { sessionTokenPrefix } from '../session-token-format.ts';
import type {
  AppAccess,
  ClaimsMapping,
  Edition,
  GuestAccess,
  GuestAccessChange,
  SessionSettings,
  Translation,
} from './edition.ts';
import {
  defined,
  ignoredMember,
  numberOr,
  objectOf,
  policy,
  sessionMembers,
  shownClaims,
  shownObject,
  subjectPolicies,
  wholeNumber,
} from './members.ts';

/** In whole minutes on the wire, 1 minute to 1 year; the default is 30 days. Assumed: the minimum. */
const sessionLifetime = {
  minSeconds: 60,
  maxSeconds: 31_536_000,
  defaultSeconds: 2_592_000,
  stepSeconds: 60,
  mayNeverEnd: false,
} as const;

/**
 * In seconds. Assumed: the default, found in one SDK's fixtures; only the local tenant uses it. The range is unpublished:
 * a third party's validator starts at a day, and no recorded value is below. Assumed: the range of `token_lifetime`.
 */
const guestTokenLifetime = {
  minSeconds: 1,
  maxSeconds: 2_592_000,
  defaultSeconds: 7200,
  stepSeconds: 1,
  acceptedFromSeconds: 86_400,
} as const;

/** Gate 1 on the wire. `sessions` has other settings too, so it is always sent whole. */
const tenant: Translation<SessionSettings> = {
  members: {
    sessions: v.optional(
      v.nullable(
        openObject({
          ...sessionMembers,
          anonymous: v.optional(
            v.nullable(
              closedObject({
                lifetime_in_minutes: v.optional(wholeNumber(1, sessionLifetime.maxSeconds / 60)),
                activate_cookie: v.optional(v.boolean()),
              }),
            ),
          ),
        }),
      ),
    ),
  },
  shown: shownObject({
    sessions: shownObject({
      anonymous: shownObject({ lifetime_in_minutes: v.number(), activate_cookie: v.boolean() }),
    }),
  }),
  read(body) {
    const anonymous = objectOf(objectOf(body.sessions).anonymous);
    return {
      lifetimeSeconds: numberOr(anonymous.lifetime_in_minutes, sessionLifetime.defaultSeconds / 60) * 60,
      // Not a setting here: session tokens are always sealed.
      tokenFormat: 'jwe',
      cookie: anonymous.activate_cookie !== false,
    };
  },
  write({ lifetimeSeconds, cookie }, body) {
    const sessions = objectOf(body.sessions);
    const change = defined({
      lifetime_in_minutes: lifetimeSeconds === undefined ? undefined : lifetimeSeconds / 60,
      activate_cookie: cookie,
    });
    if (Object.keys(change).length === 0) return {};
    return { sessions: { ...sessions, anonymous: { ...objectOf(sessions.anonymous), ...change } } };
  },
};

const client: Translation<AppAccess> = {
  members: { anonymous_sessions: v.optional(v.nullable(closedObject({ active: v.boolean() }))) },
  shown: shownObject({ anonymous_sessions: shownObject({ active: v.boolean() }) }),
  read: (body) => ({ enabled: objectOf(body.anonymous_sessions).active === true }),
  write: ({ enabled }) => (enabled === undefined ? {} : { anonymous_sessions: { active: enabled } }),
};

const guestPolicies = ['deny_all', 'require_client_grant'] as const;

const maxClaims = 20;

/**
 * Gate 3 on the wire: the policy decides. Gate 4 is a client grant. `allow_anonymous_access` occurs in one sample of the
 * documentation but in no answer, and the service refuses requests with unknown members: it is never sent.
 */
const resourceServer: Translation<GuestAccess, GuestAccessChange> = {
  ignored: { allow_anonymous_access: v.optional(ignoredMember(v.boolean())) },
  members: {
    token_lifetime_for_anonymous_access_tokens: v.optional(
      v.nullable(wholeNumber(guestTokenLifetime.minSeconds, guestTokenLifetime.maxSeconds)),
    ),
    subject_type_authorization: v.optional(
      closedObject({ ...subjectPolicies, anonymous_user: policy(...guestPolicies) }),
    ),
    access_token: v.optional(
      v.nullable(
        openObject({
          claims_mapping: v.optional(v.nullable(openObject({ custom_claims: v.optional(claimMappings(maxClaims)) }))),
        }),
      ),
    ),
  },
  shown: shownObject({
    subject_type_authorization: shownObject({ anonymous_user: shownObject({ policy: v.picklist(guestPolicies) }) }),
    token_lifetime_for_anonymous_access_tokens: v.number(),
  }),
  read(body) {
    const { anonymous_user: guests } = objectOf(body.subject_type_authorization);
    const { token_lifetime_for_anonymous_access_tokens: lifetime } = body;
    return {
      enabled: objectOf(guests).policy === 'require_client_grant',
      scopes: undefined,
      tokenLifetimeSeconds: typeof lifetime === 'number' ? lifetime : undefined,
    };
  },
  write({ enabled, tokenLifetimeSeconds }, body) {
    const guests = { policy: enabled ? 'require_client_grant' : 'deny_all' };
    return defined({
      subject_type_authorization:
        enabled === undefined ? undefined : { ...objectOf(body.subject_type_authorization), anonymous_user: guests },
      token_lifetime_for_anonymous_access_tokens: tokenLifetimeSeconds,
    });
  },
};

const claims: ClaimsMapping = {
  heldBy: 'api',
  maxClaims,
  shown: shownObject({ access_token: shownObject({ claims_mapping: shownObject({ custom_claims: shownClaims }) }) }),
  read: (body) => readMappings(objectOf(objectOf(body.access_token).claims_mapping).custom_claims),
  write(mappings, body) {
    const accessToken = objectOf(body.access_token);
    const mapping = { ...objectOf(accessToken.claims_mapping), custom_claims: mappings };
    return { access_token: { ...accessToken, claims_mapping: mapping } };
  },
};

/** Present in every answer of the service. @see management-api, section 2.6 */
const newResourceServer = {
  allow_online_access: false,
  allow_online_access_with_ephemeral_sessions: false,
  subject_type_authorization: {
    client: { policy: 'require_client_grant' },
    user: { policy: 'allow_all' },
    anonymous_user: { policy: 'deny_all' },
  },
};

/** An OIDC-conformant application has longer-lived refresh tokens. @see management-api, section 2.6 */
const conformantRefreshTokens = {
  expiration_type: 'non-expiring',
  leeway: 0,
  infinite_token_lifetime: true,
  infinite_idle_token_lifetime: true,
  token_lifetime: 31_557_600,
  idle_token_lifetime: 2_592_000,
  rotation_type: 'non-rotating',
};

/** Early Access (September 2026), the edition of today's tenants. @see wire contract, section 1 */
export const ea: Edition = {
  name: 'ea',
  guestIdPrefix: 'anon@',
  sessionTokenPrefix,
  tenant,
  client,
  resourceServer,
  claims,
  // Members that were never set are not returned.
  newTenant: {},
  newClient: (body) => (body.oidc_conformant === true ? { refresh_token: conformantRefreshTokens } : {}),
  newResourceServer,
  hiddenMembers: ['allow_anonymous_access'],
  sessionLifetime,
  guestTokenLifetime,
  tokenFormats: ['jwe'],
  hasCookie: true,
  needsOidcConformance: true,
  grantsScopes: true,
  updatesMetadata: false,
  nestsMetadata: false,
  acceptsUserId: false,
  reportsSessionLifetime: true,
  mintsTransferTickets: true,
  loginCarriers: { parameter: 'session_token', cookie: 'auth0_anon' },
  writeTime: (milliseconds) => Math.floor(milliseconds / 1000),
};
