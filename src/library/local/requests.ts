import { AnonError } from '../../errors.ts';
import { checkMembers, type Members } from '../members.ts';

/** A request that the tenant has answered. It holds no token, no secret and no metadata, but for what Actions print. */
export interface RecordedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly status: number;
  /** By the tenant's clock. */
  readonly at: Date;
  /** The application that sent the request: its name, and its client id. */
  readonly app: string | undefined;
  readonly clientId: string | undefined;
  /** The API that a token was requested for. */
  readonly audience: string | undefined;
  /** The scopes that were requested, separated by spaces. */
  readonly scope: string | undefined;
  /** The guest id. */
  readonly guest: string | undefined;
  /** What happened to the guest's session. */
  readonly session: 'created' | 'updated' | 'renewed' | 'transferred' | undefined;
  /** The user who logged in: their e-mail address, or their id. */
  readonly user: string | undefined;
  /** The error code of a refusal. */
  readonly error: string | undefined;
  /** The names of the faults that hit it. After a reset or a drop, `status` is 500, and nothing was sent. */
  readonly fault: string | undefined;
  /** The origin of a page that may not read the response. */
  readonly refusedOrigin: string | undefined;
  /** What the user's Actions printed. */
  readonly actions: readonly LoggedAction[];
}

/** A line that an Action printed, or why it failed. */
export interface LoggedAction {
  /** The Action's name. */
  readonly name: string;
  readonly level: 'debug' | 'log' | 'info' | 'warn' | 'error' | 'failed';
  readonly text: string;
}

/** What a request must have. `app` is the application's name or its client id. */
export type RequestFilter = Partial<
  Pick<
    RecordedRequest,
    'method' | 'path' | 'status' | 'app' | 'audience' | 'guest' | 'session' | 'user' | 'error' | 'fault'
  >
>;

/** The requests that the tenant has answered, but for those to `/health` and those of its own functions. */
export interface RequestRecord {
  /** The last 10,000 of them that match, oldest first. */
  all(filter?: RequestFilter): readonly RecordedRequest[];
  /**
   * The next matching request that is answered after this call: call it before you do what causes the request, and await it
   * afterwards. `timeoutMs` is 5000 by default, in time of this machine.
   * @throws `failed` after that time, and when the tenant is stopped; `usage` at once, for wrong arguments
   */
  next(filter?: RequestFilter, options?: { readonly timeoutMs?: number }): Promise<RecordedRequest>;
  /** Forgets all of them. */
  clear(): void;
}

/** What the tenant reports of a request. */
type Served = Pick<RecordedRequest, 'method' | 'path' | 'status'> & Partial<RecordedRequest>;

interface Recorder {
  readonly requests: RequestRecord;
  add(served: Served): void;
  /** Fails whoever waits. */
  end(): void;
}

interface Waiting {
  readonly filter: RequestFilter;
  readonly found: (request: RecordedRequest) => void;
  readonly failed: (error: AnonError) => void;
}

const maxRecorded = 10_000;

/** A longer one would end at once. */
const longestTimerMs = 2 ** 31 - 1;

/** With a member that requests do not have, no request would ever match. */
const filterMembers: Members<RequestFilter> = {
  ...{ method: 'text', path: 'text', status: 'number', app: 'text', audience: 'text', guest: 'text', session: 'text' },
  ...{ user: 'text', error: 'text', fault: 'text' },
};

function timeoutIn(options: { readonly timeoutMs?: number }): number {
  checkMembers('requests.next', options, { timeoutMs: 'number' });
  const { timeoutMs = 5000 } = options;
  if (timeoutMs >= 0) return timeoutMs;
  throw new AnonError('usage', 'timeoutMs must not be negative.');
}

/** Records requests with the time of `now`. */
export function recorder(now: () => Date): Recorder {
  let recorded: RecordedRequest[] = [];
  const waiting = new Set<Waiting>();
  let isOver = false;
  return {
    requests: {
      all(filter = {}) {
        checkMembers('requests.all', filter, filterMembers);
        return recorded.slice(-maxRecorded).filter((request) => matches(request, filter));
      },
      // Wrong arguments fail here, not when the promise is awaited.
      next(filter = {}, options = {}) {
        checkMembers('requests.next', filter, filterMembers);
        const timeoutMs = timeoutIn(options);
        return isOver ? Promise.reject(stopped()) : waitFor(waiting, filter, Math.min(timeoutMs, longestTimerMs));
      },
      clear() {
        recorded = [];
      },
    },
    add(served) {
      const request = recordedRequest(served, now());
      recorded.push(request);
      // Cutting it off now and then costs less than at every request.
      if (recorded.length > 2 * maxRecorded) recorded = recorded.slice(-maxRecorded);
      for (const one of [...waiting]) if (matches(request, one.filter)) one.found(request);
    },
    end() {
      isOver = true;
      for (const { failed } of [...waiting]) failed(stopped());
    },
  };
}

/** The error of a tenant that was stopped. */
export function stopped(): AnonError {
  return new AnonError('failed', 'The local tenant was stopped.');
}

function waitFor(waiting: Set<Waiting>, filter: RequestFilter, timeoutMs: number): Promise<RecordedRequest> {
  const awaited = new Promise<RecordedRequest>((resolve, reject) => {
    const timer = setTimeout(() => one.failed(noRequest(filter, timeoutMs)), timeoutMs);
    const end = () => {
      clearTimeout(timer);
      waiting.delete(one);
    };
    const one: Waiting = {
      filter,
      found(request) {
        end();
        resolve(request);
      },
      failed(error) {
        end();
        reject(error);
      },
    };
    waiting.add(one);
  });
  // A test that fails before it awaits the request must not end the process with a second failure.
  awaited.catch(() => {});
  return awaited;
}

function noRequest(filter: RequestFilter, timeoutMs: number): AnonError {
  const wanted = Object.entries(filter).map(([member, value]) => `${member} ${value}`);
  const which = wanted.length === 0 ? '' : ` with ${wanted.join(', ')}`;
  return new AnonError('failed', `The local tenant answered no request${which} within ${timeoutMs} ms.`, {
    hint: 'requests.all() has those that it answered.',
  });
}

function matches(request: RecordedRequest, { app, ...others }: RequestFilter): boolean {
  if (app !== undefined && app !== request.app && app !== request.clientId) return false;
  const wanted = Object.entries(others).filter(([, value]) => value !== undefined);
  return wanted.every(([member, value]) => request[member as keyof RecordedRequest] === value);
}

function recordedRequest(served: Served, at: Date): RecordedRequest {
  const { method, path, status, app, clientId, audience, scope, guest, session, user, error } = served;
  const { fault, refusedOrigin, actions = [] } = served;
  const request = { method, path, status, at, app, clientId, audience, scope, guest, session, user, error };
  return { ...request, fault, refusedOrigin, actions };
}
