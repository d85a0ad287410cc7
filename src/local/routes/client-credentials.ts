import { Hono } from 'hono/quick';
import { clientsPath } from '../../wire/client.ts';
import { publicKeyCredential } from '../../wire/client-credential.ts';
import { checkPayload } from '../../wire/management-error.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { findClient } from '../clients/client-rules.ts';
import { namedCredentials, newCredential, shownCredential, withoutCredential } from '../clients/public-keys.ts';
import type { TenantContext } from '../context.ts';
import { managementRefusal } from '../http/refusal.ts';
import type { StoreReader } from '../store/store.ts';
import { type ManagementVariables, requireScope } from './management-access.ts';
import { readPayload } from './payload.ts';

/**
 * /api/v2/clients/{id}/credentials: list, read, register, remove. A registered key is not used until the application's
 * client_authentication_methods refer to it.
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
    const payload = await readPayload(c.req.raw, (body) => checkPayload(publicKeyCredential, body));
    const clientId = c.req.param('id');
    const credential = tenant.store.write((writer) => {
      findClient(writer, clientId);
      const made = newCredential({ random: tenant.random, now: new Date(tenant.clock()), clientId }, payload);
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

  // Assumed: deleting an unknown id succeeds too.
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

/** A `kid` selects a key of an application, so it must be unique there. */
function checkNewKid(store: StoreReader, { client_id, kid }: JsonObject): void {
  const same = store.list('client_credential').some((other) => other.client_id === client_id && other.kid === kid);
  if (same) throw managementRefusal(409, 'A credential with the same kid already exists.', 'credential_exists');
}
