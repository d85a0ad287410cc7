import { type AnonError, isAnonError, isUnreachable, ResponseError } from '../../../errors.ts';
import type { JsonObject } from '../../../wire/schema.ts';
import type { TenantConnection } from '../../exchange/connection.ts';
import type { Fetch } from '../../exchange/http.ts';
import { backoffMs, type Pause } from '../../exchange/retry.ts';
import { mayHaveTakenEffect } from '../../exchange/unknown-outcome.ts';
import { checkComplete, type GuestTokens, requestTokens } from '../request-tokens.ts';
import type { ExplainRefusal, TokenRequest } from '../token-request.ts';

/** How often a request for one guest is repeated. */
const maxRetries = 3;

export interface NumberedGuest {
  readonly n: number;
  readonly metadata: JsonObject | undefined;
}

export interface ManyGuests {
  /** Read one at a time, when a worker is free. */
  readonly guests: AsyncIterator<NumberedGuest> | Iterator<NumberedGuest>;
  /** The maximum number of concurrent requests. */
  readonly concurrency: number;
  /** Aborted to start no more guests; requests under way are finished. */
  readonly signal: AbortSignal;
  readonly explain: ExplainRefusal;
  /** Resolves once the guest is written, for which its worker waits; false when the output no longer has a reader. */
  write(n: number, tokens: GuestTokens): Promise<boolean>;
}

/** The outcome of {@link createMany}. */
export interface Tally {
  /** Guests that were created and written, with an access token. */
  created: number;
  /** Guests that were written without a usable access token. */
  failed: number;
  /** Lost answers: for each, the service may have created a guest whose tokens are lost. */
  lost: number;
  /** The output no longer has a reader. */
  unread: boolean;
  /** Why the run ended early, unless it was stopped. */
  failure: AnonError | undefined;
}

/**
 * Creates guests concurrently, each once: at most `concurrency` are under way or unwritten. A rate limit delays all of
 * them. A guest whose answer was lost is requested again, at most three times: the lost one gets no number. A guest
 * without an access token is written, because its session token may be the only trace of it. The first lasting failure
 * ends the run, and so does a rate limit that lets no request through for the connection's longest wait.
 * @throws what `guests` or `write` throw, once no request is under way
 */
export async function createMany(tenant: TenantConnection, request: TokenRequest, many: ManyGuests): Promise<Tally> {
  const { guests, concurrency, signal, explain, write } = many;
  const tally: Tally = { created: 0, failed: 0, lost: 0, unread: false, failure: undefined };
  const together = sharingRateLimit(tenant);
  let thrown: { error: unknown } | undefined;
  const ended = () => signal.aborted || tally.unread || tally.failure !== undefined || thrown !== undefined;

  async function work(): Promise<void> {
    while (!ended()) {
      const next = await guests.next();
      if (next.done) return;
      const { n, metadata } = next.value;
      const tokens = await createOne(together, request, { metadata, tally, ended });
      if (!(await write(n, tokens))) tally.unread = true;
      else if (tokens.problem === undefined) tally.created += 1;
      else tally.failed += 1;
      checkComplete(
        tokens,
        'To get an access token with the session token in that line: anon-cli token update --session-token -',
      );
    }
  }

  const workers = Array.from({ length: concurrency }, () =>
    work().catch((error: unknown) => {
      if (!isAnonError(error)) thrown ??= { error };
      else if (!signal.aborted) tally.failure ??= error;
    }),
  );
  await Promise.all(workers);
  await guests.return?.();
  if (thrown) throw thrown.error;
  // Only once, however many were refused together: explaining may send requests.
  if (tally.failure instanceof ResponseError) tally.failure = await explain(tenant, tally.failure, request);
  return tally;
}

interface Creation {
  readonly metadata: JsonObject | undefined;
  readonly tally: Tally;
  readonly ended: () => boolean;
}

async function createOne(
  tenant: TenantConnection,
  { app, api, scope }: TokenRequest,
  { metadata, tally, ended }: Creation,
): Promise<GuestTokens> {
  const { clock, retry } = tenant;
  let createdBefore = tally.created;
  for (let retries = 0; ; ) {
    try {
      return await requestTokens(tenant, app, { audience: api.audience, scope, metadata });
    } catch (error) {
      if (!isAnonError(error)) throw error;
      const lost = mayHaveTakenEffect(error);
      if (lost) tally.lost += 1;
      if (ended()) throw error;
      // Other requests got through meanwhile: the limit lets some through, so this request is sent again.
      if (error.code === 'rate_limited' && tally.created > createdBefore) {
        createdBefore = tally.created;
        continue;
      }
      if (retries === maxRetries || !(lost || (isUnreachable(error) && error.broken))) throw error;
      await clock.wait(backoffMs(retries, retry.random));
      retries += 1;
    }
  }
}

/**
 * The same connection for many concurrent requests. When one of them has to wait, all wait: later requests are held
 * back until then, and the wait is reported once.
 */
function sharingRateLimit(tenant: TenantConnection): TenantConnection {
  const { clock, retry } = tenant;
  const now = () => retry.now?.() ?? clock.now();
  let endsAtMs = 0;
  let pausing: Promise<void> | undefined;

  async function waitOut(pause: Pause): Promise<void> {
    // A request refused in the meantime may have extended the wait.
    for (let leftMs = pause.ms; leftMs > 0; leftMs = endsAtMs - now()) {
      await retry.wait({ ...pause, ms: Math.ceil(leftMs) });
    }
  }

  const fetchAfterPause: Fetch = async (url, request) => {
    while (pausing) await pausing;
    return tenant.fetch(url, request);
  };

  return {
    ...tenant,
    retry: {
      ...retry,
      async wait(pause) {
        endsAtMs = Math.max(endsAtMs, now() + pause.ms);
        pausing ??= waitOut(pause).finally(() => {
          pausing = undefined;
        });
        await pausing;
      },
    },
    fetch: (url, request) => (pausing ? fetchAfterPause(url, request) : tenant.fetch(url, request)),
  };
}
