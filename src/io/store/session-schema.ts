import * as v from 'valibot';
import { plainObject } from '../../wire/schema.ts';

/** Milliseconds since 1970 that are a date. @see ECMA-262, section 21.4.1.1 */
const time = v.pipe(v.number(), v.minValue(-8.64e15), v.maxValue(8.64e15));

/** A session as it is kept. What 0.1.0 kept has the first five members. */
export const rememberedSession = v.strictObject({
  sessionToken: v.string(),
  accessToken: v.string(),
  tokenType: v.optional(v.string()),
  clientId: v.string(),
  audience: v.string(),
  scope: v.optional(v.string()),
  appName: v.optional(v.string()),
  apiName: v.optional(v.string()),
  guestId: v.optional(v.string()),
  metadata: v.optional(plainObject),
  createdAtMs: v.optional(time),
  accessEndsAtMs: v.optional(time),
  sessionEndsAtMs: v.nullish(time),
  replaced: v.optional(v.array(v.strictObject({ guestId: v.optional(v.string()), untilMs: time }))),
});
