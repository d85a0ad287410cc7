import type { Edition } from '../../wire/edition/edition.ts';
import { numberOr, objectOf } from '../../wire/edition/members.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { StoreReader, StoreWriter } from '../store/store.ts';
import type { KeyMaterial } from '../tokens/keys.ts';
import { editionOf } from './edition.ts';

/** How long an API's tokens live without a setting, in seconds. Whatever the settings say, a key's tokens may have lived as long. */
const defaultSeconds = 86_400;

/** How long the tokens for an API may live, in seconds. */
export function apiLifetime({ resourceServer, guestTokenLifetime }: Edition, server: JsonObject): number {
  const guests = resourceServer.read(server).tokenLifetimeSeconds ?? guestTokenLifetime.defaultSeconds;
  return Math.max(numberOr(server.token_lifetime, defaultSeconds), guests);
}

/** How long the ID tokens of an application live, in seconds. */
export function idTokenLifetime(client: JsonObject): number {
  return numberOr(objectOf(client.jwt_configuration).lifetime_in_seconds, 36_000);
}

/** How long signed session tokens live, in seconds: 0 where they are encrypted, infinite where they never end. */
export function sessionLifetime({ tenant }: Edition, settings: JsonObject): number {
  const { tokenFormat, lifetimeSeconds } = tenant.read(settings);
  if (tokenFormat !== 'jwt') return 0;
  return lifetimeSeconds === 0 ? Number.POSITIVE_INFINITY : lifetimeSeconds;
}

/**
 * How long any token that the tenant has signed with its current key may live, in seconds: by its present settings, and by
 * those that {@link noteLifetime} has written down. Infinite where some never end.
 */
export async function longestLifetime(store: StoreReader): Promise<number> {
  const edition = await editionOf(store);
  const lifetimes = [
    notedIn((await store.get('key', 'current')) as KeyMaterial | undefined),
    sessionLifetime(edition, (await store.get('tenant', 'settings')) ?? {}),
    ...(await store.list('resource_server')).map((server) => apiLifetime(edition, server)),
    ...(await store.list('client')).map(idTokenLifetime),
  ];
  return lifetimes.reduce((longest, seconds) => Math.max(longest, seconds), 0);
}

/**
 * To be called in the commit that shortens a lifetime or deletes what has one: tokens with the earlier lifetime may still be
 * out there when the key is rotated.
 */
export async function noteLifetime(writer: StoreWriter, before: number, after = 0): Promise<void> {
  if (after >= before) return;
  const keys = (await writer.get('key', 'current')) as KeyMaterial | undefined;
  if (!keys || before <= notedIn(keys)) return;
  const longest = Number.isFinite(before) ? before : null;
  writer.put('key', 'current', { ...keys, signing: { ...keys.signing, longest_seconds: longest } });
}

function notedIn(keys: KeyMaterial | undefined): number {
  const noted = keys?.signing.longest_seconds;
  return noted === null ? Number.POSITIVE_INFINITY : Math.max(defaultSeconds, noted ?? 0);
}
