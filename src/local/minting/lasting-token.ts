import { managementAudience } from '../../wire/oauth.ts';
import { afterEveryClockSeconds } from '../../wire/tenant-clock.ts';
import { readMoment } from '../state/moment.ts';
import { managementScopes } from '../state/upgrade.ts';
import { cachedStore } from '../store/cached-store.ts';
import type { DocumentDatabase } from '../store/database.ts';
import { signToken } from '../tokens/signed-token.ts';

/**
 * A Management API token with all scopes that is valid wherever the tenant's clock is moved. Those of its endpoint end after a day,
 * which is soon over in a test that moves the clock.
 */
export async function lastingToken(database: DocumentDatabase, machineMs: number): Promise<string> {
  const store = cachedStore(database);
  await store.refresh();
  const moment = await readMoment(store, { machineMs, issuer: '' });
  const client = await store.find('client', { lookup: 'global', value: 'true' });
  if (!moment || !client) throw new Error('the state is empty');
  return signToken(moment.keys, 'JWT', {
    iss: moment.issuer,
    sub: `${String(client.client_id)}@clients`,
    aud: managementAudience(moment.issuer),
    exp: afterEveryClockSeconds,
    scope: managementScopes.join(' '),
    gty: 'client-credentials',
    azp: client.client_id,
  });
}
