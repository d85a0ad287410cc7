import { type AnonymousTokenError, anonymousTokenErrors } from '../../wire/anonymous-token.ts';

/** A refused request's response. Thrown by routes; `tenant.ts` sends it. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: object;
  readonly headers: Record<string, string>;

  constructor(status: number, body: object, headers: Record<string, string> = {}) {
    super(`refused with ${status}`);
    this.name = 'Refusal';
    this.status = status;
    this.body = body;
    this.headers = headers;
  }

  response(): Response {
    return Response.json(this.body, {
      status: this.status,
      headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...this.headers },
    });
  }
}

/** By its name: in the published program, files that are loaded when first used have a class of their own. */
export function isRefusal(error: unknown): error is Refusal {
  return error instanceof Error && error.name === 'Refusal';
}

/** An error of POST /anonymous/token. `description` never repeats a token, a secret or a metadata value. */
export function anonymousTokenRefusal(
  error: AnonymousTokenError,
  description: string,
  headers: Record<string, string> = {},
): Refusal {
  return oauthRefusal(anonymousTokenErrors[error], error, description, headers);
}

/** The error shape of the OAuth endpoints. @see RFC 6749, section 5.2 */
export function oauthRefusal(
  status: number,
  error: string,
  description: string,
  headers: Record<string, string> = {},
): Refusal {
  return new Refusal(status, { error, error_description: description }, headers);
}

const reasons: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  408: 'Request Timeout',
  409: 'Conflict',
  413: 'Payload Too Large',
  415: 'Unsupported Media Type',
  421: 'Misdirected Request',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** The error envelope of /api/v2. @see management-api, section 2.1 */
export function managementRefusal(
  statusCode: number,
  message: string,
  errorCode?: string,
  headers: Record<string, string> = {},
): Refusal {
  const error = reasons[statusCode] ?? 'Error';
  const more = { ...(errorCode && { errorCode }), ...(statusCode === 401 && { attributes: { error: message } }) };
  return new Refusal(statusCode, { statusCode, error, message, ...more }, headers);
}

/** Below this path refusals have the Management API's error envelope; elsewhere they have OAuth's. */
const managementRoot = '/api/v2/';

/** A refusal before routing, in the format that clients of the endpoint at `path` expect. `error` is OAuth's error code. */
export function refusalAt(
  path: string,
  status: number,
  error: string,
  description: string,
  headers: Record<string, string> = {},
): Refusal {
  if (path.startsWith(managementRoot)) return managementRefusal(status, description, undefined, headers);
  return oauthRefusal(status, error, description, headers);
}
