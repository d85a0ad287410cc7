import { type Moment, note } from '../scope.ts';
import { errorPage } from './pages/error-page.ts';
import type { PageRefusal } from './trusted-callback.ts';

/** A page for a request that cannot be answered at a callback, or JSON for a program that asks for it. */
export function refusedPage(
  request: Request | undefined,
  moment: Moment,
  { facts, ...refusal }: PageRefusal,
): Response {
  note(moment, { ...facts, error: refusal.error });
  const accept = request?.headers.get('accept') ?? '';
  return errorPage({ ...refusal, wantsJson: /\bapplication\/json\b/.test(accept) && !accept.includes('text/html') });
}
