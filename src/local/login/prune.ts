import type { JsonObject } from '../../wire/schema.ts';
import type { Moment } from '../scope.ts';
import type { Kind, Store } from '../store/store.ts';

/**
 * How long the documents of what logins leave behind stay after their end, in seconds. A code stays recognisable, so that
 * its second use is noticed; RFC 6749 limits its life to ten minutes.
 */
const graceSeconds = {
  authorization_code: 600,
  pushed_request: 0,
  login_session: 0,
  refresh_token: 0,
} as const satisfies Partial<Record<Kind, number>>;

const intervalSeconds = 60;
/** The most that one write removes; the rest waits for the next time. */
const maxRemoved = 500;

/** When each store was pruned last, in this process. */
const lastPruned = new WeakMap<Store, number>();

/**
 * Removes expired codes, pushed requests, login sessions and refresh tokens, so that a state does not grow with each login:
 * documents whose `expires_at`, in seconds since 1970, has passed. Does so at most once a minute.
 */
export async function prune(store: Store, { nowSeconds }: Moment): Promise<void> {
  const last = lastPruned.get(store) ?? Number.NEGATIVE_INFINITY;
  if (nowSeconds - last < intervalSeconds) return;
  lastPruned.set(store, nowSeconds);
  const expired: { kind: Kind; id: string }[] = [];
  for (const [kind, grace] of Object.entries(graceSeconds) as [Kind, number][]) {
    const isExpired = (document: JsonObject | undefined) => endOf(document) + grace <= nowSeconds;
    for (const document of await store.list(kind))
      if (isExpired(document)) expired.push({ kind, id: String(document.id) });
  }
  if (expired.length === 0) return;
  await store.write(async (writer) => {
    for (const { kind, id } of expired.slice(0, maxRemoved)) {
      // Another process may have extended it in the meantime.
      if (endOf(await writer.get(kind, id)) <= nowSeconds) writer.remove(kind, id);
    }
  });
}

function endOf(document: JsonObject | undefined): number {
  return typeof document?.expires_at === 'number' ? document.expires_at : Number.POSITIVE_INFINITY;
}
