import * as v from 'valibot';
import { plainObject } from './schema.ts';

const expected = 'must be a time such as 2026-06-01T12:00:00.000Z';
/** Some valid ISO 8601 times can't be parsed here, such as an offset without minutes. */
const time = v.pipe(
  v.string(),
  v.isoTimestamp(expected),
  v.check((value) => !Number.isNaN(Date.parse(value)), expected),
);
const text = v.pipe(v.string(), v.nonEmpty('must not be empty'));

/** A session to move between machines, with its tokens. `session_expires_at` is null when it never expires. */
export const exportedSession = v.object({
  name: v.string(),
  session_token: text,
  /** Absent when the tenant reported none. */
  access_token: v.optional(text),
  /** Absent for `Bearer`. */
  token_type: v.optional(text),
  client_id: text,
  audience: text,
  scope: v.optional(v.string()),
  app_name: v.optional(v.string()),
  api_name: v.optional(v.string()),
  guest_id: v.optional(v.string()),
  metadata: v.optional(plainObject),
  created_at: v.optional(time),
  access_token_expires_at: v.optional(time),
  session_expires_at: v.nullish(time),
  replaced: v.optional(v.array(v.object({ guest_id: v.optional(v.string()), until: time }))),
});
export type ExportedSession = v.InferOutput<typeof exportedSession>;

/** What `session export` writes and `session import` reads. Exports of earlier versions have no issuer. */
export const sessionExport = v.object({
  version: v.literal(1),
  issuer: v.optional(text),
  sessions: v.array(exportedSession),
});
export type SessionExport = v.InferOutput<typeof sessionExport>;
