import { mergeMetadata } from '../../wire/metadata.ts';
import { isJsonObject, type JsonObject } from '../../wire/schema.ts';
import type { RequestedApi } from '../api/find.ts';
import type { RequestingApp } from '../app/find.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { type DecodedToken, inspectToken } from '../token/decode.ts';
import type { KeyRing } from '../token/key-source.ts';
import { tenantKeyRing } from '../token/tenant-keys.ts';
import { expiryOf, hasAmbiguousTime } from '../token/times.ts';
import type { GuestTokens } from './request-tokens.ts';
import type { SavedSession } from './saved-session.ts';

/** Both tokens of a guest, decoded. */
export interface DecodedTokens {
  readonly tokens: GuestTokens;
  /** Undefined where the tenant gave none. */
  readonly session: DecodedToken | undefined;
  readonly access: DecodedToken;
  /** How far this machine's clock is behind the tenant's, in milliseconds. */
  readonly clockOffsetMs: number;
}

/** Decodes tokens with the keys on this machine, without a request: enough to save them. */
export async function decodeTokens(tenant: TenantConnection, tokens: GuestTokens): Promise<DecodedTokens> {
  const { sealKeys } = tenantKeyRing(tenant);
  const ports = { clock: tenant.time, keys: { sealKeys, signatureKeys: async () => [] } };
  return {
    tokens,
    session: tokens.sessionToken === undefined ? undefined : await inspectToken(ports, tokens.sessionToken),
    access: await inspectToken(ports, tokens.accessToken),
    clockOffsetMs: tenant.time.offsetMs() ?? 0,
  };
}

/** The same tokens with their signatures checked, which fetches the tenant's keys. */
export async function checkSignatures(tenant: TenantConnection, decoded: DecodedTokens): Promise<DecodedTokens> {
  const keys = tenantKeyRing(tenant);
  const { tokens, session, access } = decoded;
  return {
    ...decoded,
    session: session && (await checked(tenant, keys, tokens.sessionToken ?? '', session)),
    access: await checked(tenant, keys, tokens.accessToken, access),
  };
}

/** An encrypted token without a JWT inside has no signature: it is not opened twice. */
async function checked({ time }: TenantConnection, keys: KeyRing, text: string, token: DecodedToken) {
  return token.form === 'jws' || token.inner ? inspectToken({ clock: time, keys }, text) : token;
}

/** What was requested, and the decoded answer. */
export interface Obtained extends DecodedTokens {
  readonly request: {
    readonly app: Pick<RequestingApp, 'clientId' | 'name'>;
    readonly api: Pick<RequestedApi, 'audience' | 'name'>;
    readonly scope: string | undefined;
    readonly metadata?: JsonObject | undefined;
  };
  /** By this machine's clock, like every saved time. */
  readonly nowMs: number;
}

/**
 * The session to save, so that the next command needs nothing else. `before` is the same session as it was saved
 * before. Undefined when no session token is known.
 */
export function sessionToSave(obtained: Obtained, before?: SavedSession): SavedSession | undefined {
  const { request, tokens, nowMs } = obtained;
  const sessionToken = tokens.sessionToken ?? before?.sessionToken;
  if (sessionToken === undefined) return undefined;
  return {
    sessionToken,
    accessToken: tokens.accessToken,
    clientId: request.app.clientId,
    audience: request.api.audience,
    scope: request.scope,
    appName: request.app.name,
    apiName: request.api.name,
    guestId: guestIdOf(obtained) ?? before?.guestId,
    metadata: metadataNow(obtained, before),
    createdAtMs: before ? before.createdAtMs : nowMs,
    accessEndsAtMs: accessEnd(obtained),
    ...(isBearer(tokens) ? {} : { tokenType: tokens.tokenType }),
    sessionEndsAtMs: sessionEnd(obtained, before),
    replaced: before?.replaced,
  };
}

/** The guest id in the access token, otherwise in the session token; undefined where neither can be read. */
export function guestIdOf({ access, session }: Pick<Obtained, 'access' | 'session'>): string | undefined {
  return [access.claims?.sub, session?.claims?.user_id].find((id) => typeof id === 'string');
}

function isBearer({ tokenType }: GuestTokens): boolean {
  return tokenType.toLowerCase() === 'bearer';
}

/** When APIs stop accepting the access token: they read the token, not the answer that it came with. */
function accessEnd({ tokens, access, nowMs }: Obtained): number | undefined {
  const { accessToken, expiresInSeconds } = tokens;
  if (accessToken === '') return undefined;
  if (expiresInSeconds === undefined) return expiryOf(access);
  return nowMs + Math.min(expiresInSeconds, lifeOf(access) ?? expiresInSeconds) * 1000;
}

/** How many seconds a new token lives, whatever the difference between clocks. */
function lifeOf(token: DecodedToken): number | undefined {
  const [iat, exp] = ['iat', 'exp'].map((name) =>
    hasAmbiguousTime(token, name) ? undefined : token.times.find(({ claim }) => claim === name)?.at.getTime(),
  );
  return iat === undefined || exp === undefined ? undefined : (exp - iat) / 1000;
}

/** The metadata in the session token where that can be read, otherwise the saved metadata merged with what was sent. */
function metadataNow({ request, session }: Obtained, before: SavedSession | undefined): JsonObject | undefined {
  const reported = session?.claims?.metadata;
  if (isJsonObject(reported)) return reported;
  if (before) return before.metadata && mergeMetadata(before.metadata, request.metadata ?? {});
  return mergeMetadata({}, request.metadata ?? {});
}

function sessionEnd({ tokens, session, nowMs, clockOffsetMs }: Obtained, before: SavedSession | undefined) {
  if (tokens.sessionExpiresInSeconds !== undefined) return nowMs + tokens.sessionExpiresInSeconds * 1000;
  // A token without `exp` never expires; one whose `exp` makes no sense expires at an unknown time.
  if (session?.claims) return hasAmbiguousTime(session, 'exp') ? undefined : (expiryOf(session, clockOffsetMs) ?? null);
  // A new session token may be valid for longer than the one before it.
  return tokens.sessionToken === undefined ? before?.sessionEndsAtMs : undefined;
}
