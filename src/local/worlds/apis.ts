import { guestSubject } from '../../wire/client-grant.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { TenantWorld, WorldApi, WorldPath } from '../../wire/tenant-world.ts';
import { definedScopes, findGrant, findServer } from '../clients/grants.ts';
import { randomName } from '../random.ts';
import { newResourceServer, withEditionMembers } from '../state/resource-server.ts';
import { clientNamed } from './apps.ts';
import type { WorldDraft } from './draft.ts';

type Clients = ReadonlyMap<string, JsonObject>;

/** Puts the APIs of a world, with the scopes of guests. */
export async function putApis(draft: WorldDraft, world: TenantWorld, clients: Clients): Promise<void> {
  const enabled = world.apps
    .filter((app) => app.enabled)
    .flatMap(({ reference }) => {
      const client = clients.get(reference);
      return client ? [client] : [];
    });
  for (const api of world.apis) {
    const path = ['apis', api.audience];
    const before = await findServer(draft.writer, api.audience);
    if (before?.is_system === true) {
      draft.refuse(path, 'The Management API is part of every tenant, and no world changes it.');
      continue;
    }
    checkScopes(draft, api, path);
    const after = withClaims(draft, world, api, withSettings(draft, api, before ?? madeFor(draft, api), path));
    const subject = { kind: 'api', name: api.audience } as const;
    draft.put('resource_server', String(after.id), after, before, subject);
    if (draft.edition.grantsScopes) await putGrants(draft, api, after, { enabled, clients });
  }
}

/** All scopes that guests of any application get. */
function scopesOfGuests({ scopes = [], apps }: WorldApi): string[] {
  return [...new Set([...scopes, ...apps.flatMap((app) => app.scopes)])];
}

function checkScopes({ refuse }: WorldDraft, api: WorldApi, path: WorldPath): void {
  const { definedScopes: defined, scopes = [], apps } = api;
  if (!defined) return;
  const lists = [
    { at: [...path, 'scopes'], scopes },
    ...apps.map((app) => ({ at: [...path, 'apps', app.reference], scopes: app.scopes })),
  ];
  for (const { at, scopes: listed } of lists) {
    for (const [index, scope] of listed.entries()) {
      if (defined.includes(scope)) continue;
      refuse([...at, index], `'${scope.slice(0, 60)}' is not in defined-scopes.`, `They are: ${defined.join(', ')}`);
    }
  }
}

function madeFor({ edition, randomFor }: WorldDraft, { audience, name = audience }: WorldApi): JsonObject {
  return newResourceServer(randomFor(`api ${audience}`), edition, { name, identifier: audience, scopes: [] });
}

function withSettings(draft: WorldDraft, api: WorldApi, before: JsonObject, path: WorldPath): JsonObject {
  const { edition } = draft;
  const { name, open: enabled, tokenLifetimeSeconds } = api;
  const scopes = edition.grantsScopes ? undefined : commonScopes(draft, api, path);
  const next = {
    ...before,
    ...(name !== undefined && { name }),
    scopes: scopeObjects(before, api),
    ...edition.resourceServer.write({ enabled, tokenLifetimeSeconds, scopes }, before),
  };
  return withEditionMembers(edition, next, before);
}

/** The API's scopes, with the descriptions that they had. */
function scopeObjects(before: JsonObject, api: WorldApi): JsonObject[] {
  const known = (before.scopes as { readonly value: string }[] | undefined) ?? [];
  const values = api.definedScopes ?? [...new Set([...definedScopes(before), ...scopesOfGuests(api)])];
  return values.map((value) => ({ ...(known.find((scope) => scope.value === value) ?? { value }) }));
}

/** In an edition with one list for the guests of all applications: that list. */
function commonScopes({ edition, refuse }: WorldDraft, { scopes, apps }: WorldApi, path: WorldPath) {
  const common = scopes ?? apps[0]?.scopes;
  const other = apps.find((app) => !common || !hasSame(app.scopes, common));
  if (other) {
    refuse(
      [...path, 'apps', other.reference],
      `In edition ${edition.name}, the guests of all applications have the same scopes.`,
      'Give one list: scopes',
    );
  }
  return common;
}

function hasSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((one) => others.includes(one));
}

function withClaims({ edition, refuse }: WorldDraft, { claims }: TenantWorld, api: WorldApi, server: JsonObject) {
  if (!claims || !api.open || edition.claims.heldBy !== 'api') return server;
  if (claims.length > edition.claims.maxClaims) {
    refuse(['claims'], `Edition ${edition.name} maps at most ${edition.claims.maxClaims} claims.`);
  }
  return { ...server, ...edition.claims.write(claims, server) };
}

/** One grant for the guests of each application that has scopes. */
async function putGrants(
  draft: WorldDraft,
  api: WorldApi,
  server: JsonObject,
  { enabled, clients }: { readonly enabled: readonly JsonObject[]; readonly clients: Clients },
): Promise<void> {
  const wanted = new Map<JsonObject, readonly string[]>();
  if (api.scopes) for (const client of enabled) wanted.set(client, api.scopes);
  for (const { reference, scopes } of api.apps) {
    const client = clients.get(reference) ?? (await clientNamed(draft.writer, reference))[0];
    if (client) wanted.set(client, scopes);
    else draft.refuse(['apis', api.audience, 'apps', reference], 'The tenant has no such application.');
  }
  for (const [client, scopes] of wanted) await putGrant(draft, client, server, scopes);
}

async function putGrant(
  draft: WorldDraft,
  client: JsonObject,
  { identifier: audience }: JsonObject,
  scope: readonly string[],
): Promise<void> {
  const before = await findGrant(draft.writer, { clientId: client.client_id, audience, subject: guestSubject });
  const id = String(before?.id ?? `cgr_${randomName(draft.randomFor(`grant ${client.name} ${audience}`), 16)}`);
  const { allow_all_scopes: _, ...rest } = before ?? { id, client_id: client.client_id, audience };
  const after = { ...rest, scope: [...scope], subject_type: guestSubject };
  draft.put('client_grant', id, after, before, { kind: 'api', name: String(audience) });
}
