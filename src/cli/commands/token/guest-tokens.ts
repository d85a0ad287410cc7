import type { RememberedSession, TenantConnection } from '../../../domain/ports.ts';
import { createSession } from '../../../domain/session/create.ts';
import { hasEnded, sessionToRemember } from '../../../domain/session/remembered.ts';
import { answerMembers, type GuestTokens } from '../../../domain/session/request-tokens.ts';
import { type DecodedToken, decodeToken } from '../../../domain/token/decode.ts';
import { tenantKeyRing } from '../../../domain/token/tenant-keys.ts';
import { isAnonError } from '../../../errors.ts';
import type { JsonObject } from '../../../wire/schema.ts';
import type { Context } from '../../context.ts';
import type { Paint } from '../../render/paint.ts';
import { renderToken, tokenData } from '../../render/token.ts';
import type { Access } from '../../tenant-access.ts';
import { checkFree, type Keeping } from './keeping.ts';

/** Both tokens of a guest, decoded: what `token create`, `token update` and the quickstart show. */
export interface InspectedTokens {
  readonly tokens: GuestTokens;
  readonly session: DecodedToken | undefined;
  readonly access: DecodedToken;
  /** How far this machine's clock is behind the tenant's, in milliseconds. */
  readonly clockOffsetMs: number;
}

export async function inspectTokens(tenant: TenantConnection, tokens: GuestTokens): Promise<InspectedTokens> {
  const ports = { clock: tenant.time, keys: tenantKeyRing(tenant) };
  return {
    tokens,
    session: tokens.sessionToken === undefined ? undefined : await decodeToken(ports, tokens.sessionToken),
    access: await decodeToken(ports, tokens.accessToken),
    clockOffsetMs: tenant.time.offsetMs() ?? 0,
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
    ...answerMembers(tokens),
    decoded: { ...(session && { session_token: tokenData(session) }), access_token: tokenData(access) },
  };
}

/** Where a new session was kept. */
export interface Kept {
  readonly name: string;
  /** The live session in whose place it is. */
  readonly inPlaceOf: RememberedSession | undefined;
}

/**
 * Creates a guest session, keeps it where that is wanted and makes it the current one, and shows both its tokens.
 * A name that somebody chose is not taken from another session.
 * @throws as {@link createSession} and {@link checkFree}
 */
export async function createAndRemember(
  context: Pick<Context, 'clock'>,
  { tenant }: Access,
  { request, keeping }: { request: Parameters<typeof createSession>[1]; keeping: Keeping | undefined },
  show: (inspected: InspectedTokens, kept: Kept | undefined) => void,
): Promise<void> {
  const create = async () => inspectTokens(tenant, await createSession(tenant, request));
  if (!keeping) return show(await create(), undefined);
  const { sessions, name } = keeping;
  const remember = async (inspected: InspectedTokens): Promise<Kept | undefined> => {
    const nowMs = context.clock.now();
    const inPlaceOf = await liveSession(keeping, nowMs);
    const session = sessionToRemember({ ...inspected, request, nowMs });
    if (!session) return undefined;
    await sessions.put(name, session);
    await sessions.use(name);
    return { name, inPlaceOf };
  };
  if (!keeping.named) {
    const inspected = await create();
    const remembering = sessions.exclusively(name, () => remember(inspected));
    return showThenSettle(remembering, (kept) => show(inspected, kept));
  }
  await sessions.exclusively(name, async () => {
    checkFree(keeping, await liveSession(keeping, context.clock.now()), tenant);
    const inspected = await create();
    await showThenSettle(remember(inspected), (kept) => show(inspected, kept));
  });
}

async function liveSession({ sessions, name, named }: Keeping, nowMs: number): Promise<RememberedSession | undefined> {
  const session = await sessions.get(name).catch((error: unknown) => {
    // One of another tenant, whose domain the profile had, makes room as an ended one does; a name is kept for it.
    if (named || !isAnonError(error) || error.code !== 'not_authorised') throw error;
    return undefined;
  });
  return session && !hasEnded(session, nowMs) ? session : undefined;
}

/** The tokens are shown before a failure to remember them is told: they must not be lost with it. */
export async function showThenSettle<Result>(
  remembering: Promise<Result>,
  show: (remembered: Result | undefined) => void,
): Promise<void> {
  const outcome = await remembering.then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  );
  if ('result' in outcome) return show(outcome.result);
  show(undefined);
  throw outcome.error;
}
