import { isAnonError } from '../../errors.ts';
import type { TenantConnection } from '../exchange/connection.ts';

/** What a look at the tenant gives; a refusal matters more than a look-up that fails on the way to its explanation. */
export async function lookedUp<Found>(
  tenant: TenantConnection,
  look: () => Promise<Found | undefined>,
): Promise<Found | undefined> {
  if (!tenant.management) return undefined;
  try {
    return await look();
  } catch (error) {
    if (isAnonError(error) && error.code !== 'interrupted') return undefined;
    throw error;
  }
}
