import { request as httpRequest, type IncomingMessage } from 'node:http';

/** The longest that a request may take, whatever happens to the instances and their database: half of what anon-cli waits. */
export const mostWaitMs = 15_000;

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
  // biome-ignore lint/suspicious/noExplicitAny: what the tests check decides its shape
  readonly body: any;
}

/** Sends requests to instances that may be killed, and notes every answer that nobody should get. */
export interface LoadClient {
  /** The answer, which may be a 503; undefined where the instance broke the connection. */
  ask(url: string, request: Request): Promise<Answer | undefined>;
  /** Resolves once this many more requests were answered, other than with 503, by the instance at `url` or by any. */
  moreAnswers(count: number, url?: string): Promise<void>;
  /** What went wrong, a line each. */
  readonly problems: string[];
  readonly counts: { answered: number; unavailable: number; broken: number };
}

export function loadClient(): LoadClient {
  const problems: string[] = [];
  const counts = { answered: 0, unavailable: 0, broken: 0 };
  const waiting = new Set<{ left: number; readonly url: string | undefined; readonly done: () => void }>();
  const answered = (from: string) => {
    counts.answered += 1;
    for (const waiter of waiting) {
      if (waiter.url !== undefined && waiter.url !== from) continue;
      waiter.left -= 1;
      if (waiter.left <= 0 && waiting.delete(waiter)) waiter.done();
    }
  };
  return {
    problems,
    counts,
    moreAnswers: (count, url) => new Promise((done) => waiting.add({ left: count, url, done })),
    async ask(url, request) {
      const result = await answerTo(url, request);
      const problem = result === 'late' ? `no answer in ${mostWaitMs} ms` : problemOf(result, request);
      if (problem) problems.push(`${request.method} ${request.path}: ${problem}`);
      if (result === 'broken') counts.broken += 1;
      if (typeof result === 'string') return undefined;
      if (result.status === 503) counts.unavailable += 1;
      else answered(url);
      return result;
    },
  };
}

type Result = (Answer & { readonly retryAfter: string | undefined }) | 'broken' | 'late';

/** Each request has its own connection: one that is used again could be closed by the instance at the same moment. */
async function answerTo(url: string, request: Request): Promise<Result> {
  const late = AbortSignal.timeout(mostWaitMs);
  try {
    const response = await send(url, request, late);
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += chunk;
    const body = text === '' ? undefined : JSON.parse(text);
    return { status: response.statusCode ?? 0, body, retryAfter: response.headers['retry-after'] };
  } catch (error) {
    if (error instanceof SyntaxError) throw error;
    return late.aborted ? 'late' : 'broken';
  }
}

function send(url: string, { method, path, json, token }: Request, signal: AbortSignal): Promise<IncomingMessage> {
  const { port } = new URL(url);
  const body = json === undefined ? undefined : JSON.stringify(json);
  const headers = {
    ...(body !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  return new Promise((done, failed) => {
    const options = { host: '127.0.0.1', port, path, method, headers, signal, agent: false };
    httpRequest(options, done).once('error', failed).end(body);
  });
}

function problemOf(result: Result, { path, expects }: Request): string | undefined {
  if (typeof result === 'string') return undefined;
  const { status, body, retryAfter } = result;
  // A successful answer may have a token.
  const shown = status < 400 ? `${status}` : `${status} ${JSON.stringify(body)}`;
  if (status !== 503) return expects.includes(status) ? undefined : shown;
  if (!/^[1-9]\d*$/.test(retryAfter ?? '')) return `${shown} with Retry-After ${retryAfter}`;
  return isOutage(path, body) ? undefined : shown;
}

/** Whether the body of a 503 is what clients of the endpoint expect. */
function isOutage(path: string, body: Answer['body']): boolean {
  if (path === '/health') return body?.status === 'unavailable' && body.database === 'postgresql';
  if (!path.startsWith('/api/v2/')) {
    return body?.error === 'temporarily_unavailable' && typeof body.error_description === 'string';
  }
  return body?.statusCode === 503 && body.error === 'Service Unavailable' && typeof body.message === 'string';
}
