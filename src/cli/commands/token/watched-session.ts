import { chooseRequestingApp } from '../../../domain/app/choose.ts';
import type { RememberedSession } from '../../../domain/ports.ts';
import { updateSession } from '../../../domain/session/create.ts';
import type { SessionEnds } from '../../../domain/session/renewal.ts';
import { type DecodedToken, decodeToken } from '../../../domain/token/decode.ts';
import { tenantKeyRing } from '../../../domain/token/tenant-keys.ts';
import { AnonError } from '../../../errors.ts';
import type { Context } from '../../context.ts';
import type { Access } from '../../tenant-access.ts';
import { remember, sessionToRemember } from './guest-tokens.ts';
import { withSecret } from './options.ts';

export interface KeptSession extends SessionEnds {
  readonly guestId: string | undefined;
  readonly session: RememberedSession;
}

/** The session that is remembered, and when it and its access token end. @throws {AnonError} `usage` when none is */
export async function keptSession(context: Context, { tenant, profile }: Access): Promise<KeptSession> {
  const session = await (await context.sessions()).get(profile.name);
  if (session) return withEnds({ tenant, profile }, session);
  throw new AnonError('usage', `No session is remembered for profile '${tenant.profile}'.`, {
    hint: `Create one: anon-cli token create${tenant.selection}`,
  });
}

/**
 * Renews the access token of the remembered session and remembers it, with no other process in between: one that has
 * just been renewed by another is taken as it is.
 * @throws {AnonError} as `updateSession`
 */
export async function renewKept(
  context: Context,
  access: Access,
  { before, clientSecret }: { before: KeptSession; clientSecret: string | undefined },
): Promise<KeptSession> {
  const { tenant, profile } = access;
  const sessions = await context.sessions();
  return sessions.exclusively(async () => {
    const kept = await keptSession(context, access);
    if (kept.session.accessToken !== before.session.accessToken) return kept;
    const { clientId, audience, scope, sessionToken } = kept.session;
    const app = await chooseRequestingApp(tenant, { named: undefined, chosen: { clientId, name: clientId } });
    const request = { app: withSecret(app, clientSecret), api: { audience, name: audience }, scope, sessionToken };
    const askedAtMs = tenant.clock.now();
    const tokens = await updateSession(tenant, { ...request, metadata: undefined });
    const session = sessionToRemember(tokens, request, kept.session) ?? kept.session;
    await remember(sessions, profile.name, session);
    const { sessionExpiresInSeconds: left } = tokens;
    const told = await withEnds(access, session);
    return {
      ...told,
      accessEndsAtMs: askedAtMs + tokens.expiresInSeconds * 1000,
      sessionEndsAtMs: left === undefined ? told.sessionEndsAtMs : askedAtMs + left * 1000,
    };
  });
}

/** When they end by what they say; that of a sealed session token only where its key is at hand. */
async function withEnds({ tenant }: Access, session: RememberedSession): Promise<KeptSession> {
  const { sealKeys } = tenantKeyRing(tenant);
  const ports = { clock: tenant.clock, keys: { sealKeys, signatureKeys: async () => [] } };
  const decode = (token: string) => decodeToken(ports, token).catch(() => undefined);
  const [access, whole] = [await decode(session.accessToken), await decode(session.sessionToken)];
  const guestId = access?.claims?.sub ?? whole?.claims?.user_id;
  return {
    session,
    guestId: typeof guestId === 'string' ? guestId : undefined,
    accessEndsAtMs: endOf(access),
    sessionEndsAtMs: endOf(whole),
  };
}

function endOf(token: DecodedToken | undefined): number | undefined {
  return token?.times.find(({ claim }) => claim === 'exp')?.at.getTime();
}
