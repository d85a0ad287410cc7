import type { LocalTenant } from '../../src/library/local/tenant.ts';
import type { JsonObject } from '../../src/wire/schema.ts';

const json = { 'content-type': 'application/json' };

/** Sends JSON to a tenant of the library, without a socket; with a method other than POST, also over its Management API. */
export async function sendJson(
  tenant: LocalTenant,
  path: string,
  members: object,
  { method = 'POST', token }: { readonly method?: string; readonly token?: string } = {},
): Promise<{ readonly status: number; readonly date: string | null; readonly body: JsonObject }> {
  const headers = token === undefined ? json : { ...json, authorization: `Bearer ${token}` };
  const answer = await tenant.fetch(path, { method, headers, body: JSON.stringify(members) });
  return { status: answer.status, date: answer.headers.get('date'), body: (await answer.json()) as JsonObject };
}

/** POST /anonymous/token for the sample application and API. */
export function anonymousToken(tenant: LocalTenant, members: object = {}): ReturnType<typeof sendJson> {
  return sendJson(tenant, '/anonymous/token', { client_id: tenant.clientId, audience: tenant.audience, ...members });
}

/** A token for the Management API. */
export async function managementToken(tenant: LocalTenant): Promise<string> {
  const { clientId: client_id, clientSecret: client_secret } = tenant.management;
  const audience = `${tenant.issuer}api/v2/`;
  const grant = { grant_type: 'client_credentials', client_id, client_secret, audience };
  return String((await sendJson(tenant, '/oauth/token', grant)).body.access_token);
}
