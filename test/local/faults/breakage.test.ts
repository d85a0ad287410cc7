import { describe, expect, it } from 'vitest';
import type { NewFault } from '../../../src/local/faults/fault.ts';
import type { ServedRequest } from '../../../src/local/http/served-request.ts';
import { transitOf } from '../../../src/local/http/transit.ts';
import { withFault } from '../../support/faults.ts';
import { openTenant } from '../../support/local.ts';

/** How the response to a request for a guest token travels, and what the log says of it. */
async function metBy(...faults: Partial<NewFault>[]) {
  const log: ServedRequest[] = [];
  const tenant = await openTenant({ onServed: (served) => void log.push(served) });
  for (const fault of faults) await withFault(tenant, { status: undefined, ...fault });
  const response = await tenant.handle(
    new Request(`${tenant.issuer}anonymous/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ client_id: tenant.app.client_id, audience: tenant.api.identifier }),
    }),
  );
  return { response, transit: transitOf(response), log };
}

describe('a fault of the connection', () => {
  it.each(['reset', 'drop'] as const)('keeps a request from the routes: %s', async (kind) => {
    const { transit, log } = await metBy({ kind });
    expect(transit).toEqual({ delayMs: 0, breakage: kind });
    expect(log).toEqual([{ fault: kind, unanswered: true, method: 'POST', path: '/anonymous/token', status: 500 }]);
  });

  it('truncates the response to a request that was carried out', async () => {
    const { response, transit, log } = await metBy({ kind: 'truncate' });
    expect(transit).toEqual({ delayMs: 0, breakage: 'truncate' });
    expect(await response.json()).toHaveProperty('session_token');
    expect(log).toMatchObject([{ fault: 'truncate', session: 'created', status: 200 }]);
  });

  it('delays the response to a request that was carried out', async () => {
    const { response, transit, log } = await metBy({ kind: 'latency', latency_ms: 800 });
    expect(transit).toEqual({ delayMs: 800, breakage: undefined });
    expect([response.status, log]).toMatchObject([200, [{ fault: 'latency', session: 'created' }]]);
  });

  it('may come late, and delays add up', async () => {
    const slow = { kind: 'latency', latency_ms: 300 } as const;
    const { transit, log } = await metBy(slow, slow, { kind: 'reset' }, slow);
    expect(transit).toEqual({ delayMs: 600, breakage: 'reset' });
    expect(log[0]?.fault).toBe('latency, latency-2, reset');
    const { response, transit: late } = await metBy(slow, { kind: 'status', status: 503 });
    expect([response.status, late?.delayMs]).toEqual([503, 300]);
  });
});
