import { describe, expect, it } from 'vitest';
import { explainRefusal } from '../../../src/domain/gates/explain-refusal.ts';
import { createSession, updateSession } from '../../../src/domain/session/token-request.ts';
import { connectionTo, failureOf, json, scriptedConnection } from '../../support/domain.ts';
import { claimsOf, confidentialApp, openSealed, openTenant, type TestTenant, testTenant } from '../../support/local.ts';

function requestTo(tenant: TestTenant) {
  return {
    app: { clientId: tenant.app.client_id, name: 'web', clientSecret: undefined },
    api: { audience: tenant.api.identifier, name: 'shop' },
    scope: undefined,
    metadata: undefined,
    userId: undefined,
  };
}

const acme = {
  app: { clientId: 'web', name: 'web', clientSecret: 'the-secret-of-web' },
  api: { audience: 'https://api.shop.example', name: 'shop' },
  scope: 'read:catalog',
  metadata: undefined,
  userId: undefined,
};

describe('a session', () => {
  it('is created with both tokens and every scope that guests may have', async () => {
    const tenant = await openTenant();
    const tokens = await createSession(connectionTo(tenant), requestTo(tenant), explainRefusal);
    expect(tokens).toMatchObject({
      tokenType: 'Bearer',
      expiresInSeconds: 86_400,
      scope: 'read:catalog write:cart',
      sessionToken: expect.any(String),
    });
    expect(claimsOf(tokens.accessToken)).toMatchObject({ aud: tenant.api.identifier, azp: tenant.app.client_id });
  });

  it('is created with the requested metadata, guest id and scope', async () => {
    const tenant = await openTenant();
    const tokens = await createSession(
      connectionTo(tenant),
      {
        ...requestTo(tenant),
        scope: 'read:catalog',
        metadata: { language: 'en' },
        userId: 'anon|me',
      },
      explainRefusal,
    );
    expect(tokens.scope).toBe('read:catalog');
    expect(claimsOf(tokens.accessToken)).toMatchObject({ sub: 'anon|me', scope: 'read:catalog' });
    expect(await openSealed(tenant.store, tokens.sessionToken ?? '')).toMatchObject({ metadata: { language: 'en' } });
  });

  it.each(['client_secret_post', 'client_secret_basic'])(
    'is created for an application that authenticates with %s',
    async (authMethod) => {
      const tenant = await openTenant();
      const registered = await confidentialApp(tenant, { token_endpoint_auth_method: authMethod });
      const { client_id: clientId, client_secret: clientSecret } = registered;
      const app = { clientId, name: 'server', authMethod, clientSecret };
      const { accessToken } = await createSession(connectionTo(tenant), { ...requestTo(tenant), app }, explainRefusal);
      expect(claimsOf(accessToken)).toMatchObject({ azp: clientId });
    },
  );

  it('is created for an application whose secret goes in the header, form-encoded as RFC 6749 has it', async () => {
    const tenant = await openTenant();
    const { client_id: clientId } = await confidentialApp(tenant);
    const clientSecret = 'a secret: with 100% odd+signs';
    const authMethod = 'client_secret_basic';
    await tenant.change('client', clientId, { client_secret: clientSecret, token_endpoint_auth_method: authMethod });
    const app = { clientId, name: 'server', clientSecret, authMethod };
    const { accessToken } = await createSession(connectionTo(tenant), { ...requestTo(tenant), app }, explainRefusal);
    expect(claimsOf(accessToken)).toMatchObject({ azp: clientId });
  });

  it('is updated: the same guest, the metadata merged, two new tokens', async () => {
    const tenant = await openTenant();
    const connection = connectionTo(tenant);
    const request = { ...requestTo(tenant), metadata: { language: 'en', cart: 1 } };
    const created = await createSession(connection, request, explainRefusal);
    tenant.clock.forward(60);
    const updated = await updateSession(
      connection,
      {
        ...request,
        metadata: { language: 'de', cart: null, country: 'US' },
        sessionToken: created.sessionToken ?? '',
      },
      explainRefusal,
    );
    const [before, after] = await Promise.all(
      [created, updated].map(({ sessionToken }) => openSealed(tenant.store, sessionToken ?? '')),
    );
    expect(after).toEqual({
      ...before,
      metadata: { language: 'de', country: 'US' },
      iat: Number(before?.iat) + 60,
      exp: Number(before?.exp) + 60,
    });
    expect(updated.accessToken).not.toBe(created.accessToken);
  });

  it('keeps its token if the edition returns no new one', async () => {
    const answer = json({ access_token: 'abc', token_type: 'Bearer', expires_in: 60 });
    expect(await updateSession(scriptedConnection([answer]), { ...acme, sessionToken: 'old' }, explainRefusal)).toEqual(
      {
        sessionToken: undefined,
        accessToken: 'abc',
        tokenType: 'Bearer',
        expiresInSeconds: 60,
        scope: 'read:catalog',
      },
    );
  });
});

describe('a request that the tenant refuses', () => {
  it.each([
    [400, 'invalid_request', 'failed'],
    [400, 'invalid_session_token', 'token_unacceptable'],
    [400, 'session_expired', 'token_unacceptable'],
    [400, 'invalid_target', 'gate_closed'],
    [400, 'invalid_scope', 'gate_closed'],
    [401, 'invalid_client', 'not_authorised'],
    [403, 'unauthorized_client', 'gate_closed'],
    [403, 'feature_not_enabled', 'gate_closed'],
    [500, 'server_error', 'server_error'],
    [503, 'never_heard_of_it', 'server_error'],
    [400, 'never_heard_of_it', 'failed'],
    [403, 'constructor', 'failed'],
  ])('with %i %s is an error of kind %s in its own words', async (status, error, code) => {
    const tenant = scriptedConnection([json({ error, error_description: 'In its own words.' }, status)], {
      management: undefined,
    });
    expect(await failureOf(() => createSession(tenant, acme, explainRefusal))).toMatchObject({
      code,
      status,
      error,
      message: `${error} (${status}): In its own words.`,
    });
  });

  it('has neither the secret nor the session token in its words', async () => {
    const sessionToken = 'a session token of an unusual shape';
    const answer = json({ error: 'invalid_request', error_description: `the-secret-of-web and ${sessionToken}` }, 400);
    const error = await failureOf(() =>
      updateSession(scriptedConnection([answer]), { ...acme, sessionToken }, explainRefusal),
    );
    expect(error).toMatchObject({ description: '*** and ***', message: 'invalid_request (400): *** and ***' });
  });

  it('with an answer without a token is an error', async () => {
    const tenant = scriptedConnection([json({ token_type: 'Bearer', expires_in: 60 })]);
    expect(await failureOf(() => createSession(tenant, acme, explainRefusal))).toMatchObject({
      code: 'response_invalid',
      message: "The tenant's answer to POST /anonymous/token is not valid: access_token is required.",
    });
  });

  it.each([
    ['expired', 31 * 86_400, 'session_expired', ''],
    [
      'is no token here',
      0,
      'invalid_session_token',
      'The session token is damaged, or from another tenant or application. ',
    ],
  ])('because the session %s explains how to start a new one', async (what, seconds, error, why) => {
    const tenant = await openTenant();
    const connection = connectionTo(tenant, { selection: ' --profile acme' });
    const { sessionToken } = await createSession(connection, requestTo(tenant), explainRefusal);
    tenant.clock.forward(seconds);
    const given = what === 'expired' ? sessionToken : `${sessionToken}x`;
    const request = { ...requestTo(tenant), sessionToken: given ?? '' };
    expect(await failureOf(() => updateSession(connection, request, explainRefusal))).toMatchObject({
      code: 'token_unacceptable',
      error,
      hint: `${why}Start a new session: anon-cli token create --profile acme`,
    });
  });

  it('because the application is unknown explains what to check', async () => {
    const tenant = await testTenant();
    const app = { clientId: 'nobody', name: 'nobody', clientSecret: undefined };
    const error = await failureOf(() =>
      createSession(connectionTo(tenant), { ...requestTo(tenant), app }, explainRefusal),
    );
    expect(error).toMatchObject({
      code: 'not_authorised',
      status: 401,
      hint: expect.stringMatching(/^The tenant has no application with client id \S+\. Run: anon-cli app list$/),
    });
  });
});
