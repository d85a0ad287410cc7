import { Hono } from 'hono/quick';
import { clientCreate, clientPatch, clientsPath } from '../../wire/client.ts';
import type { NewAuthenticationMethods } from '../../wire/client-credential.ts';
import type { Edition } from '../../wire/edition/edition.ts';
import { checkPayload } from '../../wire/management-error.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { asReference, credentialsOf, namedCredentials, newCredential } from '../clients/public-keys.ts';
import { managementRefusal } from '../http/refusal.ts';
import { type Random, randomToken } from '../random.ts';
import type { Moment, TenantScope } from '../scope.ts';
import { newClient } from '../state/client.ts';
import { oncePerEdition } from '../state/edition.ts';
import { idTokenLifetime, noteLifetime } from '../state/lifetimes.ts';
import type { StoreReader, StoreWriter } from '../store/store.ts';
import { booleanFilter, fieldPicker, listing, type Selection } from './listing.ts';
import { checkScope, type ManagementVariables, notServed, requireScope } from './management-access.ts';
import { patched, readPayload } from './payload.ts';

const readScopes = ['read:clients', 'read:client_keys', 'read:client_credentials', 'read:client_summary'];
const createPayload = oncePerEdition(clientCreate);
const patchPayload = oncePerEdition(clientPatch);

/** /api/v2/clients: list, read, create, patch, delete, and rotate the secret. */
export function clientRoutes({ store, random }: TenantScope): Hono<ManagementVariables> {
  const app = new Hono<ManagementVariables>();
  const onePath = `${clientsPath}/:id`;

  app.get(clientsPath, requireScope(...readScopes), async (c) => {
    const url = new URL(c.req.url);
    checkFields(url.searchParams, c.get('scopes'));
    const selection = { ...clientSelection(url.searchParams), shown: shownTo(c.get('scopes')) };
    return c.json(await listing(store, url, 'clients', selection));
  });

  app.post(clientsPath, requireScope('create:clients'), async (c) => {
    const { edition } = c.env;
    const payload = await readPayload(c.req.raw, (body) => checkPayload(createPayload(edition), body));
    const { client_authentication_methods: methods, ...members } = payload;
    if (methods !== undefined) checkScope(c.get('scopes'), 'create:client_credentials');
    const made = newClient(random, edition, patched({}, members, { nested: true }));
    const client = await store.write(async (writer) => {
      const registered = methods && { client_authentication_methods: register(writer, c.env, random, made, methods) };
      const whole: JsonObject = { ...made, ...registered };
      await checkClient(writer, edition, whole);
      writer.put('client', String(whole.client_id), whole);
      return whole;
    });
    // Contains the secret whatever the scopes: whoever created the client needs it.
    return c.json(client, 201);
  });

  app.get(onePath, requireScope(...readScopes), async (c) => {
    const query = new URL(c.req.url).searchParams;
    checkFields(query, c.get('scopes'));
    const id = c.req.param('id');
    // The service has a search at this path.
    if (id === 'search' && !(await store.get('client', id))) throw notServed();
    const client = await findClient(store, id);
    return c.json(fieldPicker(query)(shownTo(c.get('scopes'))(client)));
  });

  app.patch(onePath, requireScope('update:clients', 'update:client_keys', 'update:client_credentials'), async (c) => {
    const payload = await readPayload(c.req.raw, (body) => checkPayload(patchPayload(c.env.edition), body));
    const { client_secret: secret, client_authentication_methods: methods } = payload;
    if (secret !== undefined) checkScope(c.get('scopes'), 'update:client_keys');
    if (methods !== undefined) checkScope(c.get('scopes'), 'update:client_credentials');
    const client = await store.write(async (writer) => {
      const before = await findClient(writer, c.req.param('id'));
      const next = patched(before, payload, { nested: true });
      await checkClient(writer, c.env.edition, next);
      await noteLifetime(writer, idTokenLifetime(before), idTokenLifetime(next));
      writer.put('client', c.req.param('id'), next);
      return next;
    });
    return c.json(changedFor(c.get('scopes'))(client));
  });

  // The body is ignored: the service's own tools send `null`.
  app.post(`${onePath}/rotate-secret`, requireScope('update:client_keys'), async (c) => {
    const secret = randomToken(random, 48);
    const client = await store.write(async (writer) => {
      const before = await findClient(writer, c.req.param('id'));
      const next = { ...before, client_secret: secret };
      writer.put('client', c.req.param('id'), next);
      return next;
    });
    // As in the response to creation: whoever rotated the secret needs it.
    return c.json({ ...changedFor(c.get('scopes'))(client), client_secret: secret });
  });

  // Assumed: deleting an unknown id succeeds too.
  app.delete(onePath, requireScope('delete:clients'), async (c) => {
    const id = c.req.param('id');
    const where = { lookup: 'client_id', value: id };
    await store.write(async (writer) => {
      const client = await writer.get('client', id);
      if (client?.global === true) throw managementRefusal(400, 'Global client cannot be deleted');
      if (client) await noteLifetime(writer, idTokenLifetime(client));
      if (client) writer.remove('client', id);
      for (const kind of ['client_grant', 'client_credential'] as const) {
        for (const document of await writer.list(kind, where)) writer.remove(kind, String(document.id));
      }
    });
    return c.body(null, 204);
  });

  return app;
}

function clientSelection(query: URLSearchParams): Selection {
  const isGlobal = booleanFilter(query, 'is_global');
  const isFirstParty = booleanFilter(query, 'is_first_party');
  const types = query.get('app_type')?.split(',');
  const filter = (client: JsonObject) =>
    (isFirstParty === undefined || (client.is_first_party === true) === isFirstParty) &&
    (types === undefined || types.includes(String(client.app_type)));
  return {
    kind: 'client',
    where: isGlobal === undefined ? undefined : { lookup: 'global', value: String(isGlobal) },
    filter: isFirstParty === undefined && types === undefined ? undefined : filter,
  };
}

/** Saves the keys that come with a new client, and returns the client's references to them. */
function register(
  writer: StoreWriter,
  { nowSeconds }: Moment,
  random: Random,
  client: JsonObject,
  methods: NewAuthenticationMethods,
): JsonObject {
  const owner = { random, now: new Date(nowSeconds * 1000), clientId: String(client.client_id) };
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

/** @throws {Refusal} 404 */
export async function findClient(store: StoreReader, id: string): Promise<JsonObject> {
  const client = await store.get('client', id);
  if (client === undefined) throw managementRefusal(404, 'The client does not exist', 'inexistent_client');
  return client;
}

/** Checks a client as it is after a change. @throws {Refusal} 400 */
async function checkClient(store: StoreReader, edition: Edition, client: JsonObject): Promise<void> {
  checkGrantTypes(client);
  checkConformance(edition, client);
  await checkAuthentication(store, client);
}

/** A public client has no secret, so it cannot use the grant that needs one. */
function checkGrantTypes(client: JsonObject): void {
  const grants = Array.isArray(client.grant_types) ? client.grant_types : [];
  if (client.token_endpoint_auth_method === 'none' && grants.includes('client_credentials')) {
    throw managementRefusal(400, 'Invalid grant types: client_credentials', 'invalid_body');
  }
}

/** Assumed: the wording. It applies to both changes: enabling anonymous sessions, and giving up OIDC conformance. */
function checkConformance(edition: Edition, client: JsonObject): void {
  if (!edition.needsOidcConformance || client.oidc_conformant === true) return;
  if (edition.client.read(client).enabled) {
    const message = 'Anonymous sessions can only be active for a client that is OIDC conformant.';
    throw managementRefusal(400, message, 'invalid_body');
  }
}

/** An application has one authentication method, and only keys of its own. Assumed: both wordings. */
async function checkAuthentication(store: StoreReader, client: JsonObject): Promise<void> {
  if (client.client_authentication_methods === undefined) return;
  if (client.token_endpoint_auth_method !== undefined) {
    const message = 'token_endpoint_auth_method and client_authentication_methods are mutually exclusive.';
    throw managementRefusal(400, message, 'invalid_body');
  }
  if ((await credentialsOf(store, client)).length < namedCredentials(client).length) {
    throw managementRefusal(400, 'A credential of client_authentication_methods does not exist.', 'invalid_body');
  }
}
