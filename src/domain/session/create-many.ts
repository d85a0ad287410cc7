import { type AnonError, isAnonError, isUnreachable, ResponseError } from '../../errors.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { backoffMs } from '../exchange/retry.ts';
import { sharingRateLimit } from '../exchange/shared-rate-limit.ts';
import { mayHaveTakenEffect } from '../exchange/unknown-outcome.ts';
import { explainRefusal } from '../gates/explain-refusal.ts';
import type { RefusedRequest } from '../gates/refused-request.ts';
import { checkComplete, type GuestTokens, requestTokens } from './request-tokens.ts';

/** How often one guest is asked for again. */
const maxRetries = 3;

export interface NumberedGuest {
  readonly n: number;
  readonly metadata: JsonObject | undefined;
}

export interface ManyGuests {
  /** Taken one at a time, when there is somebody to make it. */
  readonly guests: AsyncIterator<NumberedGuest> | Iterator<NumberedGuest>;
  /** How many are made at once, at most. */
  readonly concurrency: number;
  /** Aborted when no more shall be begun; what is under way is finished. */
  readonly signal: AbortSignal;
  /** Resolves once it is written, which holds its maker up; false when nobody reads it. */
  write(n: number, tokens: GuestTokens): Promise<boolean>;
}

/** What came of it. */
export interface Tally {
  /** Guests that were made and written. */
  made: number;
  /** Answers that were lost: each may be of a guest that the service has and nobody knows. */
  lost: number;
  /** Nobody reads any more. */
  unread: boolean;
  /** Why it ended early, unless it was stopped. */
  failure: AnonError | undefined;
}

/**
 * Creates guests, many at once and each once: no more than `concurrency` are ever under way or unwritten. A rate limit
 * holds all of them up. A guest whose answer was lost is asked for again, three times at most: the one that was lost has
 * no number. The first failure that does not pass ends it, and so does a rate limit that lets nobody through for as
 * long as the connection's patience.
 * @throws what `guests` or `write` throw, once nothing is under way any more
 */
export async function createMany(tenant: TenantConnection, request: RefusedRequest, many: ManyGuests): Promise<Tally> {
  const { guests, concurrency, signal, write } = many;
  const tally: Tally = { made: 0, lost: 0, unread: false, failure: undefined };
  const together = sharingRateLimit(tenant);
  let thrown: { error: unknown } | undefined;
  const ended = () => signal.aborted || tally.unread || tally.failure !== undefined || thrown !== undefined;

  async function make(): Promise<void> {
    while (!ended()) {
      const next = await guests.next();
      if (next.done) return;
      const { n, metadata } = next.value;
      const tokens = await createOne(together, request, { metadata, tally, ended });
      if (await write(n, tokens)) tally.made += 1;
      else tally.unread = true;
    }
  }

  const makers = Array.from({ length: concurrency }, () =>
    make().catch((error: unknown) => {
      if (!isAnonError(error)) thrown ??= { error };
      else if (!signal.aborted) tally.failure ??= error;
    }),
  );
  await Promise.all(makers);
  await guests.return?.();
  if (thrown) throw thrown.error;
  // Once, however many were refused together: it may take requests of its own.
  if (tally.failure instanceof ResponseError) tally.failure = await explainRefusal(tenant, tally.failure, request);
  return tally;
}

interface Making {
  readonly metadata: JsonObject | undefined;
  readonly tally: Tally;
  readonly ended: () => boolean;
}

async function createOne(
  tenant: TenantConnection,
  { app, api, scope }: RefusedRequest,
  { metadata, tally, ended }: Making,
): Promise<GuestTokens> {
  const { clock, retry } = tenant;
  let madeBefore = tally.made;
  for (let retries = 0; ; ) {
    try {
      const tokens = await requestTokens(tenant, app, { audience: api.audience, scope, metadata });
      checkComplete(tokens);
      return tokens;
    } catch (error) {
      if (!isAnonError(error)) throw error;
      const lost = mayHaveTakenEffect(error);
      if (lost) tally.lost += 1;
      if (ended()) throw error;
      // Others came through meanwhile: it is a limit on how many, and this one had bad luck.
      if (error.code === 'rate_limited' && tally.made > madeBefore) {
        madeBefore = tally.made;
        continue;
      }
      if (retries === maxRetries || !(lost || (isUnreachable(error) && error.broken))) throw error;
      await clock.wait(backoffMs(retries, retry.random));
      retries += 1;
    }
  }
}
