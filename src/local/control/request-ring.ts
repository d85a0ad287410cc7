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
  explanation: Explanation | Promise<Explanation | undefined> | undefined;
}

type Watcher = (entry: RingEntry) => void;

/** The last requests to a served tenant. Their memory is taken once, and each new request takes the place of the oldest. */
export class RequestRing {
  readonly #slots: (RingEntry | undefined)[];
  readonly #explain: Explain | undefined;
  readonly #watchers = new Set<Watcher>();
  #next = 1;

  constructor(explain?: Explain, size = recordedRequests) {
    this.#slots = new Array(size).fill(undefined);
    this.#explain = explain;
  }

  /** The number of the next request. */
  get next(): number {
    return this.#next;
  }

  /** The number of the oldest request in the ring. */
  get first(): number {
    return Math.max(1, this.#next - this.#slots.length);
  }

  add(served: ServedRequest, timeMs: number, durationMs: number): void {
    const explanation = this.#explain?.(served);
    const entry: RingEntry = { seq: this.#next, served: recordOf(served), timeMs, durationMs, explanation };
    if (entry.explanation instanceof Promise) {
      // The reason matters less than the record.
      entry.explanation = entry.explanation.catch(() => undefined);
      void entry.explanation.then((known) => {
        entry.explanation = known;
      });
    }
    this.#slots[entry.seq % this.#slots.length] = entry;
    this.#next += 1;
    for (const watcher of this.#watchers) watcher(entry);
  }

  at(seq: number): RingEntry | undefined {
    const entry = this.#slots[seq % this.#slots.length];
    return entry?.seq === seq ? entry : undefined;
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
  const { clientId, app, audience, scope, guest, user, refusedOrigin, error, actions } = served;
  const texts = [clientId, app, audience, scope, guest, user, refusedOrigin, error];
  // Most requests, and a copy of each would cost as much as all the rest of recording it.
  if (served.path === anonymousTokenPath && !actions && !texts.some(isLong)) return served;
  return {
    ...served,
    path: copied(served.path.slice(0, longestPath)),
    ...{ clientId: cut(clientId), app: cut(app), audience: cut(audience), scope: cut(scope), guest: cut(guest) },
    ...{ user: cut(user), refusedOrigin: cut(refusedOrigin), error: cut(error) },
    actions: actions && cutLines(actions),
  };
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
