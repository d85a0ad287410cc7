import { isDeepStrictEqual } from 'node:util';
import { detectEdition } from '../../wire/edition/edition.ts';
import { sampleCallbacks, sampleOrigins } from '../../wire/sample.ts';
import type { JsonObject } from '../../wire/schema.ts';
import {
  type CarriedDocument,
  type CarriedKind,
  carriedKinds,
  type TenantExport,
  tenantExportFormat,
  tenantExportVersion,
} from '../../wire/tenant-export.ts';
import { systemRandom } from '../random.ts';
import { cachedStore } from '../store/cached-store.ts';
import { memoryDatabase } from '../store/memory.ts';
import type { Store, StoreReader, StoreWriter } from '../store/store.ts';
import type { KeyMaterial } from '../tokens/keys.ts';
import { issuerOf } from './issuer.ts';
import { randomnessId } from './random-source.ts';
import { seed } from './seed.ts';
import { upgrade } from './upgrade.ts';

/** The whole state at one point in time, for another database. What was used once is not carried: it ends in minutes. */
export async function exportState(store: Store): Promise<TenantExport> {
  return store.snapshot(readExport);
}

/** The same, for a reader of a state that nobody writes. */
export async function readExport(reader: StoreReader): Promise<TenantExport> {
  const documents = await documentsOf(reader);
  const [settings] = documents.tenant;
  return {
    format: tenantExportFormat,
    version: tenantExportVersion,
    edition: detectEdition(settings?.document ?? {}),
    issuer: String(await issuerOf(reader)),
    documents,
  };
}

async function documentsOf(reader: StoreReader): Promise<TenantExport['documents']> {
  const one = async (kind: CarriedKind, id: string): Promise<CarriedDocument[]> => {
    const document = await reader.get(kind, id);
    return document ? [{ id, document }] : [];
  };
  const all = async (kind: CarriedKind, member = 'id'): Promise<CarriedDocument[]> =>
    (await reader.list(kind)).map((document) => ({ id: String(document[member]), document }));
  return {
    tenant: await one('tenant', 'settings'),
    key: await one('key', 'current'),
    client: await all('client', 'client_id'),
    resource_server: await all('resource_server'),
    client_grant: await all('client_grant'),
    client_credential: await all('client_credential'),
    user: await all('user', 'user_id'),
    action: await all('action'),
    refresh_token: await all('refresh_token'),
  };
}

/**
 * Replaces the whole state by a checked export, in one commit. Returns whether the keys are others than before, so that no
 * token issued before is valid any longer.
 */
export async function importState(
  store: Store,
  { documents }: TenantExport,
  alsoPut: (writer: StoreWriter) => void = () => {},
): Promise<{ readonly newKeys: boolean }> {
  const newKeys = await store.write(async (writer) => {
    const before = await writer.get('key', 'current');
    const randomness = await writer.get('tenant', randomnessId);
    writer.clear();
    for (const kind of carriedKinds) for (const { id, document } of documents[kind]) writer.put(kind, id, document);
    alsoPut(writer);
    const newKeys = !acceptsTokensOf(documents.key[0]?.document, before);
    // A seed goes with the keys that follow from it.
    if (randomness && !newKeys) writer.put('tenant', randomnessId, randomness);
    return newKeys;
  });
  // The export may come from an earlier version.
  await upgrade(store);
  return { newKeys };
}

/** Whether the tokens that were made with the current keys of one state are valid with the keys of another. */
function acceptsTokensOf(after: JsonObject | undefined, before: JsonObject | undefined): boolean {
  if (!after || !before) return false;
  const [{ signing, session, previous }, made] = [after, before] as unknown as [KeyMaterial, KeyMaterial];
  const verifying = [signing, ...(previous?.signing ?? [])];
  const opening = [session, ...(previous?.session ?? [])];
  return (
    verifying.some(({ kid, jwk }) => kid === made.signing.kid && jwk.n === made.signing.jwk.n) &&
    opening.some(({ k }) => k === made.session.k)
  );
}

/** Whether nobody has changed anything since the tenant was created, so that nothing is lost when it is replaced. */
export async function isFresh(store: Store): Promise<boolean> {
  const { documents, edition, issuer } = await exportState(store);
  if (carriedKinds.some((kind) => documents[kind].length > 2)) return false;
  if (documents.key[0]?.document.previous !== undefined) return false;
  const other = cachedStore(memoryDatabase());
  const keys = async () => ({ signing: { kid: '', jwk: {} }, session: { k: '' } });
  await seed({ store: other, random: systemRandom(), keys, issuer, edition });
  const seeded = await documentsOf(other);
  return carriedKinds.every(
    (kind) => kind === 'key' || isDeepStrictEqual(likeAny(documents[kind]), likeAny(seeded[kind])),
  );
}

/** Documents without what is random in each tenant, and without what earlier versions did not give it. */
function likeAny(documents: readonly CarriedDocument[]): JsonObject[] {
  return documents.map(({ document: { id: _, client_id: __, client_secret: ___, ...rest } }) =>
    Object.fromEntries(Object.entries(rest).filter(([member, value]) => !isGiven(rest, member, value))),
  );
}

/** What only later versions give a new tenant. */
const givenLater: JsonObject = {
  web_origins: sampleOrigins,
  allowed_origins: sampleOrigins,
  callbacks: sampleCallbacks,
  allowed_logout_urls: sampleCallbacks,
  oidc_logout: { rp_logout_end_session_endpoint_discovery: true },
};

function isGiven(document: JsonObject, member: string, value: unknown): boolean {
  if (member === 'callbacks' && !('allowed_logout_urls' in document)) return isDeepStrictEqual(value, []);
  return isDeepStrictEqual(value, givenLater[member]);
}
