import * as v from 'valibot';

/** How many requests a served tenant has recorded at most: the last ones. */
export const recordedRequests = 10_000;

/** How long the answer about requests may wait for the next one, in seconds. */
export const longestWaitSeconds = 30;

export const tokenKinds = [
  'session_token',
  'access_token',
  'id_token',
  'refresh_token',
  'anon_transfer_token',
] as const;
export type TokenKind = (typeof tokenKinds)[number];

/** A token of a request, never the token itself. */
const notedToken = v.object({
  kind: v.picklist(tokenKinds),
  use: v.picklist(['issued', 'presented']),
  /** The first eight hexadecimal digits of its SHA-256. */
  sha256: v.string(),
});
export type NotedToken = v.InferOutput<typeof notedToken>;

const loggedLine = v.object({
  name: v.string(),
  level: v.picklist(['debug', 'log', 'info', 'warn', 'error', 'failed']),
  text: v.string(),
});

const gates = ['tenant', 'application', 'api', 'scopes'] as const;

/** A request to a served tenant, and its response. Unknown is null. Holds no token, no secret and no metadata, but for what Actions print. */
export const recordedRequest = v.object({
  /** Counts the requests since the server started, from 1. */
  seq: v.number(),
  /** The tenant's time when the request arrived: ISO 8601, in UTC. */
  time: v.string(),
  duration_ms: v.number(),
  method: v.string(),
  /** Without the query. */
  path: v.string(),
  /** The endpoint, with `{id}` for a part that varies; null: the tenant has no such endpoint. */
  route: v.nullable(v.string()),
  status: v.number(),
  /** What happened to the guest's session; otherwise whether the request was answered, refused, or failed. */
  outcome: v.picklist(['created', 'updated', 'renewed', 'transferred', 'answered', 'refused', 'failed']),
  /** The error code of a refusal. */
  error: v.nullable(v.string()),
  /** The closed gate that refused it. */
  gate: v.nullable(v.picklist(gates)),
  /** The command that opens the gate, or lets the page of `refused_origin` read responses. */
  command: v.nullable(v.string()),
  client_id: v.nullable(v.string()),
  /** The application's name. */
  app: v.nullable(v.string()),
  audience: v.nullable(v.string()),
  /** The requested scopes, separated by spaces. */
  scope: v.nullable(v.string()),
  /** The guest id. */
  guest: v.nullable(v.string()),
  /** The user who logged in: their e-mail address, or their id without one. */
  user: v.nullable(v.string()),
  /** The origin of a page that may not read the response. */
  refused_origin: v.nullable(v.string()),
  /** The names of the faults that hit it. */
  fault: v.nullable(v.string()),
  /** Because of a fault nothing was sent, whatever the status. */
  unanswered: v.boolean(),
  tokens: v.array(notedToken),
  /** What the user's Actions printed. */
  actions: v.array(loggedLine),
});
export type RecordedRequest = v.InferOutput<typeof recordedRequest>;

/** 200 of GET /_anon/requests. */
export const requestsAnswer = v.object({
  requests: v.array(recordedRequest),
  /** `since` of the next question. */
  next: v.number(),
  /** How many requests since the wanted one have made room for others; absent for 0. */
  lost: v.optional(v.number()),
});
export type RequestsAnswer = v.InferOutput<typeof requestsAnswer>;

/** Which requests somebody wants to see; undefined means all. */
export interface RequestFilter {
  /** A path or a route. */
  readonly path?: string | undefined;
  /** `403`, or `4xx`. */
  readonly status?: string | undefined;
  /** A name or client id. */
  readonly app?: string | undefined;
  /** A guest id. */
  readonly guest?: string | undefined;
}

export interface RequestQuery extends RequestFilter {
  /** The number of the first one; undefined: the last ones before now, or with a wait the ones after it. */
  readonly since: number | undefined;
  /** How many at most. */
  readonly limit: number;
  readonly waitSeconds: number;
}

/** `403`, or `4xx` for all that begin with 4. */
export const statusForm = /^[1-5](?:\d\d|xx)$/;
export const statusExample = 'a status such as 403 or 4xx';

export const defaultLimit = 100;

const readers = {
  since: whole(1, Number.MAX_SAFE_INTEGER),
  limit: whole(1, recordedRequests),
  wait: (text: string) => {
    const isNumber = /^\d{1,2}(?:\.\d{1,3})?$/.test(text) && Number(text) <= longestWaitSeconds;
    return isNumber ? undefined : `must be seconds, at most ${longestWaitSeconds}`;
  },
  status: (text: string) => (statusForm.test(text) ? undefined : `must be ${statusExample}`),
  path: () => undefined,
  app: () => undefined,
  guest: () => undefined,
} satisfies Record<string, (text: string) => string | undefined>;

function whole(least: number, most: number): (text: string) => string | undefined {
  const isOne = (text: string) => /^\d{1,16}$/.test(text) && Number(text) >= least && Number(text) <= most;
  return (text) => (isOne(text) ? undefined : `must be a whole number from ${least} to ${most}`);
}

/** What the query of a request asks for, or in words what is wrong with it. */
export function readRequestQuery(query: URLSearchParams): RequestQuery | string {
  const names = Object.keys(readers);
  for (const [name, text] of query) {
    if (!names.includes(name)) return `The query takes ${names.join(', ')}.`;
    if (query.getAll(name).length > 1) return `${name} is repeated.`;
    const problem = readers[name as keyof typeof readers](text);
    if (problem !== undefined) return `${name} ${problem}.`;
  }
  const text = (name: keyof typeof readers) => query.get(name) ?? undefined;
  const number = (name: keyof typeof readers) => (query.has(name) ? Number(query.get(name)) : undefined);
  return {
    ...{ path: text('path'), status: text('status'), app: text('app'), guest: text('guest') },
    ...{ since: number('since'), limit: number('limit') ?? defaultLimit, waitSeconds: number('wait') ?? 0 },
  };
}
