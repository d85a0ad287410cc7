import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { managementRequest } from '../../../src/domain/exchange/management/request.ts';
import { redactSecrets, secretForms } from '../../../src/domain/exchange/redact.ts';
import { requestTokens } from '../../../src/domain/session/request-tokens.ts';
import { tenantSettings, tenantSettingsPath } from '../../../src/wire/tenant-settings.ts';
import { failureOf, json, managementToken, scriptedConnection, secretAccess } from '../../support/domain.ts';
import { openTenant } from '../../support/local.ts';

it('session and access tokens are masked anywhere', async () => {
  const tenant = await openTenant();
  const { session_token, access_token } = await tenant.session();
  expect(redactSecrets(`got ${session_token}, and "${access_token}"`)).toBe('got ***, and "***"');
  expect(redactSecrets(`ANONYMOUS_SESSION_${session_token}`)).toBe('***');
});

it.each([
  ['the secret is hunter2, said twice: hunter2', ['hunter2'], 'the secret is ***, said twice: ***'],
  ['hunter2 and swordfish', ['hunter2', undefined, 'swordfish'], '*** and ***'],
  ['no secret at all', ['', undefined], 'no secret at all'],
  ['a $& in a secret', ['$&'], 'a *** in a secret'],
  ['https://api.shop.example/v1.0.0', [], 'https://api.shop.example/v1.0.0'],
  ['version 1.2.3 of acme.eu.auth0.com', [], 'version 1.2.3 of acme.eu.auth0.com'],
])('%j becomes text that can be shown', (text, secrets, shown) => {
  expect(redactSecrets(text, secrets)).toBe(shown);
});

it('no secret remains in any text', () => {
  fc.assert(
    fc.property(fc.string(), fc.string({ minLength: 4 }), fc.string(), (before, secret, after) => {
      fc.pre(!'***'.includes(secret) && !secret.includes('***'));
      expect(redactSecrets(`${before}${secret}${after}`, [secret])).not.toContain(secret);
    }),
  );
});

it.each([
  ['a', 'A cat and a dog', 'A cat and *** dog'],
  ['en', "metadata.lang 'en' is not known when it is sent", "metadata.lang '***' is not known when it is sent"],
  ['7', '7 of 17 are 7.', '*** of 17 are ***.'],
  ['é', 'é née', '*** née'],
  ['a-', 'a- and ba-', '*** and ba-'],
  ['.', 'one. two', 'one*** two'],
  ['long', 'longer belongs', '***er be***s'],
])('the short secret %j is masked as a whole word: %s', (secret, text, shown) => {
  expect(redactSecrets(text, [secret])).toBe(shown);
});

it('of two overlapping secrets the longer one is masked as a whole', () => {
  expect(redactSecrets('pass and passphrase', ['pass', 'passphrase'])).toBe('*** and ***');
});

it('metadata values are secrets at any depth, but keys are not', () => {
  const metadata = { a: 'x y', b: { c: ['"q"', 12, true, null] } };
  expect(secretForms(metadata)).toEqual(['x y', 'x y', 'x%20y', '"q"', '\\"q\\"', '%22q%22', '12']);
  expect(secretForms(undefined)).toEqual([]);
  expect(secretForms({ a: '\ud800' })).toHaveLength(3);
});

describe('a secret of one letter', () => {
  const secrets = ['e', 'a', 'i', 't', 'o', 'n'];

  it.each(secrets)('%j leaves the words of a refused guest token alone', async (clientSecret) => {
    const refused = json({ error: 'invalid_client', error_description: `Not ${clientSecret}: not the one` }, 401);
    const app = { clientId: 'web', name: 'web', clientSecret, authMethod: 'client_secret_post' };
    const error = await failureOf(() => requestTokens(scriptedConnection([refused]), app, { audience: 'shop' }));
    expect(error.message).toBe('invalid_client (401): Not ***: not the one');
  });

  it.each(secrets)('%j leaves the meaning of a refused login alone', async (secret) => {
    const words = 'Client is not authorized to access "https://acme.example/api/v2/".';
    const refused = json({ error: 'access_denied', error_description: words }, 403);
    const tenant = scriptedConnection([refused], { management: secretAccess('tool', secret) });
    const error = await failureOf(() =>
      managementRequest(tenant, tenantSettings, { method: 'GET', path: tenantSettingsPath }),
    );
    expect(error.message).toBe(
      `The tenant refused the credentials of profile 'acme': client tool has no grant for the Management API (403). The tenant reported: "${words}"`,
    );
  });

  it.each(secrets)('%j leaves the scope that is missing alone', async (secret) => {
    const words = 'Insufficient scope, expected any of: read:tenant_settings';
    const refused = json({ statusCode: 403, error: 'Forbidden', message: words, errorCode: 'insufficient_scope' }, 403);
    const tenant = scriptedConnection([managementToken, refused], { management: secretAccess('tool', secret) });
    const error = await failureOf(() =>
      managementRequest(tenant, tenantSettings, { method: 'GET', path: tenantSettingsPath }),
    );
    expect(error.message).toBe(`The tenant refused: ${words} (403).`);
    expect(error.hint).toContain('the Management API scope read:tenant_settings');
  });
});
