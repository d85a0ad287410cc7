import { Hono } from 'hono/quick';
import type { Edition } from '../../wire/edition/edition.ts';
import { checkPayload } from '../../wire/management-error.ts';
import { resourceServerCreate, resourceServerPatch, resourceServersPath } from '../../wire/resource-server.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { definedScopes, findServer } from '../clients/grants.ts';
import { managementRefusal } from '../http/refusal.ts';
import type { TenantScope } from '../scope.ts';
import { oncePerEdition } from '../state/edition.ts';
import { apiLifetime, noteLifetime } from '../state/lifetimes.ts';
import { newResourceServer, withEditionMembers } from '../state/resource-server.ts';
import type { StoreReader } from '../store/store.ts';
import { fieldPicker, listing, queryRefusal, type Selection } from './listing.ts';
import { type ManagementVariables, notServed, requireScope } from './management-access.ts';
import { patched, readPayload } from './payload.ts';

const createPayload = oncePerEdition(resourceServerCreate);
const patchPayload = oncePerEdition(resourceServerPatch);

/** /api/v2/resource-servers: list, read, create, patch, delete, by id or by identifier. */
export function resourceServerRoutes({ store, random }: TenantScope): Hono<ManagementVariables> {
  const app = new Hono<ManagementVariables>();
  const onePath = `${resourceServersPath}/:id`;

  app.get(resourceServersPath, requireScope('read:resource_servers'), async (c) => {
    const url = new URL(c.req.url);
    const identifiers = url.searchParams.getAll('identifiers');
    if (identifiers.length > 10)
      throw queryRefusal(`Array is too long (${identifiers.length}), maximum 10`, 'identifiers');
    return c.json(await listing(store, url, 'resource_servers', serverSelection(identifiers)));
  });

  app.post(resourceServersPath, requireScope('create:resource_servers'), async (c) => {
    const { edition } = c.env;
    const payload = await readPayload(c.req.raw, (body) => checkPayload(createPayload(edition), body));
    checkGuestScopes(edition, payload, payload.scopes);
    const server = newResourceServer(random, edition, patched({}, payload, { nested: false }));
    await store.write(async (writer) => {
      if (await findServer(writer, String(server.identifier))) {
        throw managementRefusal(
          409,
          'A resource server with the same identifier already exists.',
          'resource_server_exists',
        );
      }
      writer.put('resource_server', String(server.id), server);
    });
    return c.json(server, 201);
  });

  app.get(onePath, requireScope('read:resource_servers'), async (c) => {
    const pick = fieldPicker(new URL(c.req.url).searchParams);
    const id = c.req.param('id');
    // The service has a search at this path.
    if (id === 'search' && !(await lookUpResourceServer(store, id))) throw notServed();
    return c.json(pick(await findResourceServer(store, id)));
  });

  app.patch(onePath, requireScope('update:resource_servers'), async (c) => {
    const { edition } = c.env;
    const payload = await readPayload(c.req.raw, (body) => checkPayload(patchPayload(edition), body));
    const server = await store.write(async (writer) => {
      const before = await findResourceServer(writer, c.req.param('id'));
      checkSystem(before, payload);
      const next = withEditionMembers(edition, patched(before, payload, { nested: false }), before);
      checkGuestScopes(edition, payload, next.scopes);
      await noteLifetime(writer, apiLifetime(edition, before), apiLifetime(edition, next));
      writer.put('resource_server', String(before.id), next);
      return next;
    });
    return c.json(server);
  });

  app.delete(onePath, requireScope('delete:resource_servers'), async (c) => {
    await store.write(async (writer) => {
      const server = await lookUpResourceServer(writer, c.req.param('id'));
      if (server?.is_system === true) throw managementRefusal(400, 'System resource servers cannot be deleted.');
      if (!server) return;
      await noteLifetime(writer, apiLifetime(c.env.edition, server));
      writer.remove('resource_server', String(server.id));
      const where = { lookup: 'audience', value: String(server.identifier) };
      for (const grant of await writer.list('client_grant', where)) writer.remove('client_grant', String(grant.id));
    });
    return c.body(null, 204);
  });

  return app;
}

/** One identifier is looked up; several are few among few. */
function serverSelection(identifiers: readonly string[]): Selection {
  const [value] = identifiers;
  const kind = 'resource_server';
  if (value === undefined) return { kind };
  if (identifiers.length === 1) return { kind, where: { lookup: 'identifier', value } };
  return { kind, filter: (server) => identifiers.includes(String(server.identifier)) };
}

async function lookUpResourceServer(store: StoreReader, idOrIdentifier: string): Promise<JsonObject | undefined> {
  return (await store.get('resource_server', idOrIdentifier)) ?? (await findServer(store, idOrIdentifier));
}

async function findResourceServer(store: StoreReader, idOrIdentifier: string): Promise<JsonObject> {
  const server = await lookUpResourceServer(store, idOrIdentifier);
  if (server === undefined) {
    throw managementRefusal(404, 'The resource server does not exist', 'inexistent_resource_server');
  }
  return server;
}

/** Assumed: guests can only be given scopes that the API defines. */
function checkGuestScopes(edition: Edition, body: JsonObject, scopes: unknown): void {
  const defined = definedScopes({ scopes });
  const unknown = (edition.resourceServer.read(body).scopes ?? []).filter((value) => !defined.includes(value));
  if (unknown.length > 0) {
    throw managementRefusal(400, `Scopes not defined by the resource server: ${unknown.join(', ')}`, 'invalid_body');
  }
}

/** The members of the Management API's own resource server that may change. */
const systemMembers = [
  'token_lifetime',
  'allow_offline_access',
  'signing_alg',
  'skip_consent_for_verifiable_first_party_clients',
];

function checkSystem(server: JsonObject, change: JsonObject): void {
  if (server.is_system !== true) return;
  const refused = Object.keys(change).filter((key) => !systemMembers.includes(key));
  if (refused.length > 0) {
    throw managementRefusal(
      400,
      `Payload validation error: 'Additional properties not allowed: ${refused.join(', ')}'.`,
      'invalid_body',
    );
  }
}
