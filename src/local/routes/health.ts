import { DatabaseUnavailableError } from '../store/database.ts';
import type { Store } from '../store/store.ts';

/** Not the service's: for whatever starts and watches the process. */
export const healthPath = '/health';

/** The databases that a state can be in, as `/health` names them. */
export type DatabaseName = 'sqlite' | 'postgresql' | 'memory';

/** Whether the tenant can read its state now: 200, or 503 with `Retry-After`. */
export async function health(store: Store, database: DatabaseName): Promise<Response> {
  const headers = { 'cache-control': 'no-store' };
  try {
    await store.refresh();
    return Response.json({ status: 'ok', database }, { headers });
  } catch (error) {
    const retryAfter = error instanceof DatabaseUnavailableError && { 'retry-after': retryAfterOf(error) };
    return Response.json({ status: 'unavailable', database }, { status: 503, headers: { ...headers, ...retryAfter } });
  }
}

/** The `Retry-After` of a response while the database cannot be reached: whole seconds, at least one. */
export function retryAfterOf({ retryAfterSeconds }: DatabaseUnavailableError): string {
  return String(Math.max(1, Math.ceil(retryAfterSeconds)));
}
