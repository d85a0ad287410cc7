import { isDeeperThan } from '../../jose/json.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { oauthRefusal } from './refusal.ts';

/** A body that is neither JSON nor a form, or malformed. */
export class BodyError extends Error {
  /** 415 when the declared format is not supported, 400 when the body is malformed. */
  readonly status: 400 | 415;

  constructor(message: string, status: 400 | 415 = 400) {
    super(message);
    this.status = status;
  }
}

/**
 * The members of a JSON or form-encoded body. Assumed: a body without a type is JSON; other types that end in `+json` are
 * not read, and neither are compressed bodies and other encodings than UTF-8.
 * @throws {BodyError}
 */
export async function readBody(request: Request, readForm = readMembers): Promise<JsonObject> {
  const read = readerOf(request.headers.get('content-type') ?? 'application/json', readForm);
  if (read === undefined) {
    throw new BodyError('Content-Type must be application/json or application/x-www-form-urlencoded, in UTF-8.', 415);
  }
  if ((request.headers.get('content-encoding') ?? 'identity').toLowerCase() !== 'identity') {
    throw new BodyError('Content-Encoding must be identity.', 415);
  }
  return read(await request.text());
}

/** Whether a body is declared as a form. */
export function isForm(request: Request): boolean {
  return /^application\/x-www-form-urlencoded\b/i.test(request.headers.get('content-type') ?? '');
}

/** As {@link readBody}, for endpoints that refuse as OAuth does. @throws {Refusal} 400 or 415 invalid_request */
export async function readOauthBody(request: Request): Promise<JsonObject> {
  try {
    return await readBody(request, readParameters);
  } catch (error) {
    if (error instanceof BodyError) throw oauthRefusal(error.status, 'invalid_request', error.message);
    throw error;
  }
}

type Reader = (text: string) => JsonObject;

/** The reader for a Content-Type; undefined for an unsupported one. */
function readerOf(contentType: string, readForm: Reader): Reader | undefined {
  const [type = '', ...parameters] = contentType.toLowerCase().split(';');
  if (!parameters.every(isSupported)) return undefined;
  return { 'application/json': readJson, 'application/x-www-form-urlencoded': readForm }[type.trim()];
}

/** Any parameter but a `charset` other than UTF-8. @see RFC 9110, section 8.3.1 */
function isSupported(parameter: string): boolean {
  const [name, value = ''] = parameter.split('=').map((part) => part.trim());
  return name !== 'charset' || /^"?utf-?8"?$/.test(value);
}

/** JSON.parse reads several thousand levels, but code that recurses into them overflows the stack. */
const maxDepth = 1024;

function readJson(text: string): JsonObject {
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new BodyError('The body must be a JSON object.');
  }
  // A text has more characters than levels.
  if (text.length > maxDepth && isDeeperThan(maxDepth, value)) throw new BodyError('The body is nested too deeply.');
  return value as JsonObject;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BodyError('The body is not valid JSON.');
  }
}

/** Parameters must not be repeated. @see RFC 6749, section 3.2 */
function readMembers(text: string): JsonObject {
  const parameters = [...new URLSearchParams(text)];
  const members = Object.fromEntries(parameters);
  if (Object.keys(members).length < parameters.length) throw new BodyError('A parameter is given more than once.');
  return members;
}

/** Parameters without a value count as omitted. @see RFC 6749, section 3.2 */
function readParameters(text: string): JsonObject {
  return Object.fromEntries(Object.entries(readMembers(text)).filter(([, value]) => value !== ''));
}
