import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { clientAssertionType } from '../../../src/wire/client-assertion.ts';
import type { JsonObject } from '../../../src/wire/schema.ts';
import { basic, confidentialApp } from '../../support/local.ts';
import { callback, type LoginTenant, loginTenant, verifier } from '../../support/login.ts';

let keys: { publicKey: KeyObject; privateKey: KeyObject };
beforeAll(() => {
  keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
});

interface Credentials {
  readonly members: Record<string, string>;
  readonly headers: Record<string, string>;
}

/** Redeems a code of an application, and refreshes, with the credentials that `prove` makes for each request. */
async function logIn(
  tenant: LoginTenant,
  clientId: string,
  prove: () => Promise<Credentials>,
  format: 'json' | 'form',
) {
  const code = await tenant.code({ authorization: { clientId } });
  const post = async (members: JsonObject) => {
    const { members: own, headers } = await prove();
    return tenant.send('POST', '/oauth/token', { [format]: { ...members, ...own }, headers });
  };
  const redeemed = await post({
    grant_type: 'authorization_code',
    code,
    redirect_uri: callback,
    code_verifier: verifier,
  });
  const refreshToken = redeemed.body.refresh_token;
  const refreshed = refreshToken && (await post({ grant_type: 'refresh_token', refresh_token: refreshToken }));
  return [redeemed.status, refreshed?.status];
}

const formats = ['json', 'form'] as const;

describe.each(formats)('an application, as %s,', (format) => {
  it('that is public names itself', async () => {
    const tenant = await loginTenant();
    const { client_id } = tenant.app;
    const prove = async () => ({ members: { client_id }, headers: {} });
    expect(await logIn(tenant, client_id, prove, format)).toEqual([200, 200]);
  });

  it.each([undefined, 'client_secret_post', 'client_secret_basic'])(
    'with token_endpoint_auth_method %s sends its secret in the body or the header',
    async (token_endpoint_auth_method) => {
      const tenant = await loginTenant();
      const { client_id, client_secret } = await confidentialApp(tenant, { token_endpoint_auth_method });
      const inBody = async () => ({ members: { client_id, client_secret }, headers: {} });
      const inHeader = async () => ({ members: {}, headers: basic(client_id, client_secret) });
      const none = async () => ({ members: { client_id }, headers: {} });
      expect(await logIn(tenant, client_id, inBody, format)).toEqual([200, 200]);
      expect(await logIn(tenant, client_id, inHeader, format)).toEqual([200, 200]);
      expect(await logIn(tenant, client_id, none, format)).toEqual([401, undefined]);
    },
  );

  it.each([true, false])('with a key signs an assertion without a kid; names itself too: %s', async (isNamed) => {
    const tenant = await loginTenant();
    const pem = keys.publicKey.export({ type: 'spki', format: 'pem' });
    const credentials = [{ credential_type: 'public_key', alg: 'RS256', pem }];
    const { client_id, client_secret } = await confidentialApp(tenant, {
      client_authentication_methods: { private_key_jwt: { credentials } },
    });
    const prove = async () => ({
      members: {
        ...(isNamed && { client_id }),
        client_assertion_type: clientAssertionType,
        client_assertion: await assertion(tenant, client_id),
      },
      headers: {},
    });
    expect(await logIn(tenant, client_id, prove, format)).toEqual([200, 200]);
    const bySecret = async () => ({ members: { client_id, client_secret }, headers: {} });
    expect(await logIn(tenant, client_id, bySecret, format)).toEqual([401, undefined]);
  });
});

function assertion(tenant: LoginTenant, clientId: string): Promise<string> {
  const now = tenant.clock() / 1000;
  const claims = { iss: clientId, sub: clientId, aud: tenant.issuer, iat: now, exp: now + 120, jti: randomUUID() };
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256' }).sign(keys.privateKey);
}

it('a public application that sends a secret must send its own', async () => {
  const tenant = await loginTenant();
  const { client_secret } = tenant.app;
  expect((await tenant.redeem({ client_secret })).status).toBe(200);
  expect((await tenant.redeem({ client_secret: 'wrong' })).status).toBe(401);
});

describe('what is sent without a value was not sent', () => {
  // RFC 6749, sections 2.3.1 and 3.2: some SDKs send a form with every parameter, and a header for every application.
  it.each<[string, (clientId: string) => Credentials]>([
    ['its secret in a form', (client_id) => ({ members: { client_id, client_secret: '' }, headers: {} })],
    ['its secret in the header', (clientId) => ({ members: {}, headers: basic(clientId, '') })],
    [
      'its assertion',
      (client_id) => ({ members: { client_id, client_assertion: '', client_assertion_type: '' }, headers: {} }),
    ],
  ])('by a public application: %s', async (_, prove) => {
    const tenant = await loginTenant();
    const { client_id } = tenant.app;
    expect(await logIn(tenant, client_id, async () => prove(client_id), 'form')).toEqual([200, 200]);
    const { members, headers } = prove(client_id);
    const guest = { audience: tenant.api.identifier, ...members };
    expect((await tenant.send('POST', '/anonymous/token', { form: guest, headers })).status).toBe(200);
  });

  it('by a confidential application that authenticates itself in the header', async () => {
    const tenant = await loginTenant();
    const { client_id, client_secret } = await confidentialApp(tenant);
    const prove = async () => ({ members: { client_id, client_secret: '' }, headers: basic(client_id, client_secret) });
    expect(await logIn(tenant, client_id, prove, 'form')).toEqual([200, 200]);
  });

  it('in the form of a pushed request', async () => {
    const tenant = await loginTenant();
    const form = { client_id: tenant.app.client_id, redirect_uri: callback, response_type: 'code', request_uri: '' };
    expect((await tenant.send('POST', '/oauth/par', { form })).status).toBe(201);
  });

  it('in JSON it was sent', async () => {
    const tenant = await loginTenant();
    expect((await tenant.redeem({ code_verifier: '' })).body.error).toBe('invalid_request');
  });
});

// RFC 6749, section 5.2.
it.each(['/oauth/token', '/oauth/revoke', '/oauth/par', '/anonymous/token'])(
  '%s answers wrong credentials in the header with a challenge, and those in the body without',
  async (path) => {
    const tenant = await loginTenant();
    const { client_id } = await confidentialApp(tenant);
    const members = { grant_type: 'client_credentials', token: 'x' };
    const inHeader = await tenant.send('POST', path, { form: members, headers: basic(client_id, 'wrong') });
    expect([inHeader.status, inHeader.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="local"']);
    const inBody = await tenant.send('POST', path, { form: { ...members, client_id, client_secret: 'wrong' } });
    expect([inBody.status, inBody.headers.get('www-authenticate')]).toEqual([401, null]);
  },
);
