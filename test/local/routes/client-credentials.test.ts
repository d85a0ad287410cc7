import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import { describe, expect, it } from 'vitest';
import certificate from '../../fixtures/tokens/certificate.json' with { type: 'json' };
import { otherTenantKeys, testKeys, testTenant } from '../../support/local.ts';

const clients = '/api/v2/clients';
const publicKey = createPublicKey({ key: testKeys.signing.jwk, format: 'jwk' });
const pem = publicKey.export({ type: 'spki', format: 'pem' });
const otherPem = createPublicKey({ key: otherTenantKeys.signing.jwk, format: 'jwk' }).export({
  type: 'spki',
  format: 'pem',
});
const ecPem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' });
const credential = { credential_type: 'public_key', pem };

async function withClient() {
  const tenant = await testTenant();
  const manage = await tenant.management();
  const { body: client } = await manage('POST', clients, { json: { name: 'server' } });
  const one = `${clients}/${client.client_id}`;
  const path = `${one}/credentials`;
  const register = (json: object) => manage('POST', path, { json });
  return { tenant, manage, client, one, path, register };
}

describe('the credentials of a client', () => {
  it('can be registered, read and removed', async () => {
    const { manage, path, register } = await withClient();
    const { status, body } = await register({ ...credential, name: 'laptop', alg: 'PS256', kid: 'laptop-2026' });
    expect([status, body]).toEqual([
      201,
      {
        id: expect.stringMatching(/^cred_\w{22}$/),
        name: 'laptop',
        kid: 'laptop-2026',
        alg: 'PS256',
        credential_type: 'public_key',
        created_at: '2026-06-01T12:00:00.000Z',
        updated_at: '2026-06-01T12:00:00.000Z',
      },
    ]);
    expect(await manage('GET', path)).toMatchObject({ status: 200, body: [body] });
    expect(await manage('GET', `${path}/${body.id}`)).toMatchObject({ status: 200, body });
    for (const _ of ['first', 'second'])
      expect(await manage('DELETE', `${path}/${body.id}`)).toMatchObject({ status: 204 });
    expect(await manage('GET', path)).toMatchObject({ body: [] });
    expect(await manage('GET', `${path}/${body.id}`)).toMatchObject({
      status: 404,
      body: { message: 'The credential does not exist', errorCode: 'inexistent_credential' },
    });
  });

  it('get a default name, algorithm and kid, the same for the same key', async () => {
    const { register, manage, path } = await withClient();
    const { body } = await register(credential);
    expect(body).toMatchObject({ name: '', alg: 'RS256', kid: expect.stringMatching(/^[\w-]{43}$/) });
    expect(await register(credential)).toMatchObject({ status: 409, body: { error: 'Conflict' } });
    expect(await register({ ...credential, pem: otherPem })).toMatchObject({ status: 201 });
    expect((await manage('GET', path)).body).toHaveLength(2);
  });

  it.each([
    ['SPKI', pem, 'RS384'],
    ['PKCS #1', publicKey.export({ type: 'pkcs1', format: 'pem' }), 'RS256'],
    ['SPKI of an elliptic curve', ecPem, 'ES256'],
    ['a certificate', certificate.pem, 'RS256'],
  ])('may be %s', async (_, text, alg) => {
    const { register } = await withClient();
    expect(await register({ ...credential, pem: text, alg })).toMatchObject({ status: 201, body: { alg } });
  });

  it('expire at the given time, or with their certificate', async () => {
    const { register } = await withClient();
    const dated = await register({ ...credential, expires_at: '2027-01-01T01:00:00+01:00' });
    expect(dated.body).toMatchObject({ expires_at: '2027-01-01T00:00:00.000Z' });
    const certified = { ...credential, kid: 'of-a-certificate', pem: certificate.pem, parse_expiry_from_cert: true };
    expect((await register(certified)).body).toMatchObject({ expires_at: '2126-10-30T00:32:15.000Z' });
  });

  it.each([
    [{ pem: undefined }, "Payload validation error: 'Missing required property: pem'."],
    [
      { credential_type: 'x509_cert' },
      "Payload validation error: 'No enum match for: x509_cert' on property credential_type.",
    ],
    [{ alg: 'HS256' }, "Payload validation error: 'No enum match for: HS256' on property alg."],
    [
      { kid: 'short' },
      "Payload validation error: 'Object didn't pass validation for format kid: short' on property kid.",
    ],
    [
      { expires_at: '1 January 2027' },
      "Payload validation error: 'Object didn't pass validation for format date-time: 1 January 2027' on property expires_at.",
    ],
    [
      { expires_at: 'soon' },
      "Payload validation error: 'Object didn't pass validation for format date-time: soon' on property expires_at.",
    ],
    [{ secret: 'x' }, "Payload validation error: 'Additional properties not allowed: secret'."],
    [{ pem: 'no key' }, 'pem is not a public key or certificate in PEM format.'],
    [{ alg: 'ES256' }, 'pem is not a key for ES256.'],
    [{ pem: ecPem }, 'pem is not a key for RS256.'],
    [{ parse_expiry_from_cert: true }, 'pem is no certificate to read an expiry from.'],
    [
      { pem: generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ type: 'spki', format: 'pem' }) },
      'pem is not a key for RS256.',
    ],
    [
      { pem: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }) },
      'pem must be a public key, not a private one.',
    ],
  ])('are refused with %j', async (members, message) => {
    const { register, manage, path } = await withClient();
    expect(await register({ ...credential, ...members })).toMatchObject({
      status: 400,
      body: { statusCode: 400, error: 'Bad Request', message, errorCode: 'invalid_body' },
    });
    expect((await manage('GET', path)).body).toEqual([]);
  });

  it.each(['GET', 'POST', 'DELETE'])('of a client that does not exist return 404 to %s', async (method) => {
    const { manage } = await withClient();
    const path = `${clients}/nobody/credentials${method === 'DELETE' ? '/a' : ''}`;
    const json = method === 'POST' ? credential : undefined;
    expect(await manage(method, path, { json })).toMatchObject({
      status: 404,
      body: { errorCode: 'inexistent_client' },
    });
  });

  it('belong to one client only', async () => {
    const { manage, register, tenant, path } = await withClient();
    const { body } = await register(credential);
    const elsewhere = `${clients}/${tenant.app.client_id}/credentials`;
    expect(await manage('GET', `${elsewhere}/${body.id}`)).toMatchObject({ status: 404 });
    await manage('DELETE', `${elsewhere}/${body.id}`);
    expect((await manage('GET', path)).body).toHaveLength(1);
    expect((await manage('GET', elsewhere)).body).toEqual([]);
    // The kid need not be the thumbprint of RFC 7638.
    expect(body.kid).not.toBe(await calculateJwkThumbprint(publicKey.export({ format: 'jwk' }) as never));
  });

  it('are removed with their client', async () => {
    const { manage, register, tenant, one } = await withClient();
    await register(credential);
    await manage('DELETE', one);
    expect(await tenant.store.list('client_credential')).toEqual([]);
  });
});

describe('the authentication of a client', () => {
  const withKeys = (...credentials: object[]) => ({
    client_authentication_methods: { private_key_jwt: { credentials } },
  });

  it('is by the keys given at its creation, which are registered too', async () => {
    const { manage, tenant } = await withClient();
    const json = { name: 'by key', ...withKeys({ ...credential, name: 'first' }) };
    const { status, body } = await manage('POST', clients, { json });
    expect(status).toBe(201);
    expect(body).not.toHaveProperty('token_endpoint_auth_method');
    const { body: registered } = await manage('GET', `${clients}/${body.client_id}/credentials`);
    expect(registered).toMatchObject([{ name: 'first' }]);
    expect(body).toMatchObject(withKeys({ id: registered[0].id }));
    const create = await tenant.management('create:clients');
    expect(await create('POST', clients, { json })).toMatchObject({
      status: 403,
      body: { message: 'Insufficient scope, expected any of: create:client_credentials' },
    });
    const both = { ...json, token_endpoint_auth_method: 'client_secret_post' };
    expect(await manage('POST', clients, { json: both })).toMatchObject({ status: 400 });
    const broken = { name: 'x', ...withKeys(credential, { ...credential, pem: 'x' }) };
    expect(await manage('POST', clients, { json: broken })).toMatchObject({ status: 400 });
    expect(await tenant.store.list('client_credential')).toHaveLength(1);
  });

  it('can be changed to its registered keys, and back', async () => {
    const { manage, register, one, tenant } = await withClient();
    const { body } = await register(credential);
    const json = { token_endpoint_auth_method: null, ...withKeys({ id: body.id }) };
    const update = await tenant.management('update:clients');
    expect(await update('PATCH', one, { json })).toMatchObject({ status: 403 });
    expect(await manage('PATCH', one, { json })).toMatchObject({ status: 200, body: withKeys({ id: body.id }) });
    const other = { token_endpoint_auth_method: 'client_secret_basic' };
    expect(await manage('PATCH', one, { json: other })).toMatchObject({
      status: 400,
      body: { message: 'token_endpoint_auth_method and client_authentication_methods are mutually exclusive.' },
    });
    const back = await manage('PATCH', one, { json: { ...other, client_authentication_methods: null } });
    expect(back).toMatchObject({ status: 200, body: other });
    expect(back.body).not.toHaveProperty('client_authentication_methods');
  });

  it('cannot be by a key that is not registered', async () => {
    const { manage, register, tenant } = await withClient();
    const { body } = await register(credential);
    const other = `${clients}/${tenant.app.client_id}`;
    const json = { token_endpoint_auth_method: null, ...withKeys({ id: body.id }) };
    expect(await manage('PATCH', other, { json })).toMatchObject({
      status: 400,
      body: { message: 'A credential of client_authentication_methods does not exist.' },
    });
  });

  it('is no longer by a removed key', async () => {
    const { manage, register, one, path } = await withClient();
    const { body } = await register(credential);
    await manage('PATCH', one, { json: withKeys({ id: body.id }) });
    await manage('DELETE', `${path}/${body.id}`);
    expect((await manage('GET', one)).body).toMatchObject(withKeys());
    expect(await manage('PATCH', one, { json: { name: 'goes on' } })).toMatchObject({ status: 200 });
  });
});
