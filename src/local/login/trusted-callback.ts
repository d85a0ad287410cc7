import { coversUrl } from '../../wire/allowed-url.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { parseUrl } from '../../wire/url.ts';
import type { RequestFacts } from '../http/served-request.ts';
import type { StoreReader } from '../store/store.ts';
import type { Parameters } from './parameters.ts';

export interface TrustedCallback {
  readonly client: JsonObject;
  readonly redirectUri: string;
}

/** Why a request gets a page and not a redirect. */
export interface PageRefusal {
  readonly status: number;
  readonly error: string;
  readonly description: string;
  /** What to do about it. */
  readonly hint?: string;
  /** The command that would allow the request, word by word. */
  readonly command?: readonly string[];
  /** For the log. */
  readonly facts?: RequestFacts;
}

/**
 * The application of a request and the callback to answer at: one of its callbacks, exactly. Without that nobody may be
 * redirected. @see RFC 6749, section 4.1.2.1; RFC 9700, section 4.1
 */
export async function trustedCallback(
  store: StoreReader,
  parameters: Parameters,
): Promise<TrustedCallback | PageRefusal> {
  const repeated = parameters.repeated(['client_id', 'redirect_uri']);
  if (repeated !== undefined) return repeatedParameter(repeated);
  const [clientId, redirectUri] = [parameters.get('client_id'), parameters.get('redirect_uri')];
  if (clientId === undefined) return invalidRequest('Missing required parameter: client_id');
  const client = await store.get('client', clientId);
  if (!client || client.global === true) {
    return { status: 403, error: 'unauthorized_client', description: `Unknown client: ${clientId}` };
  }
  if (redirectUri === undefined) return invalidRequest('Missing required parameter: redirect_uri');
  return isCallback(client, redirectUri) ? { client, redirectUri } : mismatch(client, redirectUri);
}

export function isCallback(client: JsonObject, uri: string): boolean {
  return isSafe(uri) && urlsIn(client.callbacks).some((allowed) => coversUrl(allowed, uri));
}

function isSafe(uri: string): boolean {
  return runsNothing(uri) && !uri.includes('#');
}

/** Schemes that run code in the page that leads there are refused even if an application has listed them. */
export function runsNothing(uri: string): boolean {
  const url = parseUrl(uri);
  return url !== undefined && !/^(?:javascript|data|vbscript|blob|file|about):$/.test(url.protocol);
}

export function urlsIn(list: unknown): string[] {
  return Array.isArray(list) ? list.map(String) : [];
}

function mismatch({ name }: JsonObject, redirectUri: string): PageRefusal {
  return {
    facts: { app: String(name), ...(isSafe(redirectUri) && { refusedUrl: { list: 'callbacks', url: redirectUri } }) },
    status: 403,
    error: 'unauthorized_client',
    description: `Callback URL mismatch. ${redirectUri} is not in the list of allowed callback URLs`,
    ...(isSafe(redirectUri) && {
      hint: 'If it is yours, allow it, and log in again.',
      command: ['anon-cli', 'app', 'callbacks', 'add', String(name), redirectUri],
    }),
  };
}

/** @see RFC 6749, section 3.1 */
export function repeatedParameter(name: string): PageRefusal {
  return invalidRequest(`The parameter ${name} is given more than once.`);
}

export function invalidRequest(description: string): PageRefusal {
  return { status: 400, error: 'invalid_request', description };
}
