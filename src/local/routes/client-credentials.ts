import { Hono } from 'hono/quick';
import { clientsPath } from '../../wire/client.ts';
import { publicKeyCredential } from '../../wire/client-credential.ts';
import { checkPayload } from '../../wire/management-error.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { namedCredentials, newCredential, shownCredential, withoutCredential } from '../clients/public-keys.ts';
import { managementRefusal } from '../http/refusal.ts';
import type { TenantScope } from '../scope.ts';
import type { StoreReader } from '../store/store.ts';
import { findClient } from './clients.ts';
import { type ManagementVariables, requireScope } from './management-access.ts';
import { readPayload } from './payload.ts';

/**
 * /api/v2/clients/{id}/credentials: list, read, register, remove. A registered key is not used until the application's
 * client_authentication_methods refer to it.
 */
export function clientCredentialRoutes({ store, random }: TenantScope): Hono<ManagementVariables> {
  const app = new Hono<ManagementVariables>();
  const path = `${clientsPath}/:id/credentials`;
  const onePath = `${path}/:credential`;

  app.get(path, requireScope('read:client_credentials'), async (c) => {
    const { client_id: clientId } = await findClient(store, c.req.param('id'));
    const credentials = await store.list('client_credential', { lookup: 'client_id', value: String(clientId) });
    return c.json(credentials.map(shownCredential));
  });

  app.post(path, requireScope('create:client_credentials'), async (c) => {
    const payload = await readPayload(c.req.raw, (body) => checkPayload(publicKeyCredential, body));
    const clientId = c.req.param('id');
    const now = new Date(c.env.nowSeconds * 1000);
    const credential = await store.write(async (writer) => {
      await findClient(writer, clientId);
      const made = newCredential({ random, now, clientId }, payload);
      await checkNewKid(writer, made);
      writer.put('client_credential', String(made.id), made);
      return made;
    });
    return c.json(shownCredential(credential), 201);
  });

  app.get(onePath, requireScope('read:client_credentials'), async (c) => {
    const { client_id: clientId } = await findClient(store, c.req.param('id'));
    const credential = await store.get('client_credential', c.req.param('credential'));
    if (credential?.client_id !== clientId || !credential) {
      throw managementRefusal(404, 'The credential does not exist', 'inexistent_credential');
    }
    return c.json(shownCredential(credential));
  });

  // Assumed: deleting an unknown id succeeds too.
  app.delete(onePath, requireScope('delete:client_credentials'), async (c) => {
    const [clientId, id] = [c.req.param('id'), c.req.param('credential')];
    await store.write(async (writer) => {
      const client = await findClient(writer, clientId);
      if ((await writer.get('client_credential', id))?.client_id !== clientId) return;
      writer.remove('client_credential', id);
      if (namedCredentials(client).includes(id)) writer.put('client', clientId, withoutCredential(client, id));
    });
    return c.body(null, 204);
  });

  return app;
}

/** A `kid` selects a key of an application, so it must be unique there. */
async function checkNewKid(store: StoreReader, { client_id, kid }: JsonObject): Promise<void> {
  const others = await store.list('client_credential', { lookup: 'client_id', value: String(client_id) });
  if (others.some((other) => other.kid === kid))
    throw managementRefusal(409, 'A credential with the same kid already exists.', 'credential_exists');
}
