import { isAnonError } from '../../errors.ts';
import { client, clientFields, clientPath, clientUrlsPath } from '../../wire/client.ts';
import type { Edition } from '../../wire/edition/edition.ts';
import { resourceServer, resourceServerPath } from '../../wire/resource-server.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { TenantSettingsBody } from '../../wire/tenant-settings.ts';
import type { Api } from '../api/api.ts';
import { type GuestGrant, guestGrants } from '../api/guest-grants.ts';
import { listEveryApi } from '../api/read.ts';
import type { App } from '../app/app.ts';
import { listApps } from '../app/read.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { editionOf, managementRequest } from '../exchange/management/request.ts';
import { readKnownSettings } from '../tenant/settings.ts';
import { type ConfigObject, grantBody, keyOf, tenantObject } from './objects.ts';
import { type Values, valuesIn } from './settings.ts';

/** An object at the tenant, with its settings for guests. */
export interface FoundObject {
  readonly object: ConfigObject;
  readonly values: Values;
  /** As the tenant returned it; undefined for a grant that does not exist. */
  readonly body: JsonObject | undefined;
}

/** Everything at a tenant that a configuration file may set, read in as many requests as its lists have pages. */
export interface TenantSnapshot {
  readonly issuer: string;
  readonly edition: Edition;
  /** Appended to a command in a hint so that it reaches this tenant. */
  readonly selection: string;
  readonly apps: readonly App[];
  /** The tenant's own APIs too, which can't be opened. */
  readonly apis: readonly Api[];
  readonly grants: readonly GuestGrant[];
  readonly settings: TenantSettingsBody;
}

/** @throws {AnonError} as the lists of applications, APIs and client grants */
export async function readSnapshot(tenant: TenantConnection): Promise<TenantSnapshot> {
  const edition = await editionOf(tenant);
  // So that none of the requests has to ask for the edition again.
  const known = { ...tenant, edition: edition.name };
  const settings = await readKnownSettings(known, edition);
  const [apps, apis, grants] = await Promise.all([
    listApps(known),
    listEveryApi(known),
    guestGrants(known, edition, {}),
  ]);
  return { issuer: tenant.issuer, edition, selection: tenant.selection, apps, apis, grants, settings };
}

/**
 * Whether the lists of origins in a snapshot can be trusted: a tenant leaves out empty lists, and those that credentials may
 * not read. @throws {AnonError} `not_authorised` for credentials that may not read them
 */
export async function checkOriginsReadable(tenant: TenantConnection, apps: readonly App[]): Promise<void> {
  const unsure = apps.find(({ body }) => body.web_origins === undefined || body.web_origins === null);
  if (!unsure) return;
  await managementRequest(tenant, client, { method: 'GET', path: clientUrlsPath(unsure.clientId) });
}

/** The objects of a snapshot by {@link keyOf}: of grants, those that exist. */
export function objectsIn(snapshot: TenantSnapshot): Map<string, FoundObject> {
  const { edition, settings, apps, apis, grants } = snapshot;
  const found = [
    foundObject(edition, tenantObject, settings),
    ...apps.map(({ clientId, name, body }) => foundObject(edition, { kind: 'application', clientId, name }, body)),
    ...apis
      .filter(({ system }) => !system)
      .map(({ id, audience, name, body }) => foundObject(edition, { kind: 'api', id, audience, name }, body)),
  ];
  const names = { apps: namesOf(apps, 'clientId'), apis: namesOf(apis, 'audience') };
  for (const grant of grants) {
    const { clientId = '', audience } = grant;
    const object = {
      kind: 'grant',
      clientId,
      audience,
      app: names.apps.get(clientId) ?? clientId,
      api: names.apis.get(audience) ?? audience,
    } as const;
    found.push(foundObject(edition, object, grantBody(grant)));
  }
  return new Map(found.map((one) => [keyOf(one.object), one]));
}

export function foundObject(edition: Edition, object: ConfigObject, body: JsonObject | undefined): FoundObject {
  return { object, body, values: valuesIn(edition, object, body) };
}

function namesOf<Key extends string>(
  items: readonly (Readonly<Record<Key, string>> & { readonly name: string })[],
  key: Key,
): ReadonlyMap<string, string> {
  return new Map(items.map((item) => [item[key], item.name]));
}

/** Reads one object again. Undefined when it does not exist any more; a grant has no body then. */
export async function readObject(
  tenant: TenantConnection,
  edition: Edition,
  object: ConfigObject,
): Promise<FoundObject | undefined> {
  if (object.kind === 'tenant') return foundObject(edition, object, await readKnownSettings(tenant, edition));
  if (object.kind === 'grant') {
    const [grant] = await guestGrants(tenant, edition, { clientId: object.clientId, audience: object.audience });
    return foundObject(edition, object, grant && grantBody(grant));
  }
  const body =
    object.kind === 'application'
      ? await readClient(tenant, edition, object.clientId)
      : await readServer(tenant, object.id);
  return body && foundObject(edition, object, body);
}

/** Without the secret, which nobody needs here. */
function readClient(tenant: TenantConnection, edition: Edition, clientId: string): Promise<JsonObject | undefined> {
  const path = `${clientPath(clientId)}?fields=${clientFields(edition)}&include_fields=true`;
  return unlessMissing(managementRequest(tenant, client, { method: 'GET', path }));
}

function readServer(tenant: TenantConnection, id: string): Promise<JsonObject | undefined> {
  return unlessMissing(managementRequest(tenant, resourceServer, { method: 'GET', path: resourceServerPath(id) }));
}

async function unlessMissing(answer: Promise<JsonObject>): Promise<JsonObject | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isAnonError(error) && error.code === 'not_found') return undefined;
    throw error;
  }
}
