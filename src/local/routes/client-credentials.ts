import { Hono } from 'hono/quick';
import { clientsPath } from '../../wire/client.ts';
import { publicKeyCredential } from '../../wire/client-credential.ts';
import { checkPayload } from '../../wire/management-error.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { namedCredentials, newCredential, shownCredential, withoutCredential } from '../clients/public-keys.ts';
import type { TenantContext } from '../context.ts';
import { managementRefusal } from '../http/refusal.ts';
import type { StoreReader } from '../store/store.ts';
import { type ManagementVariables, requireScope } from './management-access.ts';
import { readPayload } from './patching.ts';

/**
 * /api/v2/clients/{id}/credentials: list, read, register, remove. A key that is registered is not used until
 * the application's client_authentication_methods name it.
 */
export function clientCredentialRoutes(tenant: TenantContext): Hono<ManagementVariables> {
  const app = new Hono<ManagementVariables>();
  const path = `${clientsPath}/:id/credentials`;
  const onePath = `${path}/:credential`;

  app.get(path, requireScope(tenant, 'read:client_credentials'), (c) => {
    const { client_id: clientId } = findClient(tenant.store, c.req.param('id'));
    const credentials = tenant.store
      .list('client_credential')
      .filter((credential) => credential.client_id === clientId);
    return c.json(credentials.map(shownCredential));
  });

  app.post(path, requireScope(tenant, 'create:client_credentials'), async (c) => {
    const checked = checkPayload(publicKeyCredential, await readPayload(c.req.raw));
    if (!checked.ok) throw managementRefusal(400, checked.message, 'invalid_body');
    const clientId = c.req.param('id');
    const credential = tenant.store.write((writer) => {
      findClient(writer, clientId);
      const made = newCredential({ random: tenant.random, now: new Date(tenant.clock()), clientId }, checked.value);
      checkNewKid(writer, made);
      writer.put('client_credential', String(made.id), made);
      return made;
    });
    return c.json(shownCredential(credential), 201);
  });

  app.get(onePath, requireScope(tenant, 'read:client_credentials'), (c) => {
    const { client_id: clientId } = findClient(tenant.store, c.req.param('id'));
    const credential = tenant.store.get('client_credential', c.req.param('credential'));
    if (credential?.client_id !== clientId || !credential) {
      throw managementRefusal(404, 'The credential does not exist', 'inexistent_credential');
    }
    return c.json(shownCredential(credential));
  });

  // Assumed: an id that is not there is answered like one that was.
  app.delete(onePath, requireScope(tenant, 'delete:client_credentials'), (c) => {
    const [clientId, id] = [c.req.param('id'), c.req.param('credential')];
    tenant.store.write((writer) => {
      const client = findClient(writer, clientId);
      if (writer.get('client_credential', id)?.client_id !== clientId) return;
      writer.remove('client_credential', id);
      if (namedCredentials(client).includes(id)) writer.put('client', clientId, withoutCredential(client, id));
    });
    return c.body(null, 204);
  });

  return app;
}

function findClient(store: StoreReader, id: string): JsonObject {
  const client = store.get('client', id);
  if (client === undefined) throw managementRefusal(404, 'The client does not exist', 'inexistent_client');
  return client;
}

/** A `kid` chooses one key of an application, so it has to be one's own. */
function checkNewKid(store: StoreReader, { client_id, kid }: JsonObject): void {
  const same = store.list('client_credential').some((other) => other.client_id === client_id && other.kid === kid);
  if (same) throw managementRefusal(409, 'A credential with the same kid already exists.', 'credential_exists');
}
