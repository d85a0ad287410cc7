import { isJsonObject, type JsonObject } from '../../wire/schema.ts';
import { managementRefusal } from '../http/refusal.ts';
import { BodyError, readBody } from '../http/request-body.ts';

type Checked<Payload> =
  | { readonly ok: true; readonly value: Payload }
  | { readonly ok: false; readonly message: string };

/** The body of a Management API write. @throws {Refusal} 400 or 415 invalid_body when it is unreadable or invalid */
export async function readPayload<Payload>(
  request: Request,
  check: (body: JsonObject) => Checked<Payload>,
): Promise<Payload> {
  const checked = check(await readMembers(request));
  if (!checked.ok) throw managementRefusal(400, checked.message, 'invalid_body');
  return checked.value;
}

async function readMembers(request: Request): Promise<JsonObject> {
  try {
    return await readBody(request);
  } catch (error) {
    if (error instanceof BodyError) throw managementRefusal(error.status, error.message, 'invalid_body');
    throw error;
  }
}

/**
 * A document after a PATCH: `null` removes a member, any other value replaces it. With `nested`, objects are merged one
 * level deep (in clients and tenant settings, not in resource servers). No null is ever shown: assumed for those deeper inside.
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
    else result[key] = withoutNulls(value);
  }
  return result;
}

function withoutNulls(value: unknown): unknown {
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([key, member]) => [key, withoutNulls(member)]));
}
