import { type AnonError, isUnreachable, reworded } from '../../errors.ts';
import { anonymousTokenPath } from '../../wire/anonymous-token.ts';
import { clientsPath } from '../../wire/client.ts';
import { oauthTokenPath } from '../../wire/oauth.ts';
import { resourceServersPath } from '../../wire/resource-server.ts';
import type { TenantConnection } from './connection.ts';
import type { Exchange } from './http.ts';
import { isTransientFailure } from './retry.ts';

/** Where to look whether something was made. */
const lists: Readonly<Record<string, string>> = {
  [clientsPath]: 'anon-cli app list',
  [resourceServersPath]: 'anon-cli api list',
};

/**
 * The error that a request ended with; where the tenant may have done what it asks all the same, it says so too,
 * and what to do. Such a request is never sent again by itself.
 */
export function withUnknownOutcome(error: AnonError, exchange: Exchange, tenant: TenantConnection): AnonError {
  const { method, path } = exchange;
  if (method === 'GET' || !mayHaveTakenEffect(error)) return error;
  if (path === oauthTokenPath || path === anonymousTokenPath) {
    return isUnreachable(error) ? reworded(error, { hint: 'Run the command again: it only requests tokens.' }) : error;
  }
  return outcomeUnknown(error, exchange, tenant);
}

/** The error that a write ended with, which says that it may have been made, and what to do. */
export function outcomeUnknown(error: AnonError, { method, path }: Exchange, tenant: TenantConnection): AnonError {
  return reworded(error, {
    message: `${error.message} The change may or may not have been made.`,
    hint: nextStep(method, path, tenant.selection),
  });
}

/** It went out, and came to nothing, or to a failure of the tenant, or to a text it cannot have meant. */
export function mayHaveTakenEffect(error: AnonError): boolean {
  if (isUnreachable(error)) return error.sent;
  const status = 'status' in error ? Number(error.status) : 0;
  return isTransientFailure(status) || (status >= 200 && status < 300);
}

/** What to do about a write whose outcome is not as asked, or not known. */
export function nextStep(method: Exchange['method'], path: string, selection: string): string {
  if (method === 'PATCH') return 'Run the command again: it checks first and sends only what still differs.';
  const list = lists[path];
  return list
    ? `Before you run the command again, check whether it was created: ${list}${selection}`
    : 'Before you run the command again, check the state of the tenant.';
}
