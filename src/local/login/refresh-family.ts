import { isJsonObject, type JsonObject } from '../../wire/schema.ts';
import { oauthRefusal } from '../http/refusal.ts';
import type { Moment } from '../scope.ts';
import type { Store, StoreReader, StoreWriter } from '../store/store.ts';
import { isAccessToken } from './access-token.ts';
import { findActiveUser } from './active-user.ts';
import type { Authorization } from './authorization.ts';
import { type RefreshToken, readRefreshToken } from './refresh-token.ts';
import { readAuthorization, savedAuthorization } from './saved-authorization.ts';

/** In seconds. @see https://auth0.com/docs/secure/tokens/refresh-tokens/configure-refresh-token-expiration */
const defaultLifetimeSeconds = 2_592_000;
const defaultIdleLifetimeSeconds = 1_296_000;

interface RefreshSettings {
  readonly rotates: boolean;
  /** How long the token before the last one stays usable, in seconds. */
  readonly leewaySeconds: number;
  /** Undefined for ever. */
  readonly lifetimeSeconds: number | undefined;
  readonly idleLifetimeSeconds: number | undefined;
}

function settingsOf({ refresh_token: saved }: JsonObject): RefreshSettings {
  const settings = isJsonObject(saved) ? saved : {};
  const expires = settings.expiration_type === 'expiring';
  const numberOr = (value: unknown, preset: number) => (typeof value === 'number' ? value : preset);
  return {
    rotates: settings.rotation_type === 'rotating',
    leewaySeconds: numberOr(settings.leeway, 0),
    lifetimeSeconds:
      expires && settings.infinite_token_lifetime !== true
        ? numberOr(settings.token_lifetime, defaultLifetimeSeconds)
        : undefined,
    idleLifetimeSeconds:
      expires && settings.infinite_idle_token_lifetime !== true
        ? numberOr(settings.idle_token_lifetime, defaultIdleLifetimeSeconds)
        : undefined,
  };
}

/** Saves a new family: the refresh tokens that follow each other from one login. */
export function putFamily(
  writer: StoreWriter,
  nowSeconds: number,
  {
    id,
    client,
    authorization,
  }: { readonly id: string; readonly client: JsonObject; readonly authorization: Authorization },
): RefreshToken {
  const { lifetimeSeconds } = settingsOf(client);
  const family = {
    id,
    // A refreshed ID token has no nonce. @see OpenID Connect Core, section 12.2
    ...savedAuthorization({ ...authorization, nonce: undefined }),
    counter: 0,
    created_at: nowSeconds,
    ...(lifetimeSeconds !== undefined && { ends_at: nowSeconds + lifetimeSeconds }),
  };
  writer.put('refresh_token', id, { ...family, ...expiryOf(family, client, nowSeconds) });
  return { id, counter: 0 };
}

/** When a family ends, from its use now: its end, which never moves, or earlier if nobody uses it. */
function expiryOf(family: JsonObject, client: JsonObject, nowSeconds: number): { expires_at?: number } {
  const { idleLifetimeSeconds } = settingsOf(client);
  const ends = [family.ends_at, idleLifetimeSeconds === undefined ? undefined : nowSeconds + idleLifetimeSeconds];
  const known = ends.filter((end) => typeof end === 'number');
  return known.length > 0 ? { expires_at: Math.min(...known) } : {};
}

export interface UsableFamily {
  readonly authorization: Authorization;
  readonly user: JsonObject;
  /** What the answer carries; undefined without rotation. */
  readonly next: RefreshToken | undefined;
  /** The family after this use. */
  readonly after: JsonObject;
}

/**
 * What a refresh token gives its application now. `reused` for an earlier token of the family, which somebody has stolen;
 * undefined for one that is unknown, expired or another application's, or whose user was deleted or blocked.
 */
export async function findFamily(
  store: StoreReader,
  nowSeconds: number,
  { token, client }: { readonly token: RefreshToken; readonly client: JsonObject },
): Promise<UsableFamily | 'reused' | undefined> {
  const family = await store.get('refresh_token', token.id);
  if (!family || family.client_id !== client.client_id) return undefined;
  if (typeof family.expires_at === 'number' && family.expires_at <= nowSeconds) return undefined;
  const counter = Number(family.counter);
  if (token.counter > counter) return undefined;
  const { rotates, leewaySeconds } = settingsOf(client);
  const isLast = token.counter === counter;
  const rotatedSeconds = nowSeconds - Number(family.rotated_at);
  if (!isLast && !(token.counter === counter - 1 && rotatedSeconds < leewaySeconds)) return 'reused';
  const authorization = readAuthorization(family);
  const user = await findActiveUser(store, authorization.userId);
  if (!user) return undefined;
  // Within the leeway the answer has the token that the first one had.
  const isRotated = rotates && isLast;
  const { expires_at: _, ...lasting } = family;
  return {
    authorization,
    user,
    next: rotates ? { id: token.id, counter: isRotated ? counter + 1 : counter } : undefined,
    after: {
      ...lasting,
      ...(isRotated && { counter: counter + 1, rotated_at: nowSeconds }),
      ...expiryOf(family, client, nowSeconds),
    },
  };
}

/**
 * Revokes a refresh token and all of its family. As in the service, a token that is unknown or another application's changes
 * nothing. Assumed: access tokens, which cannot be revoked, are refused. @see RFC 7009, section 2
 * @throws {Refusal} unsupported_token_type
 */
export async function revokeToken(store: Store, moment: Moment, client: JsonObject, token: string): Promise<void> {
  const refreshToken = readRefreshToken(moment, token);
  if (!refreshToken) {
    if (!isAccessToken(moment, token)) return;
    throw oauthRefusal(400, 'unsupported_token_type', 'Only refresh tokens can be revoked.');
  }
  await store.write(async (writer) => {
    const family = await writer.get('refresh_token', refreshToken.id);
    if (family?.client_id === client.client_id) writer.remove('refresh_token', refreshToken.id);
  });
}
