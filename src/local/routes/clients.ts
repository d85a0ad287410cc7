import { Hono } from 'hono/quick';
import { clientCreate, clientPatch, clientsPath } from '../../wire/client.ts';
import type { Edition } from '../../wire/edition/edition.ts';
import { checkPayload } from '../../wire/management-error.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { editionOf, onceAnEdition } from '../edition.ts';
import { managementRefusal } from '../refusal.ts';
import { newClient } from '../state.ts';
import type { TenantScope } from '../tenant.ts';
import { booleanFilter, fieldPicker, listing } from './listing.ts';
import { checkScope, type ManagementVariables, requireScope } from './management-access.ts';
import { patched, readPayload } from './patching.ts';

const readScopes = ['read:clients', 'read:client_keys', 'read:client_credentials', 'read:client_summary'];
/** Shown to all of them. */
const summaryMembers = ['client_id', 'app_type', 'name', 'description'];
/** Shown only to those who may read keys. @see management-api, section 2.2 */
const secretMembers = ['client_secret', 'encryption_key', 'signing_keys', 'client_authentication_methods'];

const createPayload = onceAnEdition(clientCreate);
const patchPayload = onceAnEdition(clientPatch);

/** /api/v2/clients: list, read, create, patch, delete. */
export function clientRoutes(scope: TenantScope): Hono<ManagementVariables> {
  const app = new Hono<ManagementVariables>();
  const onePath = `${clientsPath}/:id`;

  app.get(clientsPath, requireScope(scope, ...readScopes), (c) => {
    const url = new URL(c.req.url);
    checkFields(url.searchParams, c.get('scopes'));
    const clients = scope.store.list('client').filter(clientFilter(url.searchParams));
    return c.json(listing(url, 'clients', clients.map(shownTo(c.get('scopes')))));
  });

  app.post(clientsPath, requireScope(scope, 'create:clients'), async (c) => {
    const checked = checkPayload(createPayload(editionOf(scope.store)), await readPayload(c.req.raw));
    if (!checked.ok) throw managementRefusal(400, checked.message, 'invalid_body');
    const client = newClient(scope.random, checked.value);
    checkGrantTypes(client);
    checkConformance(editionOf(scope.store), client);
    scope.store.write((writer) => writer.put('client', String(client.client_id), client));
    // The one answer that shows the secret whatever the scopes: who made the client must learn it.
    return c.json(client, 201);
  });

  app.get(onePath, requireScope(scope, ...readScopes), (c) => {
    const query = new URL(c.req.url).searchParams;
    checkFields(query, c.get('scopes'));
    const client = scope.store.get('client', c.req.param('id'));
    if (client === undefined) throw inexistent();
    return c.json(fieldPicker(query)(shownTo(c.get('scopes'))(client)));
  });

  app.patch(onePath, requireScope(scope, 'update:clients', 'update:client_keys'), async (c) => {
    const checked = checkPayload(patchPayload(editionOf(scope.store)), await readPayload(c.req.raw));
    if (!checked.ok) throw managementRefusal(400, checked.message, 'invalid_body');
    if (checked.value.client_secret !== undefined) checkScope(c.get('scopes'), 'update:client_keys');
    const client = scope.store.write((writer) => {
      const before = writer.get('client', c.req.param('id'));
      if (before === undefined) throw inexistent();
      const next = patched(before, checked.value, { nested: true });
      checkGrantTypes(next);
      checkConformance(editionOf(writer), next);
      writer.put('client', c.req.param('id'), next);
      return next;
    });
    return c.json(changedFor(c.get('scopes'))(client));
  });

  // Assumed: an id that is not there is answered like one that was.
  app.delete(onePath, requireScope(scope, 'delete:clients'), (c) => {
    const id = c.req.param('id');
    if (scope.store.get('client', id)?.global === true) throw managementRefusal(400, 'Global client cannot be deleted');
    scope.store.write((writer) => {
      writer.remove('client', id);
      for (const grant of writer.list('client_grant')) {
        if (grant.client_id === id) writer.remove('client_grant', String(grant.id));
      }
    });
    return c.body(null, 204);
  });

  return app;
}

function clientFilter(query: URLSearchParams): (client: JsonObject) => boolean {
  const isGlobal = booleanFilter(query, 'is_global');
  const isFirstParty = booleanFilter(query, 'is_first_party');
  const types = query.get('app_type')?.split(',');
  return (client) =>
    (isGlobal === undefined || (client.global === true) === isGlobal) &&
    (isFirstParty === undefined || (client.is_first_party === true) === isFirstParty) &&
    (types === undefined || types.includes(String(client.app_type)));
}

function shownTo(scopes: ReadonlySet<string>): (client: JsonObject) => JsonObject {
  return (client) => Object.fromEntries(Object.entries(client).filter(([member]) => mayRead(scopes, member)));
}

function mayRead(scopes: ReadonlySet<string>, member: string): boolean {
  if (summaryMembers.includes(member) || scopes.has('read:client_keys')) return true;
  return scopes.has(secretMembers.includes(member) ? 'read:client_credentials' : 'read:clients');
}

/** Who may change a client sees what is no secret of it. */
function changedFor(scopes: ReadonlySet<string>): (client: JsonObject) => JsonObject {
  return shownTo(new Set([...scopes, 'read:clients']));
}

/** What a scope does not show is left out, but asking for it by name is refused. */
function checkFields(query: URLSearchParams, scopes: ReadonlySet<string>): void {
  const named = query.get('include_fields') === 'false' ? [] : (query.get('fields')?.split(',') ?? []);
  if (named.some((field) => !mayRead(scopes, field))) {
    const message = 'Some fields cannot be read with the permissions granted by the bearer token scopes.';
    throw managementRefusal(403, message, 'insufficient_scope');
  }
}

/** An application that cannot keep a secret cannot use one. */
function checkGrantTypes(client: JsonObject): void {
  const grants = Array.isArray(client.grant_types) ? client.grant_types : [];
  if (client.token_endpoint_auth_method === 'none' && grants.includes('client_credentials')) {
    throw managementRefusal(400, 'Invalid grant types: client_credentials', 'invalid_body');
  }
}

/** Assumed: the wording. It holds for whatever makes a client both: the toggle, or the loss of conformance. */
function checkConformance(edition: Edition, client: JsonObject): void {
  if (!edition.needsOidcConformance || client.oidc_conformant === true) return;
  if (edition.client.read(client).enabled) {
    const message = 'Anonymous sessions can only be active for a client that is OIDC conformant.';
    throw managementRefusal(400, message, 'invalid_body');
  }
}

function inexistent() {
  return managementRefusal(404, 'The client does not exist', 'inexistent_client');
}
