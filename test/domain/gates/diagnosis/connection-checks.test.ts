import { expect, it } from 'vitest';
import { checkClock } from '../../../../src/domain/gates/diagnosis/connection-checks.ts';
import { noon, scriptedConnection } from '../../../support/domain.ts';

it.each([
  ['elsewhere', 'https://acme.example', /^Set this machine's clock\./],
  ['on this machine', 'http://localhost:4400', /anon-cli local clock reset$/],
])('a clock that differs from that of a tenant %s has its own advice', (_, baseUrl, advice) => {
  const tenant = scriptedConnection([], { issuer: `${baseUrl}/`, baseUrl });
  tenant.time.learn(new Headers({ date: new Date(noon + 86_400_000).toUTCString() }), noon);
  expect(checkClock(tenant)).toMatchObject({ state: 'warning', advice: expect.stringMatching(advice) });
});
