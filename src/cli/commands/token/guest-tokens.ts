import type { TenantConnection } from '../../../domain/exchange/connection.ts';
import { createSession } from '../../../domain/session/create.ts';
import { hasEnded, sessionToRemember } from '../../../domain/session/remembered.ts';
import { answerMembers, checkComplete, type GuestTokens } from '../../../domain/session/request-tokens.ts';
import type { RememberedSession } from '../../../domain/session/saved-session.ts';
import { type DecodedToken, inspectToken } from '../../../domain/token/decode.ts';
import type { KeyRing } from '../../../domain/token/key-source.ts';
import { tenantKeyRing } from '../../../domain/token/tenant-keys.ts';
import { isAnonError } from '../../../errors.ts';
import type { JsonObject } from '../../../wire/schema.ts';
import type { Paint } from '../../render/paint.ts';
import { renderToken, tokenData } from '../../render/token.ts';
import type { Access } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';
import { tellDoubts } from './access-doubts.ts';
import { checkFree, type Keeping } from './keeping.ts';

/** Both tokens of a guest, decoded: what `token create`, `token update` and the quickstart show. */
export interface InspectedTokens {
  readonly tokens: GuestTokens;
  readonly session: DecodedToken | undefined;
  readonly access: DecodedToken;
  /** How far this machine's clock is behind the tenant's, in milliseconds. */
  readonly clockOffsetMs: number;
}

/** What can be read of tokens without asking anybody: it is enough to save them by. */
export async function readTokens(tenant: TenantConnection, tokens: GuestTokens): Promise<InspectedTokens> {
  const { sealKeys } = tenantKeyRing(tenant);
  return decodedWith(tenant, { sealKeys, signatureKeys: async () => [] }, tokens);
}

/** The same with their signatures checked, for which the tenant is asked for its keys. */
export async function inspectTokens(tenant: TenantConnection, tokens: GuestTokens): Promise<InspectedTokens> {
  return decodedWith(tenant, tenantKeyRing(tenant), tokens);
}

async function decodedWith({ time }: TenantConnection, keys: KeyRing, tokens: GuestTokens): Promise<InspectedTokens> {
  const ports = { clock: time, keys };
  return {
    tokens,
    session: tokens.sessionToken === undefined ? undefined : await inspectToken(ports, tokens.sessionToken),
    access: await inspectToken(ports, tokens.accessToken),
    clockOffsetMs: time.offsetMs() ?? 0,
  };
}

/**
 * Shows tokens that came and are saved: with their signatures checked, or as they can be read where that fails. What is not
 * as it was asked for is told after that.
 * @throws what checking them failed with; {AnonError} `response_invalid` where there is no access token, and with `strict`
 *   `token_unacceptable` where it is not what was asked for
 */
export async function inspectAndShow(
  { warn }: Pick<Context, 'warn'>,
  { tenant, audience, strict }: { tenant: TenantConnection; audience: string; strict: boolean | undefined },
  read: InspectedTokens,
  show: (inspected: InspectedTokens) => void,
): Promise<void> {
  const { tokens } = read;
  const looked = await inspectTokens(tenant, tokens).then(
    (inspected) => ({ inspected, failure: undefined }),
    (error: unknown) => ({ inspected: read, failure: { error } }),
  );
  try {
    show(looked.inspected);
  } catch (error) {
    // What was to be shown may be what the tenant did not give: that is no fault of the command line.
    if (tokens.accessToken === '') checkComplete(tokens);
    throw error;
  }
  if (looked.failure) throw looked.failure.error;
  checkComplete(tokens);
  tellDoubts({ warn }, looked.inspected.access, { issuer: tenant.issuer, audience, strict });
}

export function renderTokens(paint: Paint, { tokens, session, access }: InspectedTokens): string {
  const shown = [
    ...(session && tokens.sessionToken ? [renderToken(paint, 'Session token', tokens.sessionToken, session)] : []),
    ...(tokens.accessToken === '' ? [] : [renderToken(paint, 'Access token', tokens.accessToken, access)]),
  ];
  return shown.join('\n');
}

/** As on the wire, with what was decoded beside it. */
export function tokensData({ tokens, session, access }: InspectedTokens): JsonObject {
  return {
    ...answerMembers(tokens),
    decoded: {
      ...(session && { session_token: tokenData(session) }),
      ...(tokens.accessToken !== '' && { access_token: tokenData(access) }),
    },
  };
}

export const noSessionToken = 'The tenant gave no session token: nothing is saved.';

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
  context: Pick<Context, 'clock' | 'warn'>,
  { tenant }: Access,
  {
    request,
    keeping,
    strict,
  }: { request: Parameters<typeof createSession>[1]; keeping: Keeping | undefined; strict: boolean | undefined },
  show: (inspected: InspectedTokens, kept: Kept | undefined) => void,
): Promise<void> {
  const create = async () => readTokens(tenant, await createSession(tenant, request));
  const showing = (read: InspectedTokens, kept: Kept | undefined) =>
    inspectAndShow(context, { tenant, audience: request.api.audience, strict }, read, (inspected) =>
      show(inspected, kept),
    );
  if (!keeping) return showing(await create(), undefined);
  const { sessions, name } = keeping;
  const remember = async (inspected: InspectedTokens): Promise<Kept | undefined> => {
    const nowMs = context.clock.now();
    const inPlaceOf = await liveSession(keeping, nowMs);
    const session = sessionToRemember({ ...inspected, request, nowMs });
    if (!session) {
      context.warn(noSessionToken);
      return undefined;
    }
    await sessions.put(name, session);
    await sessions.use(name);
    return { name, inPlaceOf };
  };
  if (!keeping.named) {
    const inspected = await create();
    const remembering = sessions.exclusively(name, () => remember(inspected));
    return showThenSettle(remembering, (kept) => showing(inspected, kept));
  }
  await sessions.exclusively(name, async () => {
    checkFree(keeping, await liveSession(keeping, context.clock.now()), tenant);
    const inspected = await create();
    await showThenSettle(remember(inspected), (kept) => showing(inspected, kept));
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
  show: (remembered: Result | undefined) => void | Promise<void>,
): Promise<void> {
  const outcome = await remembering.then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  );
  if ('result' in outcome) return show(outcome.result);
  try {
    await show(undefined);
  } finally {
    // biome-ignore lint/correctness/noUnsafeFinally: that they are not kept is the worse of two failures
    throw outcome.error;
  }
}
