import type { JsonObject } from '../../wire/schema.ts';
import { oauthRefusal, type Refusal } from '../http/refusal.ts';
import { BodyError, readBody } from '../http/request-body.ts';

/** The body of a request to a control endpoint. @throws {Refusal} */
export async function bodyOf(request: Request): Promise<JsonObject> {
  try {
    return await readBody(request);
  } catch (error) {
    if (error instanceof BodyError) throw invalid(error.message, error.status);
    throw error;
  }
}

/** Refuses a request to a control endpoint. */
export function invalid(description: string, status = 400): Refusal {
  return oauthRefusal(status, 'invalid_request', description);
}

export function notFound(description: string): Refusal {
  return oauthRefusal(404, 'not_found', description);
}
