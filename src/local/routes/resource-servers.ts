import { Hono } from 'hono/quick';
import type { Edition } from '../../wire/edition/edition.ts';
import { checkPayload } from '../../wire/management-error.ts';
import { resourceServerCreate, resourceServerPatch, resourceServersPath } from '../../wire/resource-server.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { definedScopes } from '../clients/grants.ts';
import type { TenantContext } from '../context.ts';
import { managementRefusal } from '../http/refusal.ts';
import { editionOf, oncePerEdition } from '../state/edition.ts';
import { newResourceServer, withEditionMembers } from '../state/resource-server.ts';
import type { StoreReader } from '../store/store.ts';
import { fieldPicker, listing, queryRefusal } from './listing.ts';
import { type ManagementVariables, requireScope } from './management-access.ts';
import { patched, readPayload } from './payload.ts';

const createPayload = oncePerEdition(resourceServerCreate);
const patchPayload = oncePerEdition(resourceServerPatch);

/** /api/v2/resource-servers: list, read, create, patch, delete, by id or by identifier. */
export function resourceServerRoutes(tenant: TenantContext): Hono<ManagementVariables> {
  const app = new Hono<ManagementVariables>();
  const onePath = `${resourceServersPath}/:id`;

  app.get(resourceServersPath, requireScope(tenant, 'read:resource_servers'), (c) => {
    const url = new URL(c.req.url);
    const identifiers = url.searchParams.getAll('identifiers');
    if (identifiers.length > 10)
      throw queryRefusal(`Array is too long (${identifiers.length}), maximum 10`, 'identifiers');
    const servers = tenant.store
      .list('resource_server')
      .filter((server) => identifiers.length === 0 || identifiers.includes(String(server.identifier)));
    return c.json(listing(url, 'resource_servers', servers));
  });

  app.post(resourceServersPath, requireScope(tenant, 'create:resource_servers'), async (c) => {
    const edition = editionOf(tenant.store);
    const payload = await readPayload(c.req.raw, (body) => checkPayload(createPayload(edition), body));
    checkGuestScopes(edition, payload, payload.scopes);
    const server = newResourceServer(tenant.random, edition, patched({}, payload, { nested: false }));
    tenant.store.write((writer) => {
      if (writer.list('resource_server').some((other) => other.identifier === server.identifier)) {
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

  app.get(onePath, requireScope(tenant, 'read:resource_servers'), (c) =>
    c.json(fieldPicker(new URL(c.req.url).searchParams)(findResourceServer(tenant.store, c.req.param('id')))),
  );

  app.patch(onePath, requireScope(tenant, 'update:resource_servers'), async (c) => {
    const edition = editionOf(tenant.store);
    const payload = await readPayload(c.req.raw, (body) => checkPayload(patchPayload(edition), body));
    const server = tenant.store.write((writer) => {
      const before = findResourceServer(writer, c.req.param('id'));
      checkSystem(before, payload);
      const next = withEditionMembers(edition, patched(before, payload, { nested: false }), before);
      checkGuestScopes(edition, payload, next.scopes);
      writer.put('resource_server', String(before.id), next);
      return next;
    });
    return c.json(server);
  });

  app.delete(onePath, requireScope(tenant, 'delete:resource_servers'), (c) => {
    tenant.store.write((writer) => {
      const server = lookUpResourceServer(writer, c.req.param('id'));
      if (server?.is_system === true) throw managementRefusal(400, 'System resource servers cannot be deleted.');
      if (!server) return;
      writer.remove('resource_server', String(server.id));
      for (const grant of writer.list('client_grant')) {
        if (grant.audience === server.identifier) writer.remove('client_grant', String(grant.id));
      }
    });
    return c.body(null, 204);
  });

  return app;
}

function lookUpResourceServer(store: StoreReader, idOrIdentifier: string): JsonObject | undefined {
  return (
    store.get('resource_server', idOrIdentifier) ??
    store.list('resource_server').find((server) => server.identifier === idOrIdentifier)
  );
}

function findResourceServer(store: StoreReader, idOrIdentifier: string): JsonObject {
  const server = lookUpResourceServer(store, idOrIdentifier);
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
