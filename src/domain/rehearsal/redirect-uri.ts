import { AnonError } from '../../errors.ts';
import { coversUrl } from '../../wire/allowed-url.ts';
import { urlsIn } from '../app/allowed-origins.ts';
import type { App } from '../app/app.ts';
import { shellWord } from '../shell-word.ts';

/** Nothing can listen at port 0. */
const nowhere = 'http://localhost:0/rehearsal';

/**
 * A callback of the application for a login that nobody follows there: one that leads nowhere if its wildcards allow that,
 * otherwise the first without a wildcard.
 * @throws {AnonError} `failed` without one
 */
export function rehearsalRedirectUri(app: Pick<App, 'name' | 'body'>, selection: string): string {
  const callbacks = urlsIn(app, 'callbacks');
  if (callbacks.some((callback) => coversUrl(callback, nowhere))) return nowhere;
  const exact = callbacks.find((callback) => /^[\x21-\x7e]+$/.test(callback) && coversUrl(callback, callback));
  if (exact !== undefined) return exact;
  const lacking = callbacks.length === 0 ? 'has no callback' : 'has only callbacks with a wildcard';
  throw new AnonError('failed', `Application '${app.name}' ${lacking}, so the login would lead nowhere.`, {
    hint: `Add one: anon-cli app callbacks add ${shellWord(app.name)} http://localhost:3000/callback${selection}`,
  });
}
