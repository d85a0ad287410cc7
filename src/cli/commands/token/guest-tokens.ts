import type { RequestedApi } from '../../../domain/api/choose.ts';
import type { RequestingApp } from '../../../domain/app/choose.ts';
import type { RememberedSession, SessionStore, TenantConnection } from '../../../domain/ports.ts';
import type { GuestTokens } from '../../../domain/session/request-tokens.ts';
import { type DecodedToken, decodeToken } from '../../../domain/token/decode.ts';
import { tenantKeyRing } from '../../../domain/token/tenant-keys.ts';
import type { JsonObject } from '../../../wire/schema.ts';
import type { Paint } from '../../render/paint.ts';
import { renderToken, tokenData } from '../../render/token.ts';

/** Both tokens of a guest, decoded: what `token create`, `token update` and the quickstart show. */
export interface InspectedTokens {
  readonly tokens: GuestTokens;
  readonly session: DecodedToken | undefined;
  readonly access: DecodedToken;
}

export async function inspectTokens(tenant: TenantConnection, tokens: GuestTokens): Promise<InspectedTokens> {
  const ports = { clock: tenant.clock, keys: tenantKeyRing(tenant) };
  return {
    tokens,
    session: tokens.sessionToken === undefined ? undefined : await decodeToken(ports, tokens.sessionToken),
    access: await decodeToken(ports, tokens.accessToken),
  };
}

export function renderTokens(paint: Paint, { tokens, session, access }: InspectedTokens): string {
  const shown = [
    ...(session && tokens.sessionToken ? [renderToken(paint, 'Session token', tokens.sessionToken, session)] : []),
    renderToken(paint, 'Access token', tokens.accessToken, access),
  ];
  return shown.join('\n');
}

/** As on the wire, with what was decoded beside it. */
export function tokensData({ tokens, session, access }: InspectedTokens): JsonObject {
  return {
    ...(tokens.sessionToken !== undefined && { session_token: tokens.sessionToken }),
    access_token: tokens.accessToken,
    token_type: tokens.tokenType,
    expires_in: tokens.expiresInSeconds,
    ...(tokens.sessionExpiresInSeconds !== undefined && { session_expires_in: tokens.sessionExpiresInSeconds }),
    ...(tokens.scope !== undefined && { scope: tokens.scope }),
    decoded: { ...(session && { session_token: tokenData(session) }), access_token: tokenData(access) },
  };
}

/** What to remember of a session, so that the next update needs nothing else. */
export function sessionToRemember(
  tokens: GuestTokens,
  request: { app: Pick<RequestingApp, 'clientId'>; api: RequestedApi; scope: string | undefined },
  before?: RememberedSession,
): RememberedSession | undefined {
  const sessionToken = tokens.sessionToken ?? before?.sessionToken;
  if (sessionToken === undefined) return undefined;
  return {
    sessionToken,
    accessToken: tokens.accessToken,
    clientId: request.app.clientId,
    audience: request.api.audience,
    scope: request.scope,
  };
}

/** The tokens are shown before a failure to remember them is told: they must not be lost with it. */
export async function showThenSettle(remembering: Promise<void>, show: () => void): Promise<void> {
  const outcome = await remembering.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  show();
  if (outcome) throw outcome.error;
}

export async function remember(
  sessions: SessionStore,
  profile: string,
  session: RememberedSession | undefined,
): Promise<void> {
  if (session) await sessions.put(profile, session);
}
