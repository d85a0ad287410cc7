import * as v from 'valibot';
import type { JsonObject } from '../schema.ts';
import {
  type AppAccess,
  type Edition,
  type GuestAccess,
  type SessionSettings,
  type SessionTokenFormat,
  sessionTokenFormats,
  type Translation,
} from './edition.ts';
import { guestTokenLifetime, sessionLifetime } from './lifetimes.ts';

/** Gate 1 on the wire. Assumed: the default format and that the default lifetime is that of `ea`, 30 days. */
const tenant: Translation<SessionSettings> = {
  members: {
    anonymous_session_lifetime: v.optional(seconds(sessionLifetime.neverSeconds, sessionLifetime.maxSeconds)),
    anonymous_session_token_format: v.optional(v.picklist(sessionTokenFormats)),
  },
  read: (body) => ({
    lifetimeSeconds: numberOr(body.anonymous_session_lifetime, sessionLifetime.defaultSeconds),
    tokenFormat: formatOr(body.anonymous_session_token_format, 'jwe'),
  }),
  write: (change) =>
    defined({
      anonymous_session_lifetime: change.lifetimeSeconds,
      anonymous_session_token_format: change.tokenFormat,
    }),
};

const client: Translation<AppAccess> = {
  members: { can_create_anonymous_sessions: v.optional(v.boolean()) },
  read: (body) => ({ enabled: body.can_create_anonymous_sessions === true }),
  write: (change) => defined({ can_create_anonymous_sessions: change.enabled }),
};

/** Gates 3 and 4 on the wire. Assumed: the name `anonymous_access_scopes`; no source gives one. */
const resourceServer: Translation<GuestAccess> = {
  members: {
    allow_anonymous_access: v.optional(v.boolean()),
    anonymous_access_scopes: v.optional(v.array(v.string())),
    token_lifetime_for_anonymous_access: v.optional(
      v.nullable(seconds(guestTokenLifetime.minSeconds, guestTokenLifetime.maxSeconds)),
    ),
  },
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

/** The edition that the quickstart describes (June 2026). @see wire contract, section 1 */
export const preview: Edition = { name: 'preview', guestIdPrefix: 'anon|', tenant, client, resourceServer };

function seconds(min: number, max: number) {
  return v.pipe(
    v.number(),
    v.integer('Expected type integer but found type number'),
    v.minValue(min, ({ input }) => `Value ${String(input)} is less than minimum ${min}`),
    v.maxValue(max, ({ input }) => `Value ${String(input)} is greater than maximum ${max}`),
  );
}

function numberOr(value: unknown, fallback: number): number {
  return typeof value === 'number' ? value : fallback;
}

function formatOr(value: unknown, fallback: SessionTokenFormat): SessionTokenFormat {
  return sessionTokenFormats.find((format) => format === value) ?? fallback;
}

function stringsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function defined(body: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}
