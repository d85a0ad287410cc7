import { type DatabaseUnavailableError, isUnavailable } from '../store/database.ts';
import type { Store } from '../store/store.ts';

/** The databases that a state can be in, as `/health` names them. */
export type DatabaseName = 'sqlite' | 'postgresql' | 'memory';

/** Whether the tenant can read its state now: 200, or 503 with `Retry-After`. */
export async function health(request: Request, store: Store, database: DatabaseName): Promise<Response> {
  try {
    await store.refresh();
    return answer(request, 200, { status: 'ok', database });
  } catch (error) {
    const retryAfter = isUnavailable(error) && { 'retry-after': retryAfterOf(error) };
    return answer(request, 503, { status: 'unavailable', database }, { ...retryAfter });
  }
}

function answer({ method }: Request, status: number, body: object, headers: Record<string, string> = {}): Response {
  return new Response(method === 'HEAD' ? null : JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  });
}

/** The `Retry-After` of a response while the database cannot be reached: whole seconds, at least one. */
export function retryAfterOf({ retryAfterSeconds }: DatabaseUnavailableError): string {
  return String(Math.max(1, Math.ceil(retryAfterSeconds)));
}
