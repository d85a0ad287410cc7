import { isAnonError } from '../../errors.ts';
import { openidConfigurationPath } from '../../wire/discovery.ts';
import type { TenantConnection } from '../ports.ts';
import { send } from './send.ts';

/** Asks a tenant what time it is, unless an answer has said so; where it cannot say, this machine's clock is all there is. */
export async function askTime(tenant: TenantConnection): Promise<void> {
  if (tenant.time.offsetMs() !== undefined) return;
  try {
    await send(tenant, { method: 'GET', path: openidConfigurationPath, mayBeMissing: true });
  } catch (error) {
    if (isAnonError(error) && error.code === 'interrupted') throw error;
  }
}
