import { isJsonObject, type JsonObject } from '../../wire/schema.ts';
import { managementRefusal } from '../http/refusal.ts';
import { BodyError, readBody } from '../http/request-body.ts';

/** The body of a Management API write. @throws {Refusal} 400 or 415 invalid_body when it cannot be read */
export async function readPayload(request: Request): Promise<JsonObject> {
  try {
    return await readBody(request);
  } catch (error) {
    if (error instanceof BodyError) throw managementRefusal(error.status, error.message, 'invalid_body');
    throw error;
  }
}

/**
 * A document after a PATCH: members that were sent change, `null` removes one, arrays are replaced.
 * With `nested`, objects merge one level (clients and tenant settings do, resource servers do not).
 * @see management-api, section 2.4
 */
export function patched(document: JsonObject, change: JsonObject, { nested }: { nested: boolean }): JsonObject {
  const result = { ...document };
  for (const [key, value] of Object.entries(change)) {
    const before = result[key];
    if (value === null) delete result[key];
    else if (value === undefined) continue;
    else if (nested && isJsonObject(value))
      result[key] = patched(isJsonObject(before) ? before : {}, value, { nested: false });
    else result[key] = value;
  }
  return result;
}
