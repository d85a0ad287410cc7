import { generateKeyPairSync } from 'node:crypto';
import { AuthClient } from '@auth0/auth0-auth-js';
import { Management, ManagementClient } from 'auth0';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { overHttp } from '../support/local-server.ts';
import { guestOf, refusalOf, type ServedForSdks, servedForSdks } from '../support/sdk.ts';

const audience = 'https://api.shop.example';

/** A tenant of edition ea, whose gates for the sample application are opened with the official SDK only. */
async function openedBySdk() {
  const served = await servedForSdks('ea');
  const { client } = served;
  const [web] = (await client.clients.list({ is_global: false })).data;
  const clientId = web?.client_id ?? '';
  await client.clients.update(clientId, { anonymous_sessions: { active: true } });
  await client.resourceServers.update(audience, {
    token_lifetime_for_anonymous_access_tokens: 600,
    subject_type_authorization: {
      user: { policy: 'allow_all' },
      client: { policy: 'require_client_grant' },
      anonymous_user: { policy: 'require_client_grant' },
    },
  });
  const grant = await client.clientGrants.create({
    client_id: clientId,
    audience,
    scope: ['read:catalog'],
    subject_type: 'anonymous_user',
  });
  return { ...served, clientId, grant };
}

/** A key pair in the formats that the SDKs expect. */
function keyPair() {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    pem: String(publicKey.export({ type: 'spki', format: 'pem' })),
    clientAssertionSigningKey: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
  };
}

function createKeyed(client: ManagementClient, pem: string) {
  return client.clients.create({
    name: 'by key',
    oidc_conformant: true,
    anonymous_sessions: { active: true },
    client_authentication_methods: { private_key_jwt: { credentials: [{ credential_type: 'public_key', pem }] } },
  });
}

describe('the official Management SDK, unmodified, on edition ea', () => {
  it('reads and changes the tenant settings', async () => {
    const { client } = await servedForSdks('ea');
    // Settings that were never set are omitted.
    expect((await client.tenants.settings.get()).sessions).toEqual({ oidc_logout_prompt_enabled: true });
    const sessions = {
      oidc_logout_prompt_enabled: true,
      anonymous: { lifetime_in_minutes: 60, activate_cookie: false },
    };
    expect(await client.tenants.settings.update({ sessions })).toMatchObject({ sessions });
  });

  it('rotates the secret of an application', async () => {
    const { client } = await servedForSdks('ea');
    const made = await client.clients.create({ name: 'server' });
    const rotated = await client.clients.rotateSecret(made.client_id ?? '');
    expect(rotated.client_id).toBe(made.client_id);
    expect(rotated.client_secret).not.toBe(made.client_secret);
    expect((await client.clients.get(made.client_id ?? '')).client_secret).toBe(rotated.client_secret);
  });

  it('lists, creates, reads, changes and deletes client grants', async () => {
    const { client, clientId, grant } = await openedBySdk();
    const id = grant.id ?? '';
    expect(grant).toMatchObject({ client_id: clientId, audience, scope: ['read:catalog'] });
    expect(await client.clientGrants.get(id)).toEqual(grant);
    const all = await client.clientGrants.update(id, { allow_all_scopes: true });
    expect(all).toMatchObject({ allow_all_scopes: true });
    expect(all.scope).toBeUndefined();
    await client.clientGrants.update(id, { allow_all_scopes: false, scope: ['write:cart'] });
    const listed: unknown[] = [];
    const filter = { client_id: clientId, audience, subject_type: 'anonymous_user' } as const;
    for await (const { scope } of await client.clientGrants.list(filter)) listed.push(scope);
    expect(listed).toEqual([['write:cart']]);
    for await (const other of await client.clientGrants.list({ take: 1 })) listed.push(other.subject_type);
    expect(listed).toEqual([['write:cart'], 'client', 'anonymous_user']);
    await client.clientGrants.delete(id);
    expect(await refusalOf(client.clientGrants.get(id))).toMatchObject({ statusCode: 404 });
  });

  it('maps a claim, which the types of version 7.1.0 do not include, and clears the list', async () => {
    const { client, clientId, domain } = await openedBySdk();
    type Change = Management.UpdateResourceServerRequestContent & {
      access_token: { claims_mapping: { custom_claims: { name: string; expression: string }[] } };
    };
    const mapped = async (...custom_claims: { name: string; expression: string }[]) => {
      const change: Change = { access_token: { claims_mapping: { custom_claims } } };
      expect(await client.resourceServers.update(audience, change)).toMatchObject(change);
      const { anonymous } = new AuthClient({ domain, clientId, customFetch: overHttp });
      const { accessToken } = await anonymous.createSession({ audience, metadata: { country: 'US' } });
      return decodeJwt(accessToken).country;
    };
    expect(await mapped({ name: 'country', expression: 'anonymous_session.metadata.country' })).toBe('US');
    expect(await mapped()).toBeUndefined();
  });

  it.each<
    [number, new (...args: never[]) => unknown, (made: Awaited<ReturnType<typeof openedBySdk>>) => Promise<unknown>]
  >([
    [
      409,
      Management.ConflictError,
      ({ client, clientId }) =>
        client.clientGrants.create({ client_id: clientId, audience, subject_type: 'anonymous_user' }),
    ],
    [
      404,
      Management.NotFoundError,
      ({ client, clientId }) =>
        client.clientGrants.create({ client_id: clientId, audience: 'https://nowhere.example' }),
    ],
    [
      400,
      Management.BadRequestError,
      ({ client, clientId }) => client.clients.update(clientId, { oidc_conformant: false }),
    ],
  ])('turns a refusal with %i into its own error', async (statusCode, type, call) => {
    const refusal = await refusalOf(call(await openedBySdk()));
    expect(refusal).toBeInstanceOf(type);
    expect(refusal).toMatchObject({ statusCode, body: { statusCode, message: expect.any(String) } });
  });

  it('registers a key, and signs in with it', async () => {
    const { client, domain } = await servedForSdks('ea');
    const { pem, clientAssertionSigningKey } = keyPair();
    const { client_id: clientId = '' } = await createKeyed(client, pem);
    const managementApi = `https://${domain}/api/v2/`;
    await client.clientGrants.create({ client_id: clientId, audience: managementApi, scope: ['read:clients'] });
    const keyed = new ManagementClient({ domain, clientId, clientAssertionSigningKey, fetch: overHttp, maxRetries: 0 });
    const names = (await keyed.clients.list()).data.map(({ name }) => name);
    expect(names).toContain('by key');
    expect(await refusalOf(keyed.clientGrants.list())).toMatchObject({ statusCode: 403 });
    const [credential] = await client.clients.credentials.list(clientId);
    await client.clients.credentials.delete(clientId, credential?.id ?? '');
    const again = new ManagementClient({ domain, clientId, clientAssertionSigningKey, fetch: overHttp, maxRetries: 0 });
    await expect(again.clients.list()).rejects.toThrow();
  });
});

describe('the official Authentication SDK, unmodified, on edition ea', () => {
  const authClient = ({ domain }: ServedForSdks, clientId: string, more: object = {}) =>
    new AuthClient({ domain, clientId, customFetch: overHttp, ...more }).anonymous;

  it('creates a session, renews its access token, mints a ticket and logs out', async () => {
    const served = await openedBySdk();
    const anonymous = authClient(served, served.clientId);
    const session = await anonymous.createSession({ audience, metadata: { cart: 'a' } });
    const { sessionToken = '', accessToken } = session;
    expect(sessionToken).toMatch(/^ANONYMOUS_SESSION_/);
    const keys = createRemoteJWKSet(new URL(`${served.url}/.well-known/jwks.json`));
    const { payload } = await jwtVerify(accessToken, keys, { issuer: `https://${served.domain}/`, audience });
    expect(payload).toMatchObject({ scope: 'read:catalog', sub: expect.stringMatching(/^anon@/) });

    const renewed = await anonymous.getAccessToken({ audience, sessionToken });
    expect(guestOf(renewed.accessToken)).toBe(guestOf(accessToken));

    expect((await anonymous.mintTransferToken(sessionToken))?.split('.')).toHaveLength(5);
    expect(await anonymous.mintTransferToken('not a session')).toBeNull();
    await anonymous.logout();
  });

  it('learns that a session cannot be renewed', async () => {
    const served = await openedBySdk();
    const anonymous = authClient(served, served.clientId);
    const renewal = anonymous.getAccessToken({ audience, sessionToken: 'ANONYMOUS_SESSION_none' });
    await expect(renewal).rejects.toMatchObject({ cause: { error: 'invalid_session_token' } });
  });

  it('authenticates with a secret, or with a key', async () => {
    const served = await openedBySdk();
    const { pem, clientAssertionSigningKey } = keyPair();
    const withSecret = await served.client.clients.create({
      name: 'by secret',
      oidc_conformant: true,
      anonymous_sessions: { active: true },
    });
    const withKey = await createKeyed(served.client, pem);
    for (const { client_id: clientId = '' } of [withSecret, withKey]) {
      await served.client.clientGrants.create({ client_id: clientId, audience, subject_type: 'anonymous_user' });
    }
    const bySecret = authClient(served, withSecret.client_id ?? '', { clientSecret: withSecret.client_secret });
    const byKey = authClient(served, withKey.client_id ?? '', { clientAssertionSigningKey });
    for (const anonymous of [bySecret, byKey]) {
      const { sessionToken = '' } = await anonymous.createSession({ audience });
      expect(sessionToken).toMatch(/^ANONYMOUS_SESSION_/);
      expect(await anonymous.mintTransferToken(sessionToken)).toEqual(expect.any(String));
    }
    const byNothing = authClient(served, withKey.client_id ?? '');
    await expect(byNothing.createSession({ audience })).rejects.toMatchObject({ cause: { error: 'invalid_client' } });
  });

  it.each<[string, (made: Awaited<ReturnType<typeof openedBySdk>>) => Promise<unknown>]>([
    ['unauthorized_client', ({ client, clientId }) => client.clients.update(clientId, { anonymous_sessions: null })],
    ['invalid_target', ({ client, grant }) => client.clientGrants.delete(grant.id ?? '')],
  ])('turns a closed gate into its own error: %s', async (error, close) => {
    const served = await openedBySdk();
    await close(served);
    const anonymous = authClient(served, served.clientId);
    await expect(anonymous.createSession({ audience })).rejects.toMatchObject({ cause: { error } });
  });
});
