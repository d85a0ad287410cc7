import { createServer, type RequestListener } from 'node:http';
import { Agent } from 'node:https';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { AuthClient } from '@auth0/auth0-auth-js';
import { ServerClient } from '@auth0/auth0-server-js';
import { ManagementClient } from 'auth0';
import { auth, requiredScopes } from 'express-oauth2-jwt-bearer';
import { decodeJwt } from 'jose';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { EditionName } from '../../src/wire/edition/edition.ts';
import { type HttpsTenant, httpsTenant } from '../support/https-tenant.ts';
import { guestOf } from '../support/sdk.ts';

/** Express has no types of its own. */
interface Express extends RequestListener {
  use(handler: unknown): void;
  get(path: string, ...handlers: unknown[]): void;
  set(name: string, value: string): void;
}
const express: () => Express = createRequire(import.meta.url)('express');

const audience = 'https://api.shop.example';
const editions: EditionName[] = ['preview', 'ea'];

function anonymousClient({ domain, app, fetch }: HttpsTenant) {
  return new AuthClient({ domain, clientId: app.client_id, customFetch: fetch }).anonymous;
}

describe.each(editions)('@auth0/auth0-auth-js over HTTPS, edition %s', (edition) => {
  it('creates and renews a session', async () => {
    const tenant = await httpsTenant(edition);
    const anonymous = anonymousClient(tenant);
    const session = await anonymous.createSession({ audience, scope: 'read:catalog', metadata: { cart: 'a' } });
    expect(decodeJwt(session.accessToken)).toMatchObject({
      iss: `${tenant.url}/`,
      aud: audience,
      scope: 'read:catalog',
    });
    const renewed = await anonymous.getAccessToken({ audience, sessionToken: session.sessionToken ?? '' });
    expect(guestOf(renewed.accessToken)).toBe(guestOf(session.accessToken));
  });

  it('learns that a session has expired', async () => {
    const tenant = await httpsTenant(edition);
    const anonymous = anonymousClient(tenant);
    const { sessionToken = '' } = await anonymous.createSession({ audience });
    tenant.clock.forward(31 * 86_400);
    const renewal = anonymous.getAccessToken({ audience, sessionToken });
    await expect(renewal).rejects.toMatchObject({ cause: { error: 'session_expired' } });
  });

  it('gets session values as claims', async () => {
    const tenant = await httpsTenant(edition);
    const claim = { name: 'language', expression: 'anonymous_session.metadata.language' };
    const mapping =
      edition === 'preview'
        ? { app: { access_token: { custom_claim_mappings: [claim] } } }
        : { api: { access_token: { claims_mapping: { custom_claims: [claim] } } } };
    if (mapping.app) await tenant.change('client', tenant.app.client_id, mapping.app);
    if (mapping.api) await tenant.change('resource_server', tenant.api.id, mapping.api);
    const { accessToken } = await anonymousClient(tenant).createSession({ audience, metadata: { language: 'en' } });
    expect(decodeJwt(accessToken).language).toBe('en');
  });

  it('logs out', async () => {
    const anonymous = anonymousClient(await httpsTenant(edition));
    await anonymous.createSession({ audience });
    await expect(anonymous.logout()).resolves.toBeUndefined();
  });

  it('carries a session into a login with a ticket, where the edition has one', async () => {
    const anonymous = anonymousClient(await httpsTenant(edition));
    const { sessionToken = '' } = await anonymous.createSession({ audience });
    const ticket = await anonymous.mintTransferToken(sessionToken);
    expect(ticket?.split('.').length).toBe(edition === 'ea' ? 5 : undefined);
  });
});

it.each(editions)('auth0 manages the tenant over HTTPS, edition %s', async (edition) => {
  const { domain, admin, fetch } = await httpsTenant(edition);
  const [clientId, clientSecret] = [admin.client_id, admin.client_secret];
  const client = new ManagementClient({ domain, clientId, clientSecret, fetch, maxRetries: 0 });
  const names = (await client.clients.list({ is_global: false })).data.map(({ name }) => name);
  expect(names).toEqual(['web']);
});

it.each(editions)('@auth0/auth0-server-js begins a login with the ticket of a guest, edition %s', async (edition) => {
  const tenant = await httpsTenant(edition);
  const { sessionToken = '' } = await anonymousClient(tenant).createSession({ audience });
  const ticket = (await anonymousClient(tenant).mintTransferToken(sessionToken)) ?? 'none';
  const store = { set: async () => {}, get: async () => undefined, delete: async () => {} };
  const client = new ServerClient({
    domain: tenant.domain,
    clientId: tenant.app.client_id,
    clientSecret: tenant.app.client_secret,
    customFetch: tenant.fetch,
    authorizationParams: { redirect_uri: 'http://localhost:3000/callback', audience },
    transactionStore: store,
    stateStore: { ...store, deleteByLogoutToken: async () => {} },
  });
  const url = await client.startInteractiveLogin({ authorizationParams: { anon_transfer_token: ticket } });
  expect(url.origin).toBe(tenant.url);
  expect(url.pathname).toBe('/authorize');
  expect(url.searchParams.get('anon_transfer_token')).toBe(ticket);
});

describe.each(editions)('express-oauth2-jwt-bearer over HTTPS, edition %s', (edition) => {
  /** An API that answers 200 to guests with `read:catalog`, and otherwise what the middleware says. */
  async function api({ url, ca }: HttpsTenant): Promise<(token: string) => Promise<number>> {
    const app = express();
    app.use(auth({ issuerBaseURL: url, audience, agent: new Agent({ ca: ca.certificate }) }));
    app.get('/', requiredScopes('read:catalog'), (_: unknown, response: { sendStatus(status: number): void }) =>
      response.sendStatus(200),
    );
    // Express would print the errors that it answers with.
    app.set('env', 'test');
    const server = createServer(app);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    return async (token) =>
      (await fetch(`http://127.0.0.1:${port}/`, { headers: { authorization: `Bearer ${token}` } })).status;
  }

  it('accepts the access token of a guest, found through discovery, and nothing else', async () => {
    const tenant = await httpsTenant(edition);
    const call = await api(tenant);
    const anonymous = anonymousClient(tenant);
    const { accessToken, sessionToken = '' } = await anonymous.createSession({ audience, scope: 'read:catalog' });
    expect(await call(accessToken)).toBe(200);
    expect(await call(sessionToken)).toBe(401);
    expect(await call(`${accessToken.slice(0, -4)}AAAA`)).toBe(401);
    const other = await anonymous.createSession({ audience, scope: 'write:cart' });
    expect(await call(other.accessToken)).toBe(403);
    // Issued two days ago, and valid for one.
    tenant.clock.forward(-2 * 86_400);
    expect(await call((await anonymous.createSession({ audience })).accessToken)).toBe(401);
  });
});
