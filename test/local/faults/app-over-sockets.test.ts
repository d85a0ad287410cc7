import { expect, it, onTestFinished } from 'vitest';
import { listen } from '../../../src/local/http/listen.ts';
import { withFault } from '../../support/faults.ts';
import { basic, confidentialApp, openTenant } from '../../support/local.ts';

it('a fault of one application leaves the requests of others as they are, however they arrive', async () => {
  const tenant = await openTenant();
  const other = await confidentialApp(tenant);
  await withFault(tenant, { client_id: tenant.app.client_id });
  const { url, close } = await listen(tenant.handle, 0);
  onTestFinished(close);
  const audience = tenant.api.identifier;
  const status = async (body: RequestInit['body'], headers: Record<string, string> = {}) => {
    const response = await fetch(`${url}/anonymous/token`, { method: 'POST', body, headers, duplex: 'half' });
    return response.status;
  };
  const json = { 'content-type': 'application/json' };
  for (const [{ client_id, client_secret }, expected] of [
    [tenant.app, 503],
    [other, 200],
  ] as const) {
    const members = { client_id, client_secret, audience };
    expect(await status(JSON.stringify(members), json)).toBe(expected);
    expect(await status(new URLSearchParams(members))).toBe(expected);
    expect(await status(new Blob([JSON.stringify(members)]).stream(), json)).toBe(expected);
    expect(await status(JSON.stringify({ audience }), { ...json, ...basic(client_id, client_secret) })).toBe(expected);
  }
});
