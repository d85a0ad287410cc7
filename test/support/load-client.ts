/** The longest that a request may take, whatever happens to the instances and their database. */
export const mostWaitMs = 10_000;

export interface Request {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly json?: unknown;
  readonly token?: string | undefined;
  /** The statuses that it may be answered with, other than 503. */
  readonly expects: readonly number[];
}

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: the checks of the caller are what checks it
  readonly body: any;
}

/** Sends requests to instances that may be killed, and notes every answer that nobody should get. */
export interface LoadClient {
  /** The answer; undefined where the instance broke the connection, or answered 503. */
  ask(url: string, request: Request): Promise<Answer | undefined>;
  readonly problems: string[];
  readonly counts: { answered: number; unavailable: number; broken: number };
  longestWaitMs(): number;
}

export function loadClient(): LoadClient {
  const problems: string[] = [];
  const counts = { answered: 0, unavailable: 0, broken: 0 };
  let longest = 0;
  return {
    problems,
    counts,
    longestWaitMs: () => longest,
    async ask(url, request) {
      const sentAt = performance.now();
      const result = await answerTo(url, request);
      longest = Math.max(longest, performance.now() - sentAt);
      if (result === 'broken') counts.broken += 1;
      if (result === 'broken') return undefined;
      const problem = result === 'late' ? `no answer in ${mostWaitMs} ms` : problemOf(result, request);
      if (problem) problems.push(`${request.method} ${request.path}: ${problem}`);
      if (result === 'late') return undefined;
      counts[result.status === 503 ? 'unavailable' : 'answered'] += 1;
      return result.status === 503 ? undefined : result;
    },
  };
}

type Result = (Answer & { readonly retryAfter: string | null }) | 'broken' | 'late';

async function answerTo(url: string, { method, path, json, token }: Request): Promise<Result> {
  try {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(json !== undefined && { body: JSON.stringify(json) }),
      signal: AbortSignal.timeout(mostWaitMs),
    });
    const text = await response.text();
    const body = text === '' ? undefined : JSON.parse(text);
    return { status: response.status, body, retryAfter: response.headers.get('retry-after') };
  } catch (error) {
    return error instanceof Error && error.name === 'TimeoutError' ? 'late' : 'broken';
  }
}

/** What is wrong with an answer. */
function problemOf({ status, body, retryAfter }: Exclude<Result, string>, { expects }: Request): string | undefined {
  const shown = `${status} ${JSON.stringify(body)}`;
  if (status !== 503) return expects.includes(status) ? undefined : shown;
  if (!/^[1-9]\d*$/.test(retryAfter ?? '')) return `${shown} with Retry-After ${retryAfter}`;
  return typeof (body?.error ?? body?.message) === 'string' ? undefined : shown;
}
