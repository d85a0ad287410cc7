import { createHash, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { type JWTPayload, SignJWT } from 'jose';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { listen } from '../../../src/local/http/listen.ts';
import { clientAssertionType } from '../../../src/wire/client-assertion.ts';
import type { JsonObject } from '../../../src/wire/schema.ts';
import { basic, openTenant, type TestTenant } from '../../support/local.ts';
import { rawConnection, statusOf } from '../../support/raw-http.ts';

const algorithms = ['RS256', 'RS384', 'PS256', 'ES256'] as const;
type Algorithm = (typeof algorithms)[number];

let rsa: { publicKey: KeyObject; privateKey: KeyObject };
let otherRsa: typeof rsa;
let ec: typeof rsa;
beforeAll(() => {
  rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  otherRsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
});
const keysFor = (alg: Algorithm) => (alg === 'ES256' ? ec : rsa);
const pemOf = ({ publicKey }: typeof rsa) => publicKey.export({ type: 'spki', format: 'pem' });

/** A tenant with an application that authenticates with a key and may get tokens for guests and for itself. */
async function withKeyedApp(alg: Algorithm = 'RS256', credential: JsonObject = {}) {
  const tenant = await openTenant({ edition: 'ea' });
  const manage = await tenant.management();
  const key = { credential_type: 'public_key', alg, pem: pemOf(keysFor(alg)), ...credential };
  const methods = { private_key_jwt: { credentials: [key] } };
  const json = {
    name: 'by key',
    oidc_conformant: true,
    anonymous_sessions: { active: true },
    client_authentication_methods: methods,
  };
  const { body: client } = await manage('POST', '/api/v2/clients', { json });
  await tenant.grantGuests(client.client_id);
  await tenant.grantGuests(client.client_id, { id: 'cgr_machine', subject_type: 'client' });
  return { tenant, client, ...requests(tenant, client.client_id, alg) };
}

function requests(tenant: TestTenant, clientId: string, alg: Algorithm) {
  const now = () => tenant.clock() / 1000;
  /** The claims that the official SDKs send, changed by `claims`. */
  const assertion = (claims: JWTPayload = {}, header: JsonObject = {}, key: KeyObject = keysFor(alg).privateKey) =>
    new SignJWT({
      iss: clientId,
      sub: clientId,
      aud: tenant.issuer,
      iat: now(),
      exp: now() + 180,
      jti: randomUUID(),
      ...claims,
    })
      .setProtectedHeader({ alg, ...header })
      .sign(key);
  const members = (jwt: string) => ({
    client_id: clientId,
    client_assertion: jwt,
    client_assertion_type: clientAssertionType,
  });
  const audience = tenant.api.identifier;
  const ask = {
    '/anonymous/token': (more: JsonObject, headers?: Record<string, string>) => tenant.anonymousToken(more, headers),
    '/oauth/token': (more: JsonObject, headers: Record<string, string> = {}) =>
      tenant.send('POST', '/oauth/token', {
        json: { grant_type: 'client_credentials', audience, ...more },
        headers,
      }),
  };
  return { assertion, members, ask, now };
}

const paths = ['/anonymous/token', '/oauth/token'] as const;

it.each([
  ['where it is served', 'localhost:PORT', 'http://localhost:PORT/oauth/token', 200],
  ['where it is served, by the address', '127.0.0.1:PORT', 'http://127.0.0.1:PORT/oauth/token', 200],
  ['at another port of this machine', 'localhost:9', 'http://localhost:9/oauth/token', 401],
  ['at another host', 'evil.example', 'http://evil.example/oauth/token', 421],
  ['at another host, as a proxy would name it', 'localhost:PORT', 'http://evil.example/oauth/token', 401],
])('over HTTP an assertion with audience %s is accepted or refused: Host %s', async (_, host, aud, status) => {
  const { tenant, assertion, members } = await withKeyedApp();
  const { port, close } = await listen(tenant.handle, 0);
  onTestFinished(close);
  const here = (text: string) => text.replace('PORT', String(port));
  const body = JSON.stringify({
    ...members(await assertion({ aud: here(aud) })),
    grant_type: 'client_credentials',
    audience: tenant.api.identifier,
  });
  const connection = await rawConnection(port);
  connection.write(
    `${[
      'POST /oauth/token HTTP/1.1',
      `Host: ${here(host)}`,
      'X-Forwarded-Host: evil.example',
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
      'Connection: close',
    ].join('\r\n')}\r\n\r\n${body}`,
  );
  expect(statusOf(await connection.answer())).toBe(status);
});

describe.each(paths)('a client assertion at %s', (path) => {
  const refusal =
    path === '/oauth/token'
      ? { status: 401, body: { error: 'access_denied' } }
      : { status: 401, body: { error: 'invalid_client' } };

  it.each(algorithms)('authenticates the application, signed with %s', async (alg) => {
    const { ask, assertion, members } = await withKeyedApp(alg);
    expect(await ask[path](members(await assertion()))).toMatchObject({
      status: 200,
      body: { access_token: expect.any(String) },
    });
  });

  it('is accepted once, also by another process with the same state', async () => {
    const { ask, assertion, members, tenant, client } = await withKeyedApp();
    const used = await assertion({ jti: 'used' });
    expect(await ask[path](members(used))).toMatchObject({ status: 200 });
    expect(await ask[path](members(used))).toMatchObject(refusal);
    const again = await openTenant({ edition: 'ea', store: tenant.store });
    expect(await requests(again, '', 'RS256').ask[path](members(used))).toMatchObject(refusal);
    expect(await ask[path](members(await assertion()))).toMatchObject({ status: 200 });
    // What the state saves is forgotten some time after the end of the assertion.
    const id = createHash('sha256').update(`${client.client_id} used`).digest('base64url');
    const nowSeconds = tenant.clock() / 1000;
    const take = (later: number) =>
      tenant.store.takeOnce(id, { nowSeconds: nowSeconds + later, endSeconds: nowSeconds + later });
    expect(await take(180)).toBe(false);
    tenant.clock.forward(400);
    expect(await ask[path](members(await assertion()))).toMatchObject({ status: 200 });
    expect(await take(400)).toBe(true);
  });

  it('is accepted once of many requests at once', async () => {
    const { ask, assertion, members } = await withKeyedApp();
    const used = members(await assertion());
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask[path](used)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(401)]);
  });

  it.each<[string, (now: number, tenant: TestTenant) => JWTPayload]>([
    ['for five minutes', (now) => ({ exp: now + 300 })],
    ['without a beginning', () => ({ iat: undefined })],
    ['of a clock that is a little ahead', (now) => ({ iat: now + 9, nbf: now + 9 })],
    ['of a clock that is a little behind', (now) => ({ iat: now - 180, exp: now - 9 })],
    ['for the token endpoint', (_, { issuer }) => ({ aud: `${issuer}oauth/token` })],
    ['for the address it is sent to', () => ({ aud: `https://localhost:4400${path}` })],
    ['for several', (_, { issuer }) => ({ aud: ['https://elsewhere.example/', issuer] })],
  ])('is accepted %s', async (_, claims) => {
    const { ask, assertion, members, now, tenant } = await withKeyedApp();
    expect(await ask[path](members(await assertion(claims(now(), tenant))))).toMatchObject({ status: 200 });
  });

  it.each<[string, (now: number) => JWTPayload]>([
    ['of another application', () => ({ iss: 'other', sub: 'other' })],
    ['from another application', () => ({ iss: 'other' })],
    ['for another tenant', () => ({ aud: 'https://elsewhere.example/' })],
    ['for the issuer without its slash', () => ({ aud: 'https://localhost:4400' })],
    ['without an audience', () => ({ aud: undefined })],
    ['without an end', () => ({ exp: undefined })],
    ['without an id', () => ({ jti: undefined })],
    ['with an empty id', () => ({ jti: '' })],
    ['that has expired', (now) => ({ iat: now - 100, exp: now - 11 })],
    ['that is for later', (now) => ({ nbf: now + 60 })],
    ['that was issued in the future', (now) => ({ iat: now + 11, exp: now + 100 })],
    ['that lives too long', (now) => ({ exp: now + 311 })],
    ['that lives too long, although little is left', (now) => ({ iat: now - 300, exp: now + 20 })],
  ])('is refused %s', async (_, claims) => {
    const { ask, assertion, members, now } = await withKeyedApp();
    expect(await ask[path](members(await assertion(claims(now()))))).toMatchObject(refusal);
  });

  it.each<[string, (made: Awaited<ReturnType<typeof withKeyedApp>>) => Promise<JsonObject>]>([
    ['by another key', async ({ assertion, members }) => members(await assertion({}, {}, otherRsa.privateKey))],
    [
      'with another algorithm of the key',
      async ({ assertion, members }) => members(await assertion({}, { alg: 'PS256' })),
    ],
    ['with another kid', async ({ assertion, members }) => members(await assertion({}, { kid: 'somebody-else' }))],
    [
      'of another type',
      async ({ assertion, members }) => ({ ...members(await assertion()), client_assertion_type: 'jwt' }),
    ],
    [
      'of no type',
      async ({ assertion, members }) => ({ ...members(await assertion()), client_assertion_type: undefined }),
    ],
    [
      'with its signature changed',
      async ({ assertion, members }) => members(`${(await assertion()).slice(0, -6)}AAAAAA`),
    ],
    ['without a signature', async ({ assertion, members }) => members((await assertion()).replace(/[^.]+$/, ''))],
    ['that is none', async ({ members }) => members('a.b.c')],
    ['that is empty', async ({ members }) => members('')],
    [
      'that is its secret instead',
      async ({ client }) => ({ client_id: client.client_id, client_secret: client.client_secret }),
    ],
    ['that is missing', async ({ client }) => ({ client_id: client.client_id })],
  ])('is refused %s', async (_, make) => {
    const made = await withKeyedApp();
    expect(await made.ask[path](await make(made))).toMatchObject(refusal);
  });

  it('is checked against every key, or only the key of its kid', async () => {
    const { tenant, client, ask, assertion, members } = await withKeyedApp('RS256', { kid: 'the-first-one' });
    const manage = await tenant.management();
    const one = `/api/v2/clients/${client.client_id}`;
    const key = { credential_type: 'public_key', pem: pemOf(otherRsa), kid: 'the-second-one' };
    const { body: second } = await manage('POST', `${one}/credentials`, { json: key });
    const bySecond = (header = {}) => assertion({}, header, otherRsa.privateKey);
    // Registered, but not enabled yet.
    expect(await ask[path](members(await bySecond()))).toMatchObject(refusal);
    const [first] = client.client_authentication_methods.private_key_jwt.credentials;
    const methods = { private_key_jwt: { credentials: [first, { id: second.id }] } };
    await manage('PATCH', one, { json: { client_authentication_methods: methods } });
    expect(await ask[path](members(await bySecond()))).toMatchObject({ status: 200 });
    expect(await ask[path](members(await bySecond({ kid: 'the-second-one' })))).toMatchObject({ status: 200 });
    expect(await ask[path](members(await bySecond({ kid: 'the-first-one' })))).toMatchObject(refusal);
    expect(await ask[path](members(await assertion()))).toMatchObject({ status: 200 });
    await manage('DELETE', `${one}/credentials/${second.id}`);
    expect(await ask[path](members(await bySecond()))).toMatchObject(refusal);
  });

  it('is refused once its key has expired', async () => {
    const { tenant, ask, assertion, members } = await withKeyedApp('RS256', { expires_at: '2026-06-01T12:01:00Z' });
    tenant.clock.forward(59);
    expect(await ask[path](members(await assertion()))).toMatchObject({ status: 200 });
    tenant.clock.forward(1);
    expect(await ask[path](members(await assertion()))).toMatchObject(refusal);
  });

  it('together with another authentication method is refused as invalid_request', async () => {
    const { ask, assertion, members, client } = await withKeyedApp();
    const body = members(await assertion());
    const answers = [
      await ask[path]({ ...body, client_secret: client.client_secret }),
      await ask[path](body, basic(client.client_id, client.client_secret)),
    ];
    for (const answer of answers) {
      expect([answer.status, answer.body]).toEqual([
        400,
        {
          error: 'invalid_request',
          error_description: 'Multiple authentication methods provided, please use one.',
        },
      ]);
    }
  });
});

it('an assertion at /oauth/token identifies the client without a client_id', async () => {
  const { ask, assertion, members } = await withKeyedApp();
  const { client_id: _, ...alone } = members(await assertion());
  expect(await ask['/oauth/token'](alone)).toMatchObject({ status: 200, body: { scope: 'read:catalog write:cart' } });
  for (const client_assertion of [
    '',
    'x',
    'a.bm90IGpzb24.c',
    `a.${Buffer.from('{"sub":7}').toString('base64url')}.c`,
  ]) {
    expect(await ask['/oauth/token']({ ...alone, client_assertion })).toMatchObject({ status: 401 });
  }
});
