import { expect, it } from 'vitest';
import { callback, loginTenant } from '../../support/login.ts';

it('the sign-up page names the tenant, as the login page does', async () => {
  const app = { callbacks: [callback] };
  const tenant = await loginTenant({ app, settings: { friendly_name: 'Corner Shop Inc.' } });
  for (const screen_hint of ['signup', 'login']) {
    const request = { client_id: tenant.app.client_id, redirect_uri: callback, response_type: 'code', screen_hint };
    const { headers } = await tenant.send('GET', `/authorize?${new URLSearchParams(request)}`);
    const cookie = headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ');
    const url = new URL(headers.get('location') ?? '', tenant.issuer);
    const page = await tenant.handle(new Request(url, { headers: { cookie } }));
    expect(await page.text()).toContain('<bdi>Corner Shop Inc.</bdi>');
  }
});
