import type { RequestForActions } from '../actions/login-facts.ts';
import type { Parameters } from './parameters.ts';

/** What Actions see of the request of a browser. Not a password, and no token of a guest. */
export function forActions(request: Request, parameters: Parameters): RequestForActions {
  const { hostname, searchParams } = new URL(request.url);
  const isForm = request.method === 'POST';
  const shown = Object.fromEntries(Object.entries(parameters.all).filter(([name]) => !secretParameters.includes(name)));
  return {
    method: request.method,
    hostname,
    // The tenant is called by this machine alone, or by a proxy whose headers it does not trust.
    ip: '127.0.0.1',
    userAgent: request.headers.get('user-agent') ?? undefined,
    language: request.headers.get('accept-language')?.split(',')[0],
    query: Object.fromEntries(Object.entries(shown).filter(([name]) => !isForm || searchParams.has(name))),
    body: isForm ? shown : {},
  };
}

const secretParameters = [
  ...['password', 'session_token', 'anon_transfer_token', 'anonymous_session_token'],
  ...['client_secret', 'client_assertion', 'id_token_hint'],
];
