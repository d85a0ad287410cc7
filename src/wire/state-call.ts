import * as v from 'valibot';
import { plainObject } from './schema.ts';

/**
 * Increased when a program of before could no longer use the state of a program of now, or the other way round: both ends of a
 * call must have the same.
 */
export const stateCallVersion = 1;

const key = { kind: v.string(), id: v.string() };
const number = v.pipe(v.number(), v.integer());
const where = v.optional(v.object({ lookup: v.string(), value: v.string() }));
const range = v.optional(
  v.union([v.object({ offset: number, limit: number }), v.object({ from: v.string(), limit: number })]),
);

const condition = v.union([
  v.object({ ...key, revision: number }),
  v.object({ kind: v.string(), nowhere: v.object({ lookup: v.string(), value: v.string() }) }),
  v.object({ kind: v.string(), unchangedSince: number }),
]);

/** One call to the database of a tenant that is in the memory of another process. */
export const stateCall = v.variant('call', [
  v.object({ call: v.literal('changesSince'), revision: number }),
  v.object({ call: v.literal('get'), ...key }),
  v.object({ call: v.literal('list'), kind: v.string(), where, range }),
  v.object({ call: v.literal('count'), kind: v.string(), where }),
  v.object({
    call: v.literal('commit'),
    conditions: v.array(condition),
    clears: v.boolean(),
    writes: v.array(v.object({ ...key, document: v.optional(plainObject) })),
  }),
  v.object({ call: v.literal('takeOnce'), id: v.string(), nowSeconds: number, endSeconds: number }),
]);
export type StateCall = v.InferOutput<typeof stateCall>;

const saved = v.object({ id: v.string(), revision: number, document: plainObject });

/** What each call answers, as the member `result`. */
export const stateResults = {
  changesSince: v.object({ revision: number, changed: v.optional(v.array(v.object(key))) }),
  get: v.nullable(saved),
  list: v.array(saved),
  count: number,
  commit: v.nullable(number),
  takeOnce: v.boolean(),
} as const satisfies Record<StateCall['call'], v.GenericSchema>;

/** Where the tenant is served, and the file with the certificate to trust; null over plain HTTP. */
export const servedAt = v.object({ url: v.string(), ca: v.nullable(v.string()) });
export type ServedAt = v.InferOutput<typeof servedAt>;
