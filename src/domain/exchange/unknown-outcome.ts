import { type AnonError, isUnreachable, reworded } from '../../errors.ts';
import { anonymousLogoutPath } from '../../wire/anonymous-logout.ts';
import { anonymousTokenPath } from '../../wire/anonymous-token.ts';
import { clientsPath } from '../../wire/client.ts';
import { oauthTokenPath } from '../../wire/oauth.ts';
import { resourceServersPath } from '../../wire/resource-server.ts';
import type { TenantConnection } from './connection.ts';
import type { Exchange } from './http.ts';
import { isTransientFailure } from './retry.ts';

/** The commands that show whether something was created. */
const listCommands: Readonly<Record<string, string>> = {
  [clientsPath]: 'anon-cli app list',
  [resourceServersPath]: 'anon-cli api list',
};

/**
 * The error of a failed request. If the tenant may have carried it out anyway, the message says so, with what to do:
 * such a request is never repeated automatically.
 */
export function withUnknownOutcome(error: AnonError, exchange: Exchange, tenant: TenantConnection): AnonError {
  const { method, path } = exchange;
  if (method === 'GET' || method === 'OPTIONS' || !mayHaveTakenEffect(error)) return error;
  // A logout changes nothing at the tenant. @see wire contract, section 3
  if (path === anonymousLogoutPath) return error;
  if (path === oauthTokenPath || path === anonymousTokenPath) {
    return isUnreachable(error) ? reworded(error, { hint: 'Run the command again: it only requests tokens.' }) : error;
  }
  return outcomeUnknown(error, exchange, tenant);
}

/** The error of a write that may have taken effect, with what to do. */
export function outcomeUnknown(error: AnonError, { method, path }: Exchange, tenant: TenantConnection): AnonError {
  return reworded(error, {
    message: `${error.message} The change may or may not have been made.`,
    hint: nextStep(method, path, tenant.selection),
  });
}

/** Whether a failed request may have taken effect: it was sent, and no answer, a server failure or an unreadable success came. */
export function mayHaveTakenEffect(error: AnonError): boolean {
  if (isUnreachable(error)) return error.sent;
  const status = 'status' in error ? Number(error.status) : 0;
  return isTransientFailure(status) || (status >= 200 && status < 300);
}

/** What to do about a write whose outcome differs from the request, or is unknown. */
export function nextStep(method: Exchange['method'], path: string, selection: string): string {
  if (method === 'PATCH') return 'Run the command again: it checks first and sends only what still differs.';
  const list = listCommands[path];
  return list
    ? `Before you run the command again, check whether it was created: ${list}${selection}`
    : 'Before you run the command again, check the state of the tenant.';
}
