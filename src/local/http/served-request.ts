import type { NotedToken } from '../../wire/recorded-request.ts';
import type { JsonObject } from '../../wire/schema.ts';

/** What an Action printed while the request was answered, or why it failed. */
export interface LoggedActionLine {
  /** The Action's name. */
  readonly name: string;
  readonly level: 'debug' | 'log' | 'info' | 'warn' | 'error' | 'failed';
  readonly text: string;
}

/** What a route finds out about its request. */
export interface RequestFacts {
  /** The application that made the request. */
  clientId?: string | undefined;
  /** Its name. */
  app?: string | undefined;
  audience?: string | undefined;
  /** The scopes that were requested, separated by spaces. */
  scope?: string | undefined;
  /** The guest id. */
  guest?: string | undefined;
  /** What happened to the guest's session. */
  session?: 'created' | 'updated' | 'renewed' | 'transferred' | undefined;
  /** The origin of a page that may not read the response. */
  refusedOrigin?: string | undefined;
  /** The user who logged in: their e-mail address, or their id without one. */
  user?: string | undefined;
  /** What the user's Actions printed. */
  actions?: readonly LoggedActionLine[] | undefined;
  /** A URL that the application would have to list, so that a login or a logout may lead there. */
  refusedUrl?: { readonly list: 'callbacks' | 'logout-urls'; readonly url: string } | undefined;
  /** The tokens of the request and of its response, as short hashes. */
  tokens?: readonly NotedToken[] | undefined;
  /** The error code of a refusal. */
  error?: string | undefined;
  /** The names of the tenant's faults that hit the request. */
  fault?: string | undefined;
  /** Because of a fault nothing was sent, whatever the status. */
  unanswered?: true;
}

/** A request and its response, for a log. Holds no token, no secret and no metadata, but for what users' Actions print. */
export interface ServedRequest extends Readonly<RequestFacts> {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly status: number;
}

/**
 * A request before it is answered, for routes to write down what they find out. With all members that most requests get, so that
 * the engine has one shape for them all; spread together from several objects, it would take ten times as long to make.
 */
export function servedRequest(
  method: string,
  path: string,
): RequestFacts & { method: string; path: string; status: number } {
  return {
    method,
    path,
    status: 0,
    clientId: undefined,
    app: undefined,
    audience: undefined,
    scope: undefined,
    guest: undefined,
    session: undefined,
    tokens: undefined,
    error: undefined,
  };
}

/** Why a request was refused, and how to change that. */
export interface Explanation {
  /** The closed gate. */
  readonly gate: 'tenant' | 'application' | 'api' | 'scopes' | undefined;
  /** The command that opens it, or that allows the page's origin. */
  readonly command: string | undefined;
}

/** Explains a refusal; undefined for a request that no setting refused. */
export type Explain = (served: ServedRequest) => Promise<Explanation | undefined> | undefined;

/** The error code in the body of a refusal, in the format of OAuth or of the Management API. */
export function errorCodeOf(body: object): string | undefined {
  const { error, errorCode } = body as JsonObject;
  if (typeof errorCode === 'string') return errorCode;
  return typeof error === 'string' ? error : undefined;
}
