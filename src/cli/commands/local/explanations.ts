import type { Explain, Explanation } from '../../../local/http/served-request.ts';
import { anonymousTokenPath } from '../../../wire/anonymous-token.ts';
import type { Access } from '../../tenant/access.ts';

/** Refusals for which a gate may be closed. */
const gateErrors = ['feature_not_enabled', 'unauthorized_client', 'invalid_target', 'invalid_scope'];

/**
 * Explains refusals by the settings at that time. `connect` is called for the first of them; equal ones that arrive meanwhile
 * share an explanation.
 */
export function explanations(connect: () => Promise<Access>): Explain {
  let access: Promise<Access> | undefined;
  const underWay = new Map<string, Promise<Explanation | undefined>>();
  return (served) => {
    if (served.status < 400 && served.refusedOrigin === undefined) return undefined;
    const { path, clientId, app, audience, scope, error, refusedOrigin, refusedUrl } = served;
    // Logins have some of these errors too, for other reasons.
    const isGate = path === anonymousTokenPath && gateErrors.includes(error ?? '');
    if (refusedOrigin === undefined && refusedUrl === undefined && !isGate) return undefined;
    const key = JSON.stringify([clientId, app, audience, scope, error, refusedOrigin, refusedUrl]);
    const running = underWay.get(key);
    if (running) return running;
    access ??= connect();
    const explanation = Promise.all([access, import('./opening-command.ts')])
      .then(([{ tenant }, { explainServed }]) => explainServed(tenant, served))
      // The line matters more than the command.
      .catch(() => undefined)
      .finally(() => underWay.delete(key));
    underWay.set(key, explanation);
    return explanation;
  };
}
