import type { JsonObject } from '../../wire/schema.ts';
import type { StoreWriter } from '../store/store.ts';

/** How an application proves in a request that it is itself. @see RFC 6749, section 2.3.1 */
export interface ClientAccess {
  readonly members: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
}

export function accessOf({ client_id, client_secret, token_endpoint_auth_method: method }: JsonObject): ClientAccess {
  const [id, secret] = [String(client_id), String(client_secret)];
  if (method === 'none') return { members: { client_id: id }, headers: {} };
  if (method !== 'client_secret_basic') return { members: { client_id: id, client_secret: secret }, headers: {} };
  const joined = [id, secret].map(encodeURIComponent).join(':');
  return { members: {}, headers: { authorization: `Basic ${Buffer.from(joined).toString('base64')}` } };
}

/** Lets an application that signs its requests use its secret: its key is elsewhere. */
export async function withoutKeys(writer: StoreWriter, clientId: string): Promise<void> {
  const client = await writer.get('client', clientId);
  if (client?.client_authentication_methods === undefined) return;
  const { client_authentication_methods: _, ...rest } = client;
  writer.put('client', clientId, { ...rest, token_endpoint_auth_method: 'client_secret_post' });
}
