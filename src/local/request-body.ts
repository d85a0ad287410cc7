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

/** Some thousand levels can be read and not walked: whoever recurses into them runs out of stack. */
const maxDepth = 1024;

function readJson(text: string): JsonObject {
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new BodyError('The body must be a JSON object.');
  }
  checkDepth(value);
  return value as JsonObject;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BodyError('The body is not valid JSON.');
  }
}

function checkDepth(value: object): void {
  let level: object[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > maxDepth) throw new BodyError('The body is nested too deeply.');
    level = level.flatMap((item) => Object.values(item).filter((inner) => typeof inner === 'object' && inner !== null));
  }
}

/** No parameter may come twice. @see RFC 6749, section 3.2 */
function readForm(text: string): JsonObject {
  const parameters = [...new URLSearchParams(text)];
  const members = Object.fromEntries(parameters);
  if (Object.keys(members).length < parameters.length) throw new BodyError('A parameter is given more than once.');
  return members;
}
