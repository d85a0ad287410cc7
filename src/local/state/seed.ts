import type { Edition, EditionName } from '../../wire/edition/edition.ts';
import { editionNamed } from '../../wire/edition/editions.ts';
import { managementAudience } from '../../wire/oauth.ts';
import { sampleApi, sampleApp, sampleCallbacks, sampleOrigins } from '../../wire/sample.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { type Random, randomName, seededRandom } from '../random.ts';
import type { Store, StoreReader, StoreWriter } from '../store/store.ts';
import type { KeyMaker } from '../tokens/keys.ts';
import { newClient } from './client.ts';
import { editionOf } from './edition.ts';
import { issuerOf } from './issuer.ts';
import { putSeededRandomness } from './random-source.ts';
import { newResourceServer } from './resource-server.ts';
import { managementScopes, upgradeMark } from './upgrade.ts';

interface Seeding {
  readonly store: Store;
  readonly random: Random;
  readonly keys: KeyMaker;
  /** The issuer of an empty state. */
  readonly issuer: string;
  /** The edition; by default `preview` for an empty state, and unchanged for any other. */
  readonly edition?: EditionName | undefined;
  /** For tests: everything follows from this number, instead of `random` and `keys`. */
  readonly seedRandom?: number | undefined;
}

/** Fills an empty state. When several processes find it empty at once, one of them wins. */
export async function seed({ store, issuer, edition = 'preview', ...seeding }: Seeding): Promise<void> {
  if (await isSeeded(store)) return;
  const made = await madeFrom(seeding);
  await store.write(async (writer) => {
    if (!(await isSeeded(writer))) putSeed(writer, { ...made, issuer, edition: editionNamed(edition) });
  });
}

/**
 * Empties a state and fills it again, with new keys, in one transaction. It keeps its issuer, and its edition unless
 * another is given.
 */
export async function reseed({ store, ...seeding }: Seeding): Promise<void> {
  await store.write(await reseeding(seeding));
}

/** The same as a part of a transaction: the keys, which take a while to make, are made before it. */
export async function reseeding({
  issuer,
  edition,
  ...seeding
}: Omit<Seeding, 'store'>): Promise<(writer: StoreWriter) => Promise<void>> {
  const made = await madeFrom(seeding);
  return async (writer) => {
    const nextEdition = edition ? editionNamed(edition) : await editionOf(writer);
    const nextIssuer = (await issuerOf(writer)) ?? issuer;
    writer.clear();
    putSeed(writer, { ...made, issuer: nextIssuer, edition: nextEdition });
  };
}

/** The keys, and the randomness for each attempt to write: an attempt that fails must not change the next. */
async function madeFrom({
  random,
  keys,
  seedRandom,
}: Pick<Seeding, 'random' | 'keys' | 'seedRandom'>): Promise<Pick<Seed, 'material' | 'randomness' | 'seedRandom'>> {
  if (seedRandom === undefined) return { material: { ...(await keys()) }, randomness: () => random, seedRandom };
  const { seededKeys } = await import('../tokens/seeded-keys.ts');
  return {
    material: { ...(await seededKeys(seedRandom)) },
    randomness: () => seededRandom(seedRandom, 'new state'),
    seedRandom,
  };
}

async function isSeeded(store: StoreReader): Promise<boolean> {
  return (await store.get('tenant', 'settings')) !== undefined;
}

interface Seed {
  readonly randomness: () => Random;
  readonly seedRandom: number | undefined;
  readonly issuer: string;
  readonly material: JsonObject;
  readonly edition: Edition;
}

function putSeed(writer: StoreWriter, { randomness, seedRandom, issuer, material, edition }: Seed): void {
  const random = randomness();
  if (seedRandom !== undefined) putSeededRandomness(writer, seedRandom);
  writer.put('tenant', 'settings', settingsSeed(edition));
  writer.put('tenant', 'upgrade', upgradeMark(edition));
  writer.put('key', 'current', material);
  const global = newClient(random, edition, { name: 'All Applications', global: true });
  const app = newClient(random, edition, {
    ...sampleApp,
    token_endpoint_auth_method: 'none',
    web_origins: [...sampleOrigins],
    allowed_origins: [...sampleOrigins],
    callbacks: [...sampleCallbacks],
    allowed_logout_urls: [...sampleCallbacks],
    // Like an application from the service's dashboard: only anonymous sessions remain to be enabled.
    ...(edition.needsOidcConformance && { oidc_conformant: true }),
  });
  for (const client of [global, app]) writer.put('client', String(client.client_id), client);
  const management = newResourceServer(random, edition, {
    name: 'Auth0 Management API',
    identifier: managementAudience(issuer),
    is_system: true,
    scopes: managementScopes.map((value) => ({ value })),
  });
  const api = newResourceServer(random, edition, {
    name: sampleApi.name,
    identifier: sampleApi.identifier,
    scopes: [...sampleApi.scopes],
  });
  for (const server of [management, api]) writer.put('resource_server', String(server.id), server);
  // Every tenant has a global client, which lists of applications leave out. This tool signs in as it.
  const grant = {
    id: `cgr_${randomName(random, 16)}`,
    client_id: global.client_id,
    audience: management.identifier,
    scope: [...managementScopes],
    subject_type: 'client',
    is_system: true,
  };
  writer.put('client_grant', grant.id, grant);
}

function settingsSeed(edition: Edition): JsonObject {
  const settings = {
    friendly_name: 'Local tenant',
    default_audience: '',
    enabled_locales: ['en'],
    flags: {},
    session_lifetime: 168,
    idle_session_lifetime: 72,
    sessions: { oidc_logout_prompt_enabled: true },
    oidc_logout: { rp_logout_end_session_endpoint_discovery: true },
  };
  return { ...settings, ...edition.newTenant };
}
