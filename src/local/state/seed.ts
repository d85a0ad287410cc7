import type { Edition, EditionName } from '../../wire/edition/edition.ts';
import { editionNamed } from '../../wire/edition/editions.ts';
import { managementAudience } from '../../wire/oauth.ts';
import { sampleApi, sampleApp, sampleCallbacks, sampleOrigins } from '../../wire/sample.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { type Random, randomName } from '../random.ts';
import type { Store, StoreReader, StoreWriter } from '../store/store.ts';
import type { KeyMaker } from '../tokens/keys.ts';
import { newClient } from './client.ts';
import { editionOf } from './edition.ts';
import { issuerOf } from './issuer.ts';
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
}

/** Fills an empty state. When several processes find it empty at once, one of them wins. */
export async function seed({ store, random, keys, issuer, edition = 'preview' }: Seeding): Promise<void> {
  if (await isSeeded(store)) return;
  const material = await keys();
  await store.write(async (writer) => {
    if (!(await isSeeded(writer)))
      putSeed(writer, { random, issuer, material: { ...material }, edition: editionNamed(edition) });
  });
}

/**
 * Empties a state and fills it again, with new keys, in one transaction. It keeps its issuer, and its edition unless
 * another is given.
 */
export async function reseed({ store, random, keys, issuer, edition }: Seeding): Promise<void> {
  const material = await keys();
  await store.write(async (writer) => {
    const nextEdition = edition ? editionNamed(edition) : await editionOf(writer);
    const nextIssuer = (await issuerOf(writer)) ?? issuer;
    writer.clear();
    putSeed(writer, { random, issuer: nextIssuer, material: { ...material }, edition: nextEdition });
  });
}

async function isSeeded(store: StoreReader): Promise<boolean> {
  return (await store.get('tenant', 'settings')) !== undefined;
}

interface Seed {
  readonly random: Random;
  readonly issuer: string;
  readonly material: JsonObject;
  readonly edition: Edition;
}

function putSeed(writer: StoreWriter, { random, issuer, material, edition }: Seed): void {
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
