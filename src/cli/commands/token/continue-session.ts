import type { TenantConnection } from '../../../domain/exchange/connection.ts';
import type { Profile } from '../../../domain/profile/profile.ts';
import { updateSession } from '../../../domain/session/create.ts';
import { checkUpdate } from '../../../domain/session/edition-limits.ts';
import { checkMergedSize } from '../../../domain/session/metadata.ts';
import { sessionToRemember } from '../../../domain/session/remembered.ts';
import type { RememberedSession } from '../../../domain/session/saved-session.ts';
import { decodeToken } from '../../../domain/token/decode.ts';
import { tenantKeyRing } from '../../../domain/token/tenant-keys.ts';
import type { JsonObject } from '../../../wire/schema.ts';
import type { requestedAppAndApi } from '../../tenant/access.ts';
import { readTokens } from './guest-tokens.ts';
import type { KeepOptions } from './keeping.ts';
import { type Continued, choicesOf, sessionSelection } from './kept-session.ts';
import type { TokenInput, TokenRequestOptions } from './options.ts';
import { tokenRequest } from './token-request.ts';

export interface Continuation {
  readonly tenant: TenantConnection;
  readonly options: TokenRequestOptions & Pick<Partial<KeepOptions>, 'session'>;
  readonly input: TokenInput;
}

/** Updates or renews a kept session. It is one application's: what the environment says is for others. */
export async function continueSession(
  { tenant, options, input }: Continuation,
  remembered: RememberedSession,
): Promise<Continued> {
  const named = { app: options.app, api: options.api };
  const scope = options.scope ?? (options.api === undefined ? remembered.scope : undefined);
  const target = { named, chosen: choicesOf(remembered), sessionToken: remembered.sessionToken, remembered };
  return updateWith({ tenant, options: { ...options, ...(scope !== undefined && { scope }) }, input }, target);
}

/** Updates or renews the session that has this token, kept or not. */
export async function updateWith(
  { tenant, options, input }: Continuation,
  target: {
    readonly named: ReturnType<typeof requestedAppAndApi>;
    readonly chosen: Pick<Profile, 'app' | 'api'>;
    readonly sessionToken: string;
    readonly remembered?: RememberedSession;
  },
): Promise<Continued> {
  const { sessionToken, remembered } = target;
  await checkUpdate(tenant, input.metadata, sessionSelection(options));
  await checkRoom(tenant, target, input.metadata);
  const request = { ...(await tokenRequest(tenant, target, { options, input })), sessionToken };
  const tokens = await updateSession(tenant, { ...request, heldMetadata: remembered?.metadata });
  const inspected = await readTokens(tenant, tokens);
  const obtained = { ...inspected, request, nowMs: tenant.clock.now() };
  return { inspected, audience: request.api.audience, session: sessionToRemember(obtained, remembered) };
}

/** What the session will hold is checked before the call, where its token can be read or is kept with what it holds. */
async function checkRoom(
  tenant: TenantConnection,
  { sessionToken, remembered }: { readonly sessionToken: string; readonly remembered?: RememberedSession },
  change: JsonObject | undefined,
): Promise<void> {
  if (!change) return;
  const ports = { clock: tenant.time, keys: tenantKeyRing(tenant) };
  // What is no token the tenant will say.
  const session = await decodeToken(ports, sessionToken).catch(() => undefined);
  checkMergedSize(session?.claims?.metadata ?? remembered?.metadata, change);
}
