import fc from 'fast-check';
import { expect, it } from 'vitest';
import { withoutSecrets } from '../../../src/domain/exchange/secrecy.ts';
import { openTenant } from '../../support/local.ts';

it('a session token and an access token are masked wherever they stand', async () => {
  const tenant = await openTenant();
  const { session_token, access_token } = await tenant.session();
  expect(withoutSecrets(`got ${session_token}, and "${access_token}"`)).toBe('got ***, and "***"');
  expect(withoutSecrets(`ANONYMOUS_SESSION_${session_token}`)).toBe('***');
});

it.each([
  ['the secret is hunter2, said twice: hunter2', ['hunter2'], 'the secret is ***, said twice: ***'],
  ['hunter2 and swordfish', ['hunter2', undefined, 'swordfish'], '*** and ***'],
  ['no secret at all', ['', undefined], 'no secret at all'],
  ['a $& in a secret', ['$&'], 'a *** in a secret'],
  ['https://api.shop.example/v1.0.0', [], 'https://api.shop.example/v1.0.0'],
  ['version 1.2.3 of acme.eu.auth0.com', [], 'version 1.2.3 of acme.eu.auth0.com'],
])('%j becomes text that may be shown', (text, secrets, shown) => {
  expect(withoutSecrets(text, secrets)).toBe(shown);
});

it('no secret is left in any text', () => {
  fc.assert(
    fc.property(fc.string(), fc.string({ minLength: 4 }), fc.string(), (before, secret, after) => {
      fc.pre(!'***'.includes(secret) && !secret.includes('***'));
      expect(withoutSecrets(`${before}${secret}${after}`, [secret])).not.toContain(secret);
    }),
  );
});
