import { describe, expect, it } from 'vitest';
import { chooseRequestingApp } from '../../../src/domain/app/find.ts';
import { connectionTo, failureOf } from '../../support/domain.ts';
import { confidentialApp, openTenant, testTenant } from '../../support/local.ts';

const nothing = { named: undefined, chosen: undefined };
const gone = { clientId: 'gone', name: 'old web' };

describe('the application to ask as', () => {
  it('is the one that was named, by its name or its client id', async () => {
    const tenant = await openTenant();
    const server = await confidentialApp(tenant);
    const connection = connectionTo(tenant);
    const chosen = { clientId: tenant.app.client_id, name: 'web' };
    for (const named of ['server', 'SERVER', server.client_id]) {
      expect(await chooseRequestingApp(connection, { named, chosen })).toMatchObject({ clientId: server.client_id });
    }
  });

  it("is the profile's when none was named, although others are enabled", async () => {
    const tenant = await openTenant();
    const server = await confidentialApp(tenant);
    const chosen = { clientId: server.client_id, name: 'server' };
    expect(await chooseRequestingApp(connectionTo(tenant), { named: undefined, chosen })).toMatchObject({
      clientId: server.client_id,
      name: 'server',
      clientSecret: server.client_secret,
    });
  });

  it('is the only enabled one when the profile has none', async () => {
    const tenant = await openTenant();
    await confidentialApp(tenant, { name: 'closed', can_create_anonymous_sessions: false });
    expect(await chooseRequestingApp(connectionTo(tenant), nothing)).toMatchObject({ clientId: tenant.app.client_id });
  });

  it('sends no secret when it is public, although the tenant keeps one for it', async () => {
    const tenant = await openTenant();
    expect(tenant.app.client_secret).not.toBe('');
    expect(await chooseRequestingApp(connectionTo(tenant), nothing)).toMatchObject({
      clientId: tenant.app.client_id,
      clientSecret: undefined,
    });
  });
});

describe('which application cannot be told', () => {
  it('when several are enabled: they are listed, quoted where a shell needs it', async () => {
    const tenant = await openTenant();
    await confidentialApp(tenant, { name: 'My server' });
    expect(await failureOf(() => chooseRequestingApp(connectionTo(tenant), nothing))).toMatchObject({
      code: 'usage',
      message: "Which application? 2 are enabled: web, 'My server'.",
      hint: 'Name one: --app <app>, or for good: anon-cli profile set app <app>',
    });
  });

  it('when the only one there is closed: the hint opens it on the same tenant', async () => {
    const connection = connectionTo(await testTenant(), { selection: ' --profile acme' });
    expect(await failureOf(() => chooseRequestingApp(connection, nothing))).toMatchObject({
      code: 'gate_closed',
      message: 'No application may create anonymous sessions yet.',
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

  it("when the profile's is no longer there", async () => {
    const connection = connectionTo(await openTenant(), { selection: ' --profile acme' });
    expect(await failureOf(() => chooseRequestingApp(connection, { named: undefined, chosen: gone }))).toMatchObject({
      code: 'not_found',
      message: "The profile's application 'old web' is no longer there.",
      hint: 'Choose another: anon-cli profile set app <app> --profile acme',
    });
  });

  it('when the one that was named is not there: the most similar is told', async () => {
    const connection = connectionTo(await openTenant());
    expect(await failureOf(() => chooseRequestingApp(connection, { named: 'wed', chosen: gone }))).toMatchObject({
      code: 'not_found',
      message: "There is no application 'wed'.",
      hint: "Did you mean 'web'? See anon-cli app list.",
    });
  });

  it('when two bear the name: their client ids are told', async () => {
    const tenant = await openTenant();
    const other = await confidentialApp(tenant, { name: 'web' });
    const error = await failureOf(() => chooseRequestingApp(connectionTo(tenant), { named: 'web', chosen: undefined }));
    expect(error).toMatchObject({
      code: 'ambiguous',
      message: `'web' names 2 applications: ${tenant.app.client_id}, ${other.client_id}.`,
    });
  });
});

describe('without Management API credentials', () => {
  const blind = async () => connectionTo(await openTenant(), { management: undefined });

  it.each([
    ['a reference is a client id', { named: 'abc', chosen: undefined }, { clientId: 'abc', name: 'abc' }],
    ["a reference wins over the profile's", { named: 'abc', chosen: gone }, { clientId: 'abc' }],
    ["the profile's is taken as it is", { named: undefined, chosen: gone }, { clientId: 'gone', name: 'old web' }],
  ])('%s, and nothing is asked', async (_, choice, app) => {
    const connection = await blind();
    expect(await chooseRequestingApp(connection, choice)).toMatchObject({ ...app, clientSecret: undefined });
    expect(connection.sent).toEqual([]);
  });

  it('and without a choice there is only asking back', async () => {
    const connection = await blind();
    expect(await failureOf(() => chooseRequestingApp(connection, nothing))).toMatchObject({
      code: 'usage',
      hint: 'Give its client id: --app <client id>',
    });
  });
});
