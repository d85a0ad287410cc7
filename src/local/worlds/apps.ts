import { sampleApp } from '../../wire/sample.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { TenantWorld, WorldApp, WorldPath } from '../../wire/tenant-world.ts';
import { newClient } from '../state/client.ts';
import type { StoreReader } from '../store/store.ts';
import type { WorldDraft } from './draft.ts';

/** Puts the applications of a world, and returns the client of each by its reference. */
export async function putApps(
  draft: WorldDraft,
  { apps, claims }: TenantWorld,
): Promise<ReadonlyMap<string, JsonObject>> {
  const clients = new Map<string, JsonObject>();
  for (const app of apps) {
    const path = ['apps', app.reference];
    const before = await existing(draft, app, path);
    const base = before ?? madeFor(draft, app);
    const settled = withNames(app, withSettings(draft, app, base));
    const after = app.enabled ? withClaims(draft, claims, settled) : settled;
    if (await isTaken(draft, before, after, path)) continue;
    if (before && before.client_id !== after.client_id) await moveClient(draft, before, after);
    // Under another id, it is another document.
    const same = before?.client_id === after.client_id ? before : undefined;
    const subject = { kind: 'app', name: app.reference } as const;
    if (before && !same) draft.note(subject, 'updated');
    draft.put('client', String(after.client_id), after, same, subject);
    checkConformance(draft, after, path);
    clients.set(app.reference, after);
  }
  return clients;
}

/** The applications of a tenant that guests may have. */
export async function clientsOf(reader: StoreReader): Promise<readonly JsonObject[]> {
  return (await reader.list('client')).filter((client) => client.global !== true);
}

/** The client with a client id, or else with a name, which several may have. */
export async function clientNamed(reader: StoreReader, reference: string): Promise<readonly JsonObject[]> {
  const all = await clientsOf(reader);
  const byId = all.filter((client) => client.client_id === reference);
  return byId.length > 0 ? byId : all.filter(({ name }) => name === reference);
}

async function existing(
  { writer, refuse }: WorldDraft,
  app: WorldApp,
  path: WorldPath,
): Promise<JsonObject | undefined> {
  const pinned = app.clientId === undefined ? [] : await clientNamed(writer, app.clientId);
  const found = pinned.length > 0 ? pinned : await clientNamed(writer, app.reference);
  if (found.length > 1) {
    const ids = found.map(({ client_id: id }) => String(id)).join(', ');
    refuse(path, `The tenant has ${found.length} applications with this name.`, `Use a client id as the key: ${ids}`);
  }
  return found[0];
}

function madeFor({ edition, randomFor }: WorldDraft, app: WorldApp): JsonObject {
  const type = app.type ?? (app.clientSecret === undefined ? sampleApp.app_type : 'regular_web');
  const isPublic = type === 'spa' || type === 'native';
  return newClient(randomFor(`app ${app.reference}`), edition, {
    name: app.reference,
    app_type: type,
    token_endpoint_auth_method: isPublic ? 'none' : 'client_secret_post',
    oidc_conformant: true,
  });
}

function withSettings({ edition }: WorldDraft, app: WorldApp, before: JsonObject): JsonObject {
  const { enabled, oidcConformant, type, origins, callbacks, logoutUrls } = app;
  const allowed = before.allowed_origins;
  return {
    ...before,
    ...(type !== undefined && { app_type: type }),
    ...(oidcConformant !== undefined && { oidc_conformant: oidcConformant }),
    ...(origins && { web_origins: [...origins] }),
    // Pages at these may call the guest endpoints, too.
    ...(origins && Array.isArray(allowed) && { allowed_origins: allowed.filter((one) => origins.includes(one)) }),
    ...(callbacks && { callbacks: [...callbacks] }),
    ...(logoutUrls && { allowed_logout_urls: [...logoutUrls] }),
    ...edition.client.write({ enabled }, before),
  };
}

function withNames({ reference, clientId, clientSecret }: WorldApp, before: JsonObject): JsonObject {
  return {
    ...before,
    ...(reference !== (clientId ?? before.client_id) && { name: reference }),
    ...(clientId !== undefined && { client_id: clientId }),
    ...(clientSecret !== undefined && { client_secret: clientSecret }),
  };
}

function withClaims({ edition, refuse }: WorldDraft, claims: TenantWorld['claims'], client: JsonObject): JsonObject {
  if (!claims || edition.claims.heldBy !== 'application') return client;
  if (claims.length > edition.claims.maxClaims) {
    refuse(['claims'], `Edition ${edition.name} maps at most ${edition.claims.maxClaims} claims.`);
  }
  return { ...client, ...edition.claims.write(claims, client) };
}

/** Two keys of the file may mean one application. */
async function isTaken(
  { writer, refuse }: WorldDraft,
  before: JsonObject | undefined,
  after: JsonObject,
  path: WorldPath,
): Promise<boolean> {
  if (before?.client_id === after.client_id) return false;
  const other = await writer.get('client', String(after.client_id));
  if (!other) return false;
  refuse([...path, 'client-id'], `Another application, ${String(other.name)}, has this client id.`);
  return true;
}

/** Gives an application another client id, and takes its grants and keys with it. */
async function moveClient({ writer, moved }: WorldDraft, before: JsonObject, after: JsonObject): Promise<void> {
  moved.push({ from: String(before.client_id), to: String(after.client_id) });
  writer.remove('client', String(before.client_id));
  const where = { lookup: 'client_id', value: String(before.client_id) };
  for (const kind of ['client_grant', 'client_credential'] as const) {
    for (const document of await writer.list(kind, where)) {
      writer.put(kind, String(document.id), { ...document, client_id: after.client_id });
    }
  }
}

function checkConformance({ edition, refuse }: WorldDraft, client: JsonObject, path: WorldPath): void {
  if (!edition.needsOidcConformance || !edition.client.read(client).enabled || client.oidc_conformant === true) return;
  refuse(
    [...path, 'enabled'],
    `In edition ${edition.name}, only an OIDC-conformant application may create guest sessions.`,
    'Add to it: oidc-conformant: true',
  );
}
