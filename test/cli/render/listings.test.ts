import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apiData, renderApi, renderApis } from '../../../src/cli/render/api.ts';
import { appData, renderApp, renderApps } from '../../../src/cli/render/app.ts';
import { paintFor } from '../../../src/cli/render/paint.ts';
import { renderChanges, renderRequests } from '../../../src/cli/render/plan.ts';
import { profileData, renderLogin, renderProfile, renderProfiles } from '../../../src/cli/render/profile.ts';
import { renderTenant, tenantData } from '../../../src/cli/render/tenant.ts';
import type { ApiWithGrants } from '../../../src/domain/api/api.ts';
import type { App } from '../../../src/domain/app/app.ts';
import type { PlannedWrite } from '../../../src/domain/plan/plan.ts';
import type { Profile } from '../../../src/domain/profile/profile.ts';
import type { TenantView } from '../../../src/domain/tenant/settings.ts';
import { noContent } from '../../../src/wire/schema.ts';
import { hostileText, unsafe } from '../../support/screen.ts';

const plain = paintFor(false);
const lines = (text: string) => text.split('\n').slice(0, -1);

const web: App = {
  clientId: 'abc123',
  name: 'web',
  type: 'spa',
  authMethod: 'none',
  clientSecret: undefined,
  enabled: true,
  oidcConformant: true,
  body: { client_id: 'abc123', name: 'web', oidc_conformant: true },
};
const server: App = {
  ...web,
  clientId: 'def456',
  name: 'My server',
  type: undefined,
  authMethod: 'client_secret_post',
  clientSecret: 'hunter2',
  enabled: false,
};
const urls = {
  web_origins: ['http://localhost:3000', 'https://*.shop.example'],
  allowed_origins: ['https://*.shop.example'],
  callbacks: ['https://shop.example/callback', 'com.example.shop://login'],
  allowed_logout_urls: ['https://shop.example/bye'],
};
const shop: ApiWithGrants = {
  id: 'api-1',
  name: 'shop',
  audience: 'https://api.shop.example',
  scopes: [
    { value: 'read:catalog', description: 'Browse' },
    { value: 'write:cart', description: undefined },
  ],
  guests: { enabled: true, tokenLifetimeSeconds: 86_400 },
  system: false,
  grants: [
    {
      audience: 'https://api.shop.example',
      clientId: undefined,
      scopes: ['read:catalog'],
      allScopes: false,
      id: undefined,
    },
  ],
  body: { id: 'api-1', identifier: 'https://api.shop.example', scopes: [] },
};
const tenant: TenantView = {
  name: 'Local tenant',
  issuer: 'https://localhost:4400/',
  edition: 'preview',
  lifetimeSeconds: 2_592_000,
  tokenFormat: 'jwe',
  cookie: undefined,
};
const acme: Profile = {
  name: 'acme',
  domain: 'acme.eu.auth0.com',
  credentials: { kind: 'client_secret', clientId: 'tool' },
  app: { clientId: 'abc123', name: 'web' },
};

describe('applications', () => {
  it('are a table', () => {
    expect(lines(renderApps(plain, [web, server]))).toEqual([
      'NAME       GUESTS    TYPE  CLIENT ID',
      'web        enabled   spa   abc123',
      'My server  disabled  -     def456',
    ]);
  });

  it('that are missing: explains how to create one', () => {
    expect(renderApps(plain, [])).toBe('No applications yet. Create one: anon-cli app create web\n');
  });

  it('are shown one by one, without their secret', () => {
    expect(lines(renderApp(plain, web))).toEqual([
      'web',
      '  client id       abc123',
      '  type            spa',
      '  authentication  none (public application)',
      '  guests          enabled',
      '  origins         none',
      '  callbacks       none',
      '  logout URLs     none',
    ]);
    expect(lines(renderApp(plain, { ...web, body: { ...web.body, ...urls } })).slice(5)).toEqual([
      '  origins         http://localhost:3000, https://*.shop.example, https://shop.example',
      '  callbacks       https://shop.example/callback, com.example.shop://login',
      '  logout URLs     https://shop.example/bye',
    ]);
    expect(lines(renderApp(plain, server))).toContain('  authentication  client_secret_post');
    expect(renderApp(plain, server)).not.toContain('hunter2');
  });

  it('have their secret in JSON only if asked', () => {
    expect(appData(server)).toEqual({
      client_id: 'def456',
      name: 'My server',
      type: null,
      confidential: true,
      enabled: false,
      origins: [],
      callbacks: [],
      logout_urls: [],
    });
    expect(appData({ ...web, body: { ...web.body, ...urls } })).toMatchObject({
      origins: [
        { origin: 'http://localhost:3000', from: ['web_origins'] },
        { origin: 'https://*.shop.example', from: ['web_origins', 'allowed_origins'] },
        { origin: 'https://shop.example', from: ['callbacks'] },
      ],
      callbacks: urls.callbacks,
      logout_urls: urls.allowed_logout_urls,
    });
    expect(appData(server, { revealSecrets: true })).toMatchObject({ client_secret: 'hunter2' });
    expect(appData(web, { revealSecrets: true })).not.toHaveProperty('client_secret');
    expect(appData({ ...server, clientSecret: undefined }, { revealSecrets: true })).toMatchObject({
      client_secret: null,
    });
  });
});

describe('APIs', () => {
  it('are a table', () => {
    const bare = { ...shop, name: 'bare', guests: { ...shop.guests, enabled: false }, grants: [] };
    expect(lines(renderApis(plain, [shop, bare]))).toEqual([
      'NAME  GUESTS    GUEST SCOPES  AUDIENCE',
      'shop  enabled   read:catalog  https://api.shop.example',
      'bare  disabled  -             https://api.shop.example',
    ]);
  });

  it('that are missing: explains how to create one', () => {
    expect(renderApis(plain, [])).toMatch(/^No APIs yet\. Create one: anon-cli api create shop --audience \S+\n$/);
  });

  it('show granted scopes that they do not define, which no token has', () => {
    const scopes = shop.scopes.filter(({ value }) => value !== 'read:catalog');
    expect(renderApi(plain, { ...shop, scopes })).toMatch(
      /^ {2}undefined scopes +read:catalog {2}\(granted, but guests do not get them\)$/m,
    );
    expect(renderApi(plain, shop)).not.toContain('undefined scopes');
  });

  it('are shown one by one', () => {
    expect(lines(renderApi(plain, shop))).toEqual([
      'shop',
      '  audience              https://api.shop.example',
      '  id                    api-1',
      '  guests                enabled',
      '  guest scopes          read:catalog',
      '  other scopes          write:cart',
      '  guest token lifetime  1 day',
    ]);
  });

  it('are complete in JSON', () => {
    expect(apiData(shop)).toEqual({
      id: 'api-1',
      name: 'shop',
      audience: 'https://api.shop.example',
      enabled: true,
      guest_scopes: ['read:catalog'],
      guest_grants: [{ id: null, client_id: null, scopes: ['read:catalog'], all_scopes: false }],
      guest_token_lifetime: 86_400,
      scopes: [
        { value: 'read:catalog', description: 'Browse' },
        { value: 'write:cart', description: null },
      ],
    });
  });
});

describe('a tenant', () => {
  it.each([
    [2_592_000, '30 days (2592000 seconds)'],
    [0, 'never expires (0)'],
    [1, '1 second (1 seconds)'],
  ])('with a lifetime of %i is shown', (lifetimeSeconds, text) => {
    expect(lines(renderTenant(plain, { ...tenant, lifetimeSeconds }))).toEqual([
      'Local tenant',
      '  issuer                https://localhost:4400/',
      '  edition               preview',
      `  session lifetime      ${text}`,
      '  session token format  JWE',
    ]);
  });

  it('is shown as JSON', () => {
    expect(tenantData(tenant)).toEqual({
      name: 'Local tenant',
      issuer: 'https://localhost:4400/',
      edition: 'preview',
      session_lifetime: 2_592_000,
      session_token_format: 'jwe',
    });
  });
});

describe('profiles', () => {
  const served: Profile = { name: 'served', domain: 'http://localhost:4400', edition: 'ea' };

  it('are a table that marks the current one, without secrets', () => {
    const text = renderProfiles(plain, [{ name: 'local', edition: 'preview' }, acme, served], 'acme');
    expect(lines(text)).toEqual([
      '   PROFILE  TENANT                 EDITION           APP  API',
      '   local    built into anon-cli    preview           -    -',
      '*  acme     acme.eu.auth0.com      not detected yet  web  -',
      '   served   http://localhost:4400  ea                -    -',
    ]);
  });

  it('are shown as JSON without secrets', () => {
    expect(profileData(acme, 'acme', false)).toEqual({
      name: 'acme',
      current: true,
      in_use: false,
      domain: 'acme.eu.auth0.com',
      database: null,
      edition: null,
      production: false,
      credentials: 'client_secret',
      management_client_id: 'tool',
      secrets: 'file',
      app: { client_id: 'abc123', name: 'web' },
      api: null,
    });
    expect(profileData({ name: 'local', edition: 'preview' }, 'acme', false)).toMatchObject({
      current: false,
      domain: null,
      edition: 'preview',
    });
    expect(profileData({ name: 'local' }, 'acme', false)).toMatchObject({ domain: null, edition: null });
  });
});

function hostileWrite(text: string): PlannedWrite {
  const changes = [text, [text], [], { [text]: text }].map((after) => ({ member: text, before: undefined, after }));
  return {
    method: 'PATCH',
    path: text,
    subject: text,
    body: { [text]: text },
    changes,
    answer: noContent,
  };
}

function hostileUrls(text: string) {
  const listed = [text, `https://${text}.example`, `https://a.example/${text}`];
  return { web_origins: listed, allowed_origins: listed, callbacks: listed, allowed_logout_urls: listed };
}

it('no name from a tenant can control the screen', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const shown = [
        renderApps(plain, [{ ...web, clientId: text, name: text, type: text }]),
        renderApp(plain, {
          ...{ ...web, clientId: text, name: text, type: text, authMethod: text },
          body: { ...web.body, ...hostileUrls(text) },
        }),
        renderApis(plain, [
          {
            ...shop,
            name: text,
            audience: text,
            grants: shop.grants.map((grant) => ({ ...grant, scopes: [text], clientId: text })),
          },
        ]),
        renderApi(plain, {
          ...shop,
          id: text,
          name: text,
          audience: text,
          scopes: [{ value: text, description: text }],
        }),
        renderTenant(plain, { ...tenant, name: text, issuer: text }),
        renderProfiles(plain, [{ name: text, domain: text, app: { clientId: text, name: text } }], text),
        renderProfile(plain, {
          profile: {
            ...acme,
            domain: text,
            credentials: { kind: 'client_secret', clientId: text },
            app: { clientId: text, name: text },
          },
          current: 'acme',
          inUse: false,
          note: text,
          databaseSource: undefined,
          fromEnvironment: false,
          tokenSecondsLeft: 60,
        }),
        renderLogin(
          plain,
          { ...acme, domain: text, credentials: { kind: 'client_secret', clientId: text } },
          undefined,
          { inUse: false, detected: false },
        ),
        renderRequests(plain, 'sent', [hostileWrite(text)]),
        renderChanges(plain, text, [hostileWrite(text)]),
      ];
      expect(shown.flatMap(lines).filter((line) => unsafe.test(line))).toEqual([]);
      expect(shown.map((one) => lines(one).length)).toEqual([2, 8, 2, 8, 5, 2, 9, 5, 1, 5]);
    }),
  );
});
