import { managementAudience } from '../../wire/oauth.ts';
import type { Store, StoreReader } from '../store/store.ts';

const isSystem = { lookup: 'is_system', value: 'true' };

/**
 * The tenant's issuer, `https://DOMAIN/`. The state has it in one place, the identifier of the Management API. Undefined
 * in an empty state.
 */
export async function issuerOf(store: StoreReader): Promise<string | undefined> {
  const identifier = (await store.find('resource_server', isSystem))?.identifier;
  const path = managementAudience('');
  return typeof identifier === 'string' && identifier.endsWith(path) ? identifier.slice(0, -path.length) : undefined;
}

/**
 * Changes the issuer, and with it the identifier of the Management API, its grants and a default audience that refers to
 * it. Tokens issued before still have the old issuer.
 */
export async function setIssuer(store: Store, issuer: string): Promise<void> {
  await store.write(async (writer) => {
    const before = await issuerOf(writer);
    if (before === undefined || before === issuer) return;
    const [from, to] = [managementAudience(before), managementAudience(issuer)];
    for (const server of await writer.list('resource_server', isSystem)) {
      writer.put('resource_server', String(server.id), { ...server, identifier: to });
    }
    for (const grant of await writer.list('client_grant', { lookup: 'audience', value: from })) {
      writer.put('client_grant', String(grant.id), { ...grant, audience: to });
    }
    const settings = await writer.get('tenant', 'settings');
    if (settings?.default_audience === from) writer.put('tenant', 'settings', { ...settings, default_audience: to });
  });
}
