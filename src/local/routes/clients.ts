import { Hono } from 'hono/quick';
import { clientCreate, clientPatch, clientsPath } from '../../wire/client.ts';
import type { NewAuthenticationMethods } from '../../wire/client-credential.ts';
import { checkPayload } from '../../wire/management-error.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { checkClient } from '../clients/client-rules.ts';
import { asReference, newCredential } from '../clients/public-keys.ts';
import type { TenantContext } from '../context.ts';
import { managementRefusal } from '../http/refusal.ts';
import { randomToken } from '../random.ts';
import { newClient } from '../state/client.ts';
import { editionOf, onceAnEdition } from '../state/edition.ts';
import type { StoreWriter } from '../store/store.ts';
import { booleanFilter, fieldPicker, listing } from './listing.ts';
import { checkScope, type ManagementVariables, requireScope } from './management-access.ts';
import { patched, readPayload } from './patching.ts';

const readScopes = ['read:clients', 'read:client_keys', 'read:client_credentials', 'read:client_summary'];
const createPayload = onceAnEdition(clientCreate);
const patchPayload = onceAnEdition(clientPatch);

/** /api/v2/clients: list, read, create, patch, delete, and a new secret. */
export function clientRoutes(tenant: TenantContext): Hono<ManagementVariables> {
  const app = new Hono<ManagementVariables>();
  const onePath = `${clientsPath}/:id`;

  app.get(clientsPath, requireScope(tenant, ...readScopes), (c) => {
    const url = new URL(c.req.url);
    checkFields(url.searchParams, c.get('scopes'));
    const clients = tenant.store.list('client').filter(clientFilter(url.searchParams));
    return c.json(listing(url, 'clients', clients.map(shownTo(c.get('scopes')))));
  });

  app.post(clientsPath, requireScope(tenant, 'create:clients'), async (c) => {
    const edition = editionOf(tenant.store);
    const checked = checkPayload(createPayload(edition), await readPayload(c.req.raw));
    if (!checked.ok) throw managementRefusal(400, checked.message, 'invalid_body');
    const { client_authentication_methods: methods, ...members } = checked.value;
    if (methods !== undefined) checkScope(c.get('scopes'), 'create:client_credentials');
    const client = newClient(tenant.random, edition, patched({}, members, { nested: true }));
    tenant.store.write((writer) => {
      if (methods) client.client_authentication_methods = register(tenant, writer, client, methods);
      checkClient(writer, client);
      writer.put('client', String(client.client_id), client);
    });
    // The one answer that shows the secret whatever the scopes: who made the client must learn it.
    return c.json(client, 201);
  });

  app.get(onePath, requireScope(tenant, ...readScopes), (c) => {
    const query = new URL(c.req.url).searchParams;
    checkFields(query, c.get('scopes'));
    const client = tenant.store.get('client', c.req.param('id'));
    if (client === undefined) throw inexistent();
    return c.json(fieldPicker(query)(shownTo(c.get('scopes'))(client)));
  });

  app.patch(
    onePath,
    requireScope(tenant, 'update:clients', 'update:client_keys', 'update:client_credentials'),
    async (c) => {
      const checked = checkPayload(patchPayload(editionOf(tenant.store)), await readPayload(c.req.raw));
      if (!checked.ok) throw managementRefusal(400, checked.message, 'invalid_body');
      const { client_secret: secret, client_authentication_methods: methods } = checked.value;
      if (secret !== undefined) checkScope(c.get('scopes'), 'update:client_keys');
      if (methods !== undefined) checkScope(c.get('scopes'), 'update:client_credentials');
      const client = tenant.store.write((writer) => {
        const before = writer.get('client', c.req.param('id'));
        if (before === undefined) throw inexistent();
        const next = patched(before, checked.value, { nested: true });
        checkClient(writer, next);
        writer.put('client', c.req.param('id'), next);
        return next;
      });
      return c.json(changedFor(c.get('scopes'))(client));
    },
  );

  // What is sent along is not looked at: the service's own tools send `null`.
  app.post(`${onePath}/rotate-secret`, requireScope(tenant, 'update:client_keys'), (c) => {
    const secret = randomToken(tenant.random, 48);
    const client = tenant.store.write((writer) => {
      const before = writer.get('client', c.req.param('id'));
      if (before === undefined) throw inexistent();
      const next = { ...before, client_secret: secret };
      writer.put('client', c.req.param('id'), next);
      return next;
    });
    // Who rotated it must learn it, as who made the client must.
    return c.json({ ...changedFor(c.get('scopes'))(client), client_secret: secret });
  });

  // Assumed: an id that is not there is answered like one that was.
  app.delete(onePath, requireScope(tenant, 'delete:clients'), (c) => {
    const id = c.req.param('id');
    if (tenant.store.get('client', id)?.global === true)
      throw managementRefusal(400, 'Global client cannot be deleted');
    tenant.store.write((writer) => {
      writer.remove('client', id);
      for (const grant of writer.list('client_grant')) {
        if (grant.client_id === id) writer.remove('client_grant', String(grant.id));
      }
      for (const credential of writer.list('client_credential')) {
        if (credential.client_id === id) writer.remove('client_credential', String(credential.id));
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

/** Keeps the keys that come with a new client, and answers how the client names them. */
function register(
  tenant: TenantContext,
  writer: StoreWriter,
  client: JsonObject,
  methods: NewAuthenticationMethods,
): JsonObject {
  const owner = { random: tenant.random, now: new Date(tenant.clock()), clientId: String(client.client_id) };
  const credentials = methods.private_key_jwt.credentials.map((body) => newCredential(owner, body));
  for (const credential of credentials) writer.put('client_credential', String(credential.id), credential);
  return { private_key_jwt: { credentials: credentials.map(({ id }) => asReference(id)) } };
}

function inexistent() {
  return managementRefusal(404, 'The client does not exist', 'inexistent_client');
}

/** Shown to everybody who may read clients at all. */
const summaryMembers = ['client_id', 'app_type', 'name', 'description'];
/** Shown only to those who may read keys. @see management-api, section 2.2 */
const secretMembers = ['client_secret', 'encryption_key', 'signing_keys', 'client_authentication_methods'];

/** What of a client a token with these scopes shows. */
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
