import * as v from 'valibot';
import { plainObject } from '../wire/schema.ts';

/** A session as it is kept. What 0.1.0 kept has the first five members. */
export const rememberedSession = v.strictObject({
  sessionToken: v.string(),
  accessToken: v.string(),
  clientId: v.string(),
  audience: v.string(),
  scope: v.optional(v.string()),
  appName: v.optional(v.string()),
  apiName: v.optional(v.string()),
  guestId: v.optional(v.string()),
  metadata: v.optional(plainObject),
  createdAtMs: v.optional(v.number()),
  accessEndsAtMs: v.optional(v.number()),
  sessionEndsAtMs: v.nullish(v.number()),
  replaced: v.optional(v.array(v.strictObject({ guestId: v.optional(v.string()), untilMs: v.number() }))),
});
