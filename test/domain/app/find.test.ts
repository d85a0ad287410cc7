import { describe, expect, it } from 'vitest';
import { chooseRequestingApp } from '../../../src/domain/app/find.ts';
import { connectionTo, failureOf } from '../../support/domain.ts';
import { confidentialApp, openTenant, testTenant } from '../../support/local.ts';

const nothing = { named: undefined, chosen: undefined };
const gone = { clientId: 'gone', name: 'old web' };

describe('the application of a request', () => {
  it('is the given one, by its name or client id', async () => {
    const tenant = await openTenant();
    const server = await confidentialApp(tenant);
    const connection = connectionTo(tenant);
    const chosen = { clientId: tenant.app.client_id, name: 'web' };
    for (const named of ['server', 'SERVER', server.client_id]) {
      expect(await chooseRequestingApp(connection, { named, chosen })).toMatchObject({ clientId: server.client_id });
    }
  });

  it("defaults to the profile's, even if others are enabled", async () => {
    const tenant = await openTenant();
    const server = await confidentialApp(tenant);
    const chosen = { clientId: server.client_id, name: 'server' };
    expect(await chooseRequestingApp(connectionTo(tenant), { named: undefined, chosen })).toMatchObject({
      clientId: server.client_id,
      name: 'server',
      clientSecret: server.client_secret,
    });
  });

  it('defaults to the only enabled one if the profile has none', async () => {
    const tenant = await openTenant();
    await confidentialApp(tenant, { name: 'closed', can_create_anonymous_sessions: false });
    expect(await chooseRequestingApp(connectionTo(tenant), nothing)).toMatchObject({ clientId: tenant.app.client_id });
  });

  it('sends no secret if it is public, even if the tenant has one for it', async () => {
    const tenant = await openTenant();
    expect(tenant.app.client_secret).not.toBe('');
    expect(await chooseRequestingApp(connectionTo(tenant), nothing)).toMatchObject({
      clientId: tenant.app.client_id,
      clientSecret: undefined,
    });
  });
});

describe('the application of a request is unknown', () => {
  it('when several are enabled: they are listed, quoted for a shell', async () => {
    const tenant = await openTenant();
    await confidentialApp(tenant, { name: 'My server' });
    expect(await failureOf(() => chooseRequestingApp(connectionTo(tenant), nothing))).toMatchObject({
      code: 'usage',
      message: "No application given, and 2 are enabled: web, 'My server'.",
      hint: 'Choose one: --app <app>, or save a default: anon-cli profile set app <app>',
    });
  });

  it('when the only one there is closed: the hint opens it on the same tenant', async () => {
    const connection = connectionTo(await testTenant(), { selection: ' --profile acme' });
    expect(await failureOf(() => chooseRequestingApp(connection, nothing))).toMatchObject({
      code: 'gate_closed',
      message: 'No application is enabled for guest sessions.',
      hint: 'Enable one: anon-cli app enable web --profile acme',
    });
  });

  it('when all of several are closed: the hint leaves the choice open', async () => {
    const tenant = await testTenant();
    await confidentialApp(tenant, { can_create_anonymous_sessions: false });
    expect(await failureOf(() => chooseRequestingApp(connectionTo(tenant), nothing))).toMatchObject({
      code: 'gate_closed',
      hint: 'Enable one: anon-cli app enable <app>',
    });
  });

  it("when the profile's does not exist", async () => {
    const connection = connectionTo(await openTenant(), { selection: ' --profile acme' });
    expect(await failureOf(() => chooseRequestingApp(connection, { named: undefined, chosen: gone }))).toMatchObject({
      code: 'not_found',
      message: "Application 'old web', the profile's default, not found.",
      hint: 'Choose another: anon-cli profile set app <app> --profile acme',
    });
  });

  it('when the given one does not exist: the most similar one is suggested', async () => {
    const connection = connectionTo(await openTenant());
    expect(await failureOf(() => chooseRequestingApp(connection, { named: 'wed', chosen: gone }))).toMatchObject({
      code: 'not_found',
      message: "Application 'wed' not found.",
      hint: "Did you mean 'web'? To see all: anon-cli app list",
    });
  });

  it('when two have the same name: their client ids are listed', async () => {
    const tenant = await openTenant();
    const other = await confidentialApp(tenant, { name: 'web' });
    const error = await failureOf(() => chooseRequestingApp(connectionTo(tenant), { named: 'web', chosen: undefined }));
    expect(error).toMatchObject({
      code: 'ambiguous',
      message: `'web' matches 2 applications: ${tenant.app.client_id}, ${other.client_id}.`,
    });
  });
});

describe('without Management API credentials', () => {
  const blind = async () => connectionTo(await openTenant(), { management: undefined });

  it.each([
    ['a reference is a client id', { named: 'abc', chosen: undefined }, { clientId: 'abc', name: 'abc' }],
    ["a reference wins over the profile's", { named: 'abc', chosen: gone }, { clientId: 'abc' }],
    ["the profile's is taken as it is", { named: undefined, chosen: gone }, { clientId: 'gone', name: 'old web' }],
  ])('%s, without a request', async (_, choice, app) => {
    const connection = await blind();
    expect(await chooseRequestingApp(connection, choice)).toMatchObject({ ...app, clientSecret: undefined });
    expect(connection.sent).toEqual([]);
  });

  it('and without a default the user has to choose', async () => {
    const connection = await blind();
    expect(await failureOf(() => chooseRequestingApp(connection, nothing))).toMatchObject({
      code: 'usage',
      hint: 'Pass its client id: --app <client id>',
    });
  });
});
