import { anonymousTokenPath } from '../../wire/anonymous-token.ts';
import { recordedRequests } from '../../wire/recorded-request.ts';
import type { Explain, Explanation, LoggedActionLine, ServedRequest } from '../http/served-request.ts';

/** A request in the memory of a server. */
export interface RingEntry {
  readonly seq: number;
  readonly served: ServedRequest;
  /** The tenant's time, in milliseconds since 1970. */
  readonly timeMs: number;
  readonly durationMs: number;
  /** Settled as soon as the explanation is known. */
  readonly explanation: Explanation | Promise<Explanation | undefined> | undefined;
}

type Watcher = (entry: RingEntry) => void;

/**
 * The last requests to a served tenant. Each new request takes the place of the oldest. As little as possible stays in memory: what
 * outlives a request costs the engine more than all the rest of recording it.
 */
export class RequestRing {
  readonly #served: (ServedRequest | undefined)[];
  readonly #timesMs: Float64Array;
  readonly #durationsMs: Float64Array;
  /** By the number of the request; most have none. */
  readonly #explanations = new Map<number, RingEntry['explanation']>();
  readonly #explain: Explain | undefined;
  readonly #watchers = new Set<Watcher>();
  #next = 1;

  constructor(explain?: Explain, size = recordedRequests) {
    this.#served = new Array(size).fill(undefined);
    this.#timesMs = new Float64Array(size);
    this.#durationsMs = new Float64Array(size);
    this.#explain = explain;
  }

  /** The number of the next request. */
  get next(): number {
    return this.#next;
  }

  /** The number of the oldest request in the ring. */
  get first(): number {
    return Math.max(1, this.#next - this.#served.length);
  }

  add(served: ServedRequest, timeMs: number, durationMs: number): void {
    const seq = this.#next;
    const slot = seq % this.#served.length;
    this.#served[slot] = recordOf(served);
    this.#timesMs[slot] = timeMs;
    this.#durationsMs[slot] = durationMs;
    if (this.#explanations.size > 0) this.#explanations.delete(seq - this.#served.length);
    const explanation = this.#explain?.(served);
    if (explanation) this.#explanations.set(seq, this.#settled(seq, explanation));
    this.#next += 1;
    if (this.#watchers.size === 0) return;
    const entry = this.at(seq);
    for (const watcher of this.#watchers) if (entry) watcher(entry);
  }

  /** What explains the request from then on, as soon as it is known. */
  async #settled(seq: number, explanation: Promise<Explanation | undefined>): Promise<Explanation | undefined> {
    // The reason matters less than the record.
    const known = await explanation.catch(() => undefined);
    if (this.#explanations.has(seq)) this.#explanations.set(seq, known);
    return known;
  }

  at(seq: number): RingEntry | undefined {
    if (seq < this.first || seq >= this.#next) return undefined;
    const slot = seq % this.#served.length;
    const [served, timeMs, durationMs] = [this.#served[slot], this.#timesMs[slot], this.#durationsMs[slot]];
    if (served === undefined || timeMs === undefined || durationMs === undefined) return undefined;
    return { seq, served, timeMs, durationMs, explanation: this.#explanations.get(seq) };
  }

  /** Resolves with the next entry that `isWanted`; with undefined after `ms`, or once nobody wants it any more. */
  wait(isWanted: (entry: RingEntry) => boolean, ms: number, unwanted: AbortSignal): Promise<RingEntry | undefined> {
    return new Promise((resolve) => {
      const end = (entry?: RingEntry) => {
        clearTimeout(timer);
        this.#watchers.delete(watcher);
        unwanted.removeEventListener('abort', stop);
        resolve(entry);
      };
      const stop = () => end();
      const watcher: Watcher = (entry) => {
        if (isWanted(entry)) end(entry);
      };
      const timer = setTimeout(stop, ms);
      this.#watchers.add(watcher);
      unwanted.addEventListener('abort', stop);
      if (unwanted.aborted) end();
    });
  }

  /** How many wait. */
  get waiting(): number {
    return this.#watchers.size;
  }
}

/** In characters: clients choose these texts, and the memory for thousands of them must have a limit. */
const longestText = 500;
const longestPath = 1000;
const longestPrinted = 10_000;

/** The request for the ring: with texts of a limited length. */
function recordOf(served: ServedRequest): ServedRequest {
  // Most requests, and a copy of each would cost as much as all the rest of recording it.
  if (served.path === anonymousTokenPath && !served.actions && !hasLongText(served)) return served;
  const { clientId, app, audience, scope, guest, user, refusedOrigin, error, actions } = served;
  return {
    ...served,
    path: copied(served.path.slice(0, longestPath)),
    ...{ clientId: cut(clientId), app: cut(app), audience: cut(audience), scope: cut(scope), guest: cut(guest) },
    ...{ user: cut(user), refusedOrigin: cut(refusedOrigin), error: cut(error) },
    actions: actions && cutLines(actions),
  };
}

function hasLongText(served: ServedRequest): boolean {
  const { clientId, app, audience, scope, guest, user, refusedOrigin, error } = served;
  if (isLong(clientId) || isLong(app) || isLong(audience) || isLong(scope)) return true;
  return isLong(guest) || isLong(user) || isLong(refusedOrigin) || isLong(error);
}

function isLong(text: string | undefined): boolean {
  return text !== undefined && text.length > longestText;
}

function cut(text: string | undefined): string | undefined {
  return text !== undefined && isLong(text) ? copied(text.slice(0, longestText)) : text;
}

function cutLines(lines: readonly LoggedActionLine[]): LoggedActionLine[] {
  let left = longestPrinted;
  const kept: LoggedActionLine[] = [];
  for (const { name, level, text } of lines) {
    // An empty line needs memory too.
    left -= 20;
    if (left <= 0) break;
    const shown = text.length <= left ? text : copied(text.slice(0, left));
    left -= shown.length;
    kept.push({ name, level, text: shown });
  }
  return kept;
}

/** The engine makes a part of a text by reference to the whole, which would stay in memory: here an address with its query. */
function copied(text: string): string {
  return Buffer.from(text).toString();
}
