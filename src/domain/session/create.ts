import { ResponseError } from '../../errors.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { explainRefusal } from '../gates/explain-refusal.ts';
import type { RefusedRequest } from '../gates/refused-request.ts';
import { type GuestTokens, requestTokens } from './request-tokens.ts';

export interface SessionRequest extends RefusedRequest {
  readonly metadata: JsonObject | undefined;
}

/**
 * Creates a guest session.
 * @throws {GateClosedError} naming the gate and the command that opens it; {ResponseError} otherwise
 */
export function createSession(
  tenant: TenantConnection,
  request: SessionRequest & { readonly userId: string | undefined },
): Promise<GuestTokens> {
  return explained(tenant, request, { user_id: request.userId });
}

/** Updates a session: its metadata merged with `metadata`, a new session token, a new access token. */
export function updateSession(
  tenant: TenantConnection,
  request: SessionRequest & {
    readonly sessionToken: string;
    /** What the session is known to hold: no error repeats it. */
    readonly heldMetadata?: JsonObject | undefined;
  },
): Promise<GuestTokens> {
  return explained(tenant, request, { session_token: request.sessionToken }, request.heldMetadata);
}

async function explained(
  tenant: TenantConnection,
  request: SessionRequest,
  more: { user_id?: string | undefined; session_token?: string | undefined },
  held?: JsonObject,
): Promise<GuestTokens> {
  const { scope, metadata } = request;
  try {
    const members = { audience: request.api.audience, scope, metadata, ...more };
    return await requestTokens(tenant, request.app, members, held);
  } catch (error) {
    if (error instanceof ResponseError) throw await explainRefusal(tenant, error, request);
    throw error;
  }
}
