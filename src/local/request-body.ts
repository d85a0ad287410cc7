import type { JsonObject } from '../wire/schema.ts';

/** A body that is neither JSON nor a form, or a broken one. */
export class BodyError extends Error {}

/**
 * The members of a JSON or form-encoded body.
 * @throws {BodyError}
 */
export async function readBody(request: Request): Promise<JsonObject> {
  const type = (request.headers.get('content-type') ?? 'application/json').split(';')[0]?.trim().toLowerCase();
  if (type === 'application/json') return readJson(await request.text());
  if (type === 'application/x-www-form-urlencoded') return readForm(await request.text());
  throw new BodyError('Content-Type must be application/json or application/x-www-form-urlencoded.');
}

function readJson(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  } catch {
    throw new BodyError('The body is not valid JSON.');
  }
  throw new BodyError('The body must be a JSON object.');
}

/** No parameter may come twice. @see RFC 6749, section 3.2 */
function readForm(text: string): JsonObject {
  const parameters = [...new URLSearchParams(text)];
  const members = Object.fromEntries(parameters);
  if (Object.keys(members).length < parameters.length) throw new BodyError('A parameter is given more than once.');
  return members;
}
