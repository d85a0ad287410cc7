import { managementAudience } from '../../wire/oauth.ts';
import type { Store, StoreReader } from '../store/store.ts';

/**
 * The tenant's issuer, `https://DOMAIN/`. The state has it in one place, the identifier of the Management API. Undefined
 * in an empty state.
 */
export function issuerOf(store: StoreReader): string | undefined {
  const identifier = store.list('resource_server').find(({ is_system }) => is_system === true)?.identifier;
  const path = managementAudience('');
  return typeof identifier === 'string' && identifier.endsWith(path) ? identifier.slice(0, -path.length) : undefined;
}

/**
 * Changes the issuer, and with it the identifier of the Management API, its grants and a default audience that refers to
 * it. Tokens issued before still have the old issuer.
 */
export function setIssuer(store: Store, issuer: string): void {
  store.write((writer) => {
    const before = issuerOf(writer);
    if (before === undefined || before === issuer) return;
    const [from, to] = [managementAudience(before), managementAudience(issuer)];
    for (const server of writer.list('resource_server').filter(({ is_system }) => is_system === true)) {
      writer.put('resource_server', String(server.id), { ...server, identifier: to });
    }
    for (const grant of writer.list('client_grant').filter(({ audience }) => audience === from)) {
      writer.put('client_grant', String(grant.id), { ...grant, audience: to });
    }
    const settings = writer.get('tenant', 'settings');
    if (settings?.default_audience === from) writer.put('tenant', 'settings', { ...settings, default_audience: to });
  });
}
