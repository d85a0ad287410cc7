import { describe, expect, it } from 'vitest';
import { listen } from '../../src/local/listen.ts';
import { testTenant } from '../support/local.ts';

describe('a tenant that listens', () => {
  it('answers over HTTP at the address that it names', async () => {
    const tenant = await testTenant();
    const listening = await listen(tenant.handle, 0);
    try {
      expect(listening.url).toBe(`http://localhost:${listening.port}`);
      const response = await fetch(`http://127.0.0.1:${listening.port}/.well-known/jwks.json`);
      expect(await response.json()).toEqual((await tenant.send('GET', '/.well-known/jwks.json')).body);
    } finally {
      await listening.close();
    }
  });

  it('fails where somebody listens already, and not once they have gone', async () => {
    const tenant = await testTenant();
    const first = await listen(tenant.handle, 0);
    await expect(listen(tenant.handle, first.port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await first.close();
    const second = await listen(tenant.handle, first.port);
    expect(second.port).toBe(first.port);
    await second.close();
    await expect(fetch(`http://127.0.0.1:${first.port}/`)).rejects.toThrow();
  });
});
