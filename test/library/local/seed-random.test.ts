import { describe, expect, it } from 'vitest';
import { startLocalTenant } from '../../../src/library/local/start.ts';
import { failureOf } from '../../support/domain.ts';

/** What a tenant makes whose clock stands still. */
async function madeBy(edition: 'preview' | 'ea', seedRandom: number) {
  const clock = { now: '2027-01-01T00:00:00Z', frozen: true };
  await using tenant = await startLocalTenant({ edition, seedRandom, clock, listen: false });
  // A request that makes nothing changes no id.
  await tenant.fetch('/health');
  const guests = [await tenant.createGuest(), await tenant.createGuest({ metadata: { cart: 1 } })];
  const user = await tenant.createUser({ email: 'anna@example.com', password: 'Correct-horse1' });
  const keys = await (await tenant.fetch('/.well-known/jwks.json')).text();
  const minted = await tenant.mint({ kind: 'access_token', foreign: true });
  return { keys, clientId: tenant.clientId, management: tenant.management, guests, userId: user.userId, minted };
}

describe('startLocalTenant with seedRandom', () => {
  it.each(['preview', 'ea'] as const)(
    'makes the same keys, ids and tokens in each run, edition %s',
    async (edition) => {
      const made = await madeBy(edition, 42);
      expect(await madeBy(edition, 42)).toEqual(made);
      const [first, second] = made.guests;
      expect(first?.accessToken).not.toBe(second?.accessToken);
      const other = await madeBy(edition, 43);
      expect([other.clientId, other.userId, other.management.clientId]).not.toContain(made.clientId);
      expect(other.keys).not.toBe(made.keys);
    },
  );

  it.each([-1, 1.5, 1e15, Number.NaN, '42'])('refuses %j', async (seedRandom) => {
    expect(await failureOf(() => startLocalTenant({ seedRandom: seedRandom as number, listen: false }))).toMatchObject({
      ...{ code: 'usage', message: 'seedRandom must be a whole number from 0 to 999999999999999.' },
    });
  });
});
