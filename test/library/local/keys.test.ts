import { expect, it, onTestFinished } from 'vitest';
import { startLocalTenant } from '../../../src/library/local/start.ts';
import { verifyToken } from '../../../src/library/verify-token.ts';
import { failureOf } from '../../support/domain.ts';

it("a tenant's keys are rotated and revoked", async () => {
  const tenant = await startLocalTenant({ listen: false });
  onTestFinished(() => tenant.stop());
  const { accessToken } = await tenant.createGuest();
  const isValid = async () => {
    const { keys } = (await (await tenant.fetch('/.well-known/jwks.json')).json()) as { keys: object[] };
    const { audience, issuer } = tenant;
    return (await verifyToken(accessToken, { jwks: JSON.stringify({ keys }), issuer, audience })).valid;
  };
  const [first] = await tenant.keys.list();
  const made = await tenant.keys.rotate();
  expect(made).toEqual({ kid: expect.any(String), use: 'signing', state: 'current', endsAt: null });
  expect(await isValid()).toBe(true);
  expect(await failureOf(() => tenant.keys.revoke(made.kid))).toMatchObject({ code: 'usage' });
  await tenant.keys.revoke(first?.kid ?? '');
  expect(await isValid()).toBe(false);
  expect(await failureOf(() => tenant.keys.revoke('unknown'))).toMatchObject({ code: 'not_found' });
  expect(await failureOf(() => tenant.keys.rotate('all' as 'signing'))).toMatchObject({ code: 'usage' });
});
