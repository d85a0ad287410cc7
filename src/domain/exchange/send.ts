import { isAnonError, isUnreachable, ResponseError, type UnreachableError } from '../../errors.ts';
import { openidConfigurationPath } from '../../wire/discovery.ts';
import { exactJson } from '../../wire/exact-json.ts';
import { oauthTokenPath } from '../../wire/oauth.ts';
import { parseAnswer, readAnswer } from './answer.ts';
import type { TenantConnection } from './connection.ts';
import { quotedReason, readErrorBody } from './error-body.ts';
import type { Answer, Exchange, HttpAnswer } from './http.ts';
import { secretForms } from './redact.ts';
import { type Pause, retryDelay } from './retry.ts';
import { dateOf } from './tenant-time.ts';
import { withUnknownOutcome } from './unknown-outcome.ts';

/**
 * Sends one request and reads its JSON answer, whatever the status. After a 429 it waits as long as the tenant asks
 * and sends again. A request that changes nothing is also repeated after a 5xx, a 408 or a broken connection, three
 * times at most. All waits together last no longer than the retry policy allows. Nothing else is ever sent twice.
 * @throws {ResponseError} `rate_limited` when the limit outlasts the retry policy; `response_invalid`, or
 *   `server_error` with a 5xx, when the answer is not JSON; `failed` for a redirect
 * @throws {UnreachableError} when no answer came
 */
export async function send(tenant: TenantConnection, exchange: Exchange): Promise<Answer> {
  return readAnswer(await sendUntilAnswered(tenant, exchange), exchange, tenant);
}

/** The answer as it came, whatever its status and body, after the same waits. @throws as {@link send}, unless the body causes it */
export async function sendUntilAnswered(tenant: TenantConnection, exchange: Exchange): Promise<HttpAnswer> {
  const { retry } = tenant;
  const attempts = { refusals: 0, retries: 0 };
  for (let leftMs = retry.maxWaitMs; ; ) {
    const body = typeof exchange.body === 'function' ? await exchange.body() : exchange.body;
    const result = await attempt(tenant, exchange, body);
    const times = { now: () => nowOf(result, tenant), random: retry.random };
    const pause = retryDelay(result, isRepeatable(exchange), attempts, times);
    if (!pause || pause.ms > leftMs) {
      if (isUnreachable(result)) throw withUnknownOutcome(result, exchange, tenant);
      if (pause && result.status === 429)
        throw await rateLimited(result, { ...exchange, body }, { pause, waitedMs: retry.maxWaitMs - leftMs });
      return result;
    }
    attempts[!isUnreachable(result) && result.status === 429 ? 'refusals' : 'retries'] += 1;
    leftMs -= pause.ms;
    await retry.wait(pause);
  }
}

/** Whether a request changes nothing at the tenant, however often it is sent. */
function isRepeatable({ method, path }: Exchange): boolean {
  return method === 'GET' || method === 'OPTIONS' || path === oauthTokenPath;
}

/** A request with its body, which some make for each attempt. */
interface Sent extends Exchange {
  readonly body: object | undefined;
}

async function attempt(
  tenant: TenantConnection,
  { method, path, authorization, headers: more }: Exchange,
  body: object | undefined,
): Promise<HttpAnswer | UnreachableError> {
  const sentAtMs = tenant.clock.now();
  const headers: Record<string, string> = { accept: 'application/json' };
  if (body) headers['content-type'] = 'application/json';
  if (authorization) headers.authorization = authorization;
  if (more) Object.assign(headers, more);
  try {
    const answer = await tenant.fetch(`${tenant.baseUrl}${path}`, { method, headers, body: body && exactJson(body) });
    tenant.time.learn(answer.headers, sentAtMs);
    return answer;
  } catch (error) {
    if (isUnreachable(error)) return error;
    throw error;
  }
}

/** The time to compare an answer's dates with: its own `Date` header, or the tenant's clock as known so far. */
function nowOf(result: HttpAnswer | UnreachableError, { clock, time }: TenantConnection): number {
  const date = isUnreachable(result) ? undefined : dateOf(result.headers, clock.now());
  return date ?? time.now();
}

async function rateLimited(
  answer: HttpAnswer,
  exchange: Sent,
  { pause: { ms }, waitedMs }: { pause: Pause; waitedMs: number },
): Promise<ResponseError> {
  const seconds = Math.ceil(ms / 1000);
  const allSeconds = Math.ceil((waitedMs + ms) / 1000);
  const body = jsonIn(await answer.text().catch(() => ''));
  const { description } = readErrorBody({ status: 429, body }, secretsIn(exchange));
  return new ResponseError(
    'rate_limited',
    { status: 429, error: 'too_many_requests', description },
    {
      message: `The tenant's rate limit was reached.${quotedReason(description)}`,
      hint: `Try again in ${seconds} second${seconds === 1 ? '' : 's'}, or let the command wait: --max-wait ${allSeconds}s`,
    },
  );
}

/** Secrets of a request, to be masked in the tenant's refusal of it. */
export function secretsIn({ authorization, body }: Exchange): string[] {
  const { client_secret, client_assertion, session_token, metadata }: Record<string, unknown> = { ...body };
  const [scheme, credentials] = authorization?.split(' ') ?? [];
  const inHeader = scheme === 'Basic' ? basicSecret(credentials) : undefined;
  return secretForms([credentials, inHeader, client_secret, client_assertion, session_token, metadata]);
}

/** The secret in the credentials of a header, which a tenant may repeat decoded. @see RFC 6749, section 2.3.1 */
function basicSecret(credentials = ''): string {
  const [, secret = ''] = Buffer.from(credentials, 'base64').toString().split(':');
  try {
    return decodeURIComponent(secret);
  } catch {
    return secret;
  }
}

function jsonIn(text: string): unknown {
  try {
    return parseAnswer(text);
  } catch {
    return undefined;
  }
}

/** Learns the tenant's time from a request, unless an answer already showed it. Without an answer, this machine's clock is used. */
export async function askTime(tenant: TenantConnection): Promise<void> {
  if (tenant.time.offsetMs() !== undefined) return;
  try {
    await send(tenant, { method: 'GET', path: openidConfigurationPath, mayBeMissing: true });
  } catch (error) {
    if (isAnonError(error) && error.code === 'interrupted') throw error;
  }
}
