import * as v from 'valibot';
import { type JsonObject, problemsIn } from './schema.ts';

export const faultKinds = ['status', 'latency', 'reset', 'truncate', 'drop'] as const;
export type FaultKind = (typeof faultKinds)[number];

/** Every endpoint. */
export const anyRoute = '*';

export const faultMethods: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Their responses have no body. @see RFC 9110, section 6.4.1 */
export const bodilessStatuses: readonly number[] = [204, 205, 304];

/** Why a response with a status can't have a body; undefined where it can, or where none is given. */
export function bodyProblem(status: number | undefined, body: string | undefined): string | undefined {
  if (status === undefined || body === undefined || !bodilessStatuses.includes(status)) return undefined;
  return `A response with status ${status} has no body.`;
}

/** Stands in logs and on command lines, so it has no spaces. */
export const faultNameForm = /^\w[\w.-]{0,39}$/;

/** The largest values that a fault or a limit may have. */
export const faultLimits = {
  /** Of a delay, and of the time to try again: an hour. */
  seconds: 3600,
  bodyBytes: 1_000_000,
  /** Of `count` and `after`. */
  requests: 1_000_000_000,
  seed: 999_999_999_999_999,
  /** Of a limit. */
  limitRequests: 999_999,
} as const;

const whole = (least: number, most: number) => {
  const message = `must be a whole number from ${least} to ${most}`;
  return v.pipe(
    v.number(message),
    v.check((value) => Number.isInteger(value) && value >= least && value <= most, message),
  );
};

const rate = 'must be a number from 0 to 1';

const aim = {
  name: v.optional(v.pipe(v.string(), v.regex(faultNameForm, "must have up to 40 letters, digits, '_', '-' and '.'"))),
  route: v.optional(v.pipe(v.string(), v.nonEmpty('must not be empty')), anyRoute),
  method: v.optional(v.picklist(faultMethods)),
  client_id: v.optional(v.string()),
  rate: v.optional(v.pipe(v.number(rate), v.minValue(0, rate), v.maxValue(1, rate))),
  seed: v.optional(whole(0, faultLimits.seed), 1),
  count: v.optional(whole(1, faultLimits.requests)),
  after: v.optional(whole(0, faultLimits.requests)),
};

const answerBody = v.pipe(v.string(), v.maxBytes(faultLimits.bodyBytes, 'must be at most 1 MB'));

const effects = {
  status: v.strictObject({
    ...aim,
    kind: v.literal('status'),
    status: whole(200, 599),
    retry_after: v.optional(whole(0, faultLimits.seconds)),
    body: v.optional(answerBody),
  }),
  latency: v.strictObject({ ...aim, kind: v.literal('latency'), latency_ms: whole(1, 1000 * faultLimits.seconds) }),
  reset: v.strictObject({ ...aim, kind: v.literal('reset') }),
  truncate: v.strictObject({ ...aim, kind: v.literal('truncate') }),
  drop: v.strictObject({ ...aim, kind: v.literal('drop') }),
} satisfies Record<FaultKind, v.GenericSchema>;

/** The body of POST /_anon/faults: the members of `local fault add --json`. What is missing selects all. */
export type FaultToAdd = v.InferOutput<(typeof effects)[FaultKind]>;

/** The fault that a body asks for, or in words what is wrong with it. */
export function readFaultToAdd(body: JsonObject): FaultToAdd | string {
  // As in the answers, null stands for a member that is not given.
  const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
  const kind = faultKinds.find((known) => known === given.kind);
  if (!kind) return `kind must be one of ${faultKinds.join(', ')}.`;
  const problems = problemsIn(effects[kind], given);
  if (problems.length > 0) return `${problems.join('; ')}.`;
  const fault = v.parse(effects[kind], given);
  return (fault.kind === 'status' && bodyProblem(fault.status, fault.body)) || fault;
}

const limit = v.strictObject({
  route: v.optional(v.pipe(v.string(), v.nonEmpty('must not be empty')), anyRoute),
  requests: whole(1, faultLimits.limitRequests),
  period_seconds: whole(1, faultLimits.seconds),
});

/** The body of POST /_anon/limits: how often endpoints may be called. */
export type LimitToSet = v.InferOutput<typeof limit>;

/** The limit that a body asks for, or in words what is wrong with it. */
export function readLimitToSet(given: JsonObject): LimitToSet | string {
  const problems = problemsIn(limit, given);
  return problems.length > 0 ? `${problems.join('; ')}.` : v.parse(limit, given);
}

/** A fault as the tenant saves it, as far as it is shown. */
interface SavedFault {
  readonly id: string;
  readonly name: string;
  readonly kind: FaultKind;
  readonly route: string;
  readonly method?: string | undefined;
  readonly client_id?: string | undefined;
  readonly rate?: number | undefined;
  readonly seed: number;
  readonly count?: number | undefined;
  readonly after?: number | undefined;
  readonly status?: number | undefined;
  readonly retry_after?: number | undefined;
  readonly body?: string | undefined;
  readonly latency_ms?: number | undefined;
  readonly seen: number;
  readonly hit: number;
  readonly created_at: string;
}

/** A fault for programs. Null stands for what was not given; `seen` and `hit` count only where the fault depends on them. */
export function faultReading(fault: SavedFault) {
  const { id, name, kind, route, method, client_id, rate: share, seed, count, after } = fault;
  const { status, retry_after, body: text, latency_ms, seen, hit, created_at } = fault;
  const isCounted = (share ?? count ?? after) !== undefined;
  return {
    ...{ id, name, kind },
    status: status ?? null,
    retry_after: retry_after ?? null,
    body: text ?? null,
    latency_ms: latency_ms ?? null,
    route,
    method: method ?? null,
    client_id: client_id ?? null,
    rate: share ?? null,
    seed,
    count: count ?? null,
    after: after ?? null,
    seen: isCounted ? seen : null,
    hit: isCounted ? hit : null,
    created_at,
  };
}
