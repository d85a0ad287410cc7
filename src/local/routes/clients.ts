import { Hono } from 'hono/quick';
import { clientCreate, clientPatch, clientsPath } from '../../wire/client.ts';
import type { NewAuthenticationMethods } from '../../wire/client-credential.ts';
import { checkPayload } from '../../wire/management-error.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { checkClient, findClient } from '../clients/client-rules.ts';
import { asReference, newCredential } from '../clients/public-keys.ts';
import type { TenantContext } from '../context.ts';
import { managementRefusal } from '../http/refusal.ts';
import { randomToken } from '../random.ts';
import { newClient } from '../state/client.ts';
import { editionOf, oncePerEdition } from '../state/edition.ts';
import type { StoreWriter } from '../store/store.ts';
import { booleanFilter, fieldPicker, listing } from './listing.ts';
import { checkScope, type ManagementVariables, requireScope } from './management-access.ts';
import { patched, readPayload } from './payload.ts';

const readScopes = ['read:clients', 'read:client_keys', 'read:client_credentials', 'read:client_summary'];
const createPayload = oncePerEdition(clientCreate);
const patchPayload = oncePerEdition(clientPatch);

/** /api/v2/clients: list, read, create, patch, delete, and rotate the secret. */
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
    const payload = await readPayload(c.req.raw, (body) => checkPayload(createPayload(edition), body));
    const { client_authentication_methods: methods, ...members } = payload;
    if (methods !== undefined) checkScope(c.get('scopes'), 'create:client_credentials');
    const client = newClient(tenant.random, edition, patched({}, members, { nested: true }));
    tenant.store.write((writer) => {
      if (methods) client.client_authentication_methods = register(tenant, writer, client, methods);
      checkClient(writer, client);
      writer.put('client', String(client.client_id), client);
    });
    // Contains the secret whatever the scopes: whoever created the client needs it.
    return c.json(client, 201);
  });

  app.get(onePath, requireScope(tenant, ...readScopes), (c) => {
    const query = new URL(c.req.url).searchParams;
    checkFields(query, c.get('scopes'));
    const client = findClient(tenant.store, c.req.param('id'));
    return c.json(fieldPicker(query)(shownTo(c.get('scopes'))(client)));
  });

  app.patch(
    onePath,
    requireScope(tenant, 'update:clients', 'update:client_keys', 'update:client_credentials'),
    async (c) => {
      const payload = await readPayload(c.req.raw, (body) => checkPayload(patchPayload(editionOf(tenant.store)), body));
      const { client_secret: secret, client_authentication_methods: methods } = payload;
      if (secret !== undefined) checkScope(c.get('scopes'), 'update:client_keys');
      if (methods !== undefined) checkScope(c.get('scopes'), 'update:client_credentials');
      const client = tenant.store.write((writer) => {
        const before = findClient(writer, c.req.param('id'));
        const next = patched(before, payload, { nested: true });
        checkClient(writer, next);
        writer.put('client', c.req.param('id'), next);
        return next;
      });
      return c.json(changedFor(c.get('scopes'))(client));
    },
  );

  // The body is ignored: the service's own tools send `null`.
  app.post(`${onePath}/rotate-secret`, requireScope(tenant, 'update:client_keys'), (c) => {
    const secret = randomToken(tenant.random, 48);
    const client = tenant.store.write((writer) => {
      const before = findClient(writer, c.req.param('id'));
      const next = { ...before, client_secret: secret };
      writer.put('client', c.req.param('id'), next);
      return next;
    });
    // As in the response to creation: whoever rotated the secret needs it.
    return c.json({ ...changedFor(c.get('scopes'))(client), client_secret: secret });
  });

  // Assumed: deleting an unknown id succeeds too.
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

/** Saves the keys that come with a new client, and returns the client's references to them. */
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

/** Shown with any scope that allows reading clients. */
const summaryMembers = ['client_id', 'app_type', 'name', 'description'];
/** Shown only with a scope that allows reading keys. @see management-api, section 2.2 */
const secretMembers = ['client_secret', 'encryption_key', 'signing_keys', 'client_authentication_methods'];

/** Leaves in a client the members that a token with these scopes may read. */
function shownTo(scopes: ReadonlySet<string>): (client: JsonObject) => JsonObject {
  return (client) => Object.fromEntries(Object.entries(client).filter(([member]) => mayRead(scopes, member)));
}

function mayRead(scopes: ReadonlySet<string>, member: string): boolean {
  if (summaryMembers.includes(member) || scopes.has('read:client_keys')) return true;
  return scopes.has(secretMembers.includes(member) ? 'read:client_credentials' : 'read:clients');
}

/** The response to a change has all but the secrets, even without a scope to read them. */
function changedFor(scopes: ReadonlySet<string>): (client: JsonObject) => JsonObject {
  return shownTo(new Set([...scopes, 'read:clients']));
}

/** Members that the scopes do not allow are left out, but requesting one in `fields` is refused. */
function checkFields(query: URLSearchParams, scopes: ReadonlySet<string>): void {
  const named = query.get('include_fields') === 'false' ? [] : (query.get('fields')?.split(',') ?? []);
  if (named.some((field) => !mayRead(scopes, field))) {
    const message = 'Some fields cannot be read with the permissions granted by the bearer token scopes.';
    throw managementRefusal(403, message, 'insufficient_scope');
  }
}
