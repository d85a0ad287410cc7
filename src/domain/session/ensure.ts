import { isAnonError } from '../../errors.ts';
import { exactJson } from '../../wire/exact-json.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { App } from '../app/app.ts';
import { requestingApp } from '../app/find.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { editionOf } from '../exchange/management/request.ts';
import type { Profile } from '../profile/profile.ts';
import { isOutdated } from './access-token.ts';
import { createAndSave, type SaveAs } from './create.ts';
import { type DecodedTokens, decodeTokens } from './decoded-tokens.ts';
import type { GuestTokens } from './request-tokens.ts';
import { isAccessTokenFresh, isExpired, type SavedSession, secondsUntil } from './saved-session.ts';
import { failureOf, type SessionPorts, saveExpiry, type TokenOutcome, type TokenPorts } from './target.ts';
import { type CreationRequest, withSecret } from './token-request.ts';
import { continueSession } from './update.ts';

/** What the session must be for, and how to get tokens for it. */
export interface SessionNeeded {
  readonly app: App;
  readonly api: CreationRequest['api'];
  /** Only sent for a new guest. */
  readonly metadata: JsonObject | undefined;
  readonly clientSecret: string | undefined;
  /** Scopes have just changed, so that a saved access token is outdated. */
  readonly changed: boolean;
}

/** A session for an application and an API: saved and unchanged, saved and renewed, or a new guest's. */
export interface EnsuredSession extends Pick<TokenOutcome, 'decoded' | 'audience' | 'saveFailure'> {
  /** Its saved name; undefined if it is not saved. */
  readonly name: string | undefined;
  readonly origin: 'kept' | 'renewed' | 'created';
  /** The unexpired session that a new one replaced. */
  readonly replaced?: SavedSession | undefined;
}

interface Access {
  readonly tenant: TenantConnection;
  readonly profile: Profile;
}

/** A saved session of this application and API. */
interface Saved {
  readonly name: string;
  readonly session: SavedSession;
}

/**
 * The saved session of this application and API if it has not expired, so that setup can run again with the same guest;
 * otherwise a new guest's.
 */
export async function ensureSession(
  ports: TokenPorts,
  access: Access,
  needed: SessionNeeded,
  as: SaveAs | undefined,
): Promise<EnsuredSession> {
  const saved = as && (await savedSession(as, needed, ports.clock.now()));
  const continued = saved && (await continueSaved({ ...ports, sessions: as.sessions }, access, needed, saved));
  if (continued) return continued;
  const { api, metadata, clientSecret } = needed;
  const app = withSecret(await requestingApp(access.tenant, needed.app), clientSecret);
  const request = { app, api, scope: undefined, metadata, userId: undefined };
  const created = await createAndSave(ports, access.tenant, request, as);
  return { ...created, name: created.saved?.name, origin: 'created', replaced: created.saved?.replaced };
}

/** The current session, otherwise the one that a new session would replace. */
async function savedSession(
  { sessions, name: unnamed }: SaveAs,
  { app, api }: SessionNeeded,
  nowMs: number,
): Promise<Saved | undefined> {
  for (const name of new Set([await sessions.current(), unnamed])) {
    const session = await sessions.get(name);
    if (session?.clientId === app.clientId && session.audience === api.audience && !isExpired(session, nowMs)) {
      return { name, session };
    }
  }
  return undefined;
}

/** Undefined if the tenant no longer accepts the session. */
async function continueSaved(
  ports: SessionPorts,
  access: Access,
  { metadata, clientSecret, changed }: SessionNeeded,
  { name, session: before }: Saved,
): Promise<EnsuredSession | undefined> {
  const { sessions, clock } = ports;
  const { tenant } = access;
  if (!changed && isAccessTokenFresh(before, clock.now()) && !isOutdated(access, before)) {
    await sessions.use(name);
    await warnOfMetadata(ports, tenant, metadata, before);
    return { decoded: await savedTokens(tenant, before), audience: before.audience, name, origin: 'kept' };
  }
  return sessions.exclusively(name, async () => {
    const now = (await sessions.get(name)) ?? before;
    const renewed = await continueSession(ports, tenant, { before: now, options: { clientSecret } }).catch(
      async (error: unknown) => {
        await saveExpiry(ports, { name, selection: '', saves: true }, now, error);
        if (isAnonError(error) && error.code === 'token_unacceptable') return undefined;
        throw error;
      },
    );
    if (!renewed) return undefined;
    const { session } = renewed;
    const save = async () => {
      if (session) await sessions.put(name, session);
      await sessions.use(name);
    };
    await warnOfMetadata(ports, tenant, metadata, session ?? now);
    return { ...renewed, saveFailure: await failureOf(save()), name, origin: 'renewed' };
  });
}

/** Saved tokens in the form of a tenant's answer. */
async function savedTokens(tenant: TenantConnection, session: SavedSession): Promise<DecodedTokens> {
  const nowMs = tenant.clock.now();
  const sessionSeconds = tenant.edition === 'ea' ? secondsUntil(session.sessionEndsAtMs, nowMs) : undefined;
  const tokens: GuestTokens = {
    sessionToken: session.sessionToken,
    accessToken: session.accessToken,
    tokenType: session.tokenType ?? 'Bearer',
    expiresInSeconds: secondsUntil(session.accessEndsAtMs, nowMs) ?? 0,
    sessionExpiresInSeconds: sessionSeconds ?? undefined,
    scope: session.scope,
  };
  const decoded = await decodeTokens(tenant, tokens);
  const granted = decoded.access.claims?.scope;
  return { ...decoded, tokens: { ...tokens, scope: typeof granted === 'string' ? granted : session.scope } };
}

/** Metadata is only for a new guest: warns that it was not sent, unless the session already has it. */
async function warnOfMetadata(
  { warn }: TokenPorts,
  tenant: TenantConnection,
  metadata: JsonObject | undefined,
  session: SavedSession,
): Promise<void> {
  if (!metadata || hasAll(session.metadata, metadata)) return;
  const replace = (await editionOf(tenant)).updatesMetadata ? '' : ' --replace';
  warn(
    '--meta was not sent: it applies only to a new session, and setup reused the saved one. ' +
      `To change its metadata: anon-cli token update${replace} --meta <key=value>${tenant.selection}`,
  );
}

function hasAll(all: JsonObject | undefined, part: JsonObject): boolean {
  return Object.entries(part).every(([key, value]) => exactJson(all?.[key]) === exactJson(value));
}
