import { describe, expect, it } from 'vitest';
import type { Check } from '../../../../src/domain/gates/diagnosis/check.ts';
import { type Diagnosis, diagnose } from '../../../../src/domain/gates/diagnosis/diagnose.ts';
import type { DiagnosisRequest } from '../../../../src/domain/gates/diagnosis/management-checks.ts';
import { AnonError, interrupted } from '../../../../src/errors.ts';
import { managementAudience } from '../../../../src/wire/oauth.ts';
import { connectionTo, json, scriptedConnection, secretAccess } from '../../../support/domain.ts';
import { confidentialApp, guestGrantId, openTenant, type TestTenant, testTenant } from '../../../support/local.ts';

const nothing: DiagnosisRequest = {
  app: { named: undefined, chosen: undefined },
  api: { named: undefined, chosen: undefined },
  wanted: [],
  origin: undefined,
  forcedEdition: undefined,
  probe: undefined,
};
const probing: DiagnosisRequest = { ...nothing, probe: { clientSecret: undefined } };
const named = (app: string | undefined, api: string | undefined): DiagnosisRequest => ({
  ...nothing,
  app: { named: app, chosen: undefined },
  api: { named: api, chosen: undefined },
});

function statesOf({ checks }: Diagnosis): Record<string, string> {
  return Object.fromEntries(checks.map(({ check, state }) => [check, state]));
}

function found({ checks }: Diagnosis, name: string): Omit<Check, 'error'> {
  const one = checks.find(({ check }) => check === name);
  if (!one) throw new Error(`there is no check ${name}`);
  const { error, ...told } = one;
  return told;
}

/** A connection whose credentials have just these Management API scopes. */
async function connectionWith(tenant: TestTenant, scope: readonly string[]) {
  const machine = { client_id: 'machine', client_secret: 'machine-secret' };
  await tenant.store.write((writer) => {
    writer.put('client', 'machine', { ...machine, name: 'machine', grant_types: ['client_credentials'] });
    const audience = managementAudience(tenant.issuer);
    writer.put('client_grant', 'machine', { id: 'machine', client_id: 'machine', audience, scope });
  });
  return connectionTo(tenant, { management: secretAccess('machine', 'machine-secret') });
}

const allOpen = {
  reachable: 'open',
  clock: 'open',
  credentials: 'open',
  management_scopes: 'open',
  edition: 'open',
  feature: 'unknown',
  lifetime: 'open',
  format: 'open',
  app: 'open',
  api: 'open',
  grant: 'open',
  scopes: 'open',
  origin: 'skipped',
  probe: 'skipped',
};

/** Only the local tenant has its session keys on this machine. */
const remote = <Connection extends object>(connection: Connection) => ({ ...connection, sessionKeys: undefined });

describe.each(['preview', 'ea'] as const)('edition %s', (edition) => {
  const grant = edition === 'ea' ? 'open' : 'skipped';
  const holder = edition === 'ea' ? ' --app web' : '';

  it('an open tenant accepts guests, and only reads are sent', async () => {
    const connection = remote(connectionTo(await openTenant({ edition })));
    const diagnosis = await diagnose(connection, nothing);
    expect(statesOf(diagnosis)).toEqual({ ...allOpen, grant });
    expect(diagnosis).toMatchObject({
      ok: true,
      verdict: 'A guest of web can get a token for shop, if the tenant has anonymous sessions: read:catalog write:cart',
      failure: undefined,
      scopes: ['read:catalog', 'write:cart'],
    });
    expect(connection.sent.filter((line) => !line.startsWith('GET '))).toEqual(['POST /oauth/token']);
  });

  it('a created guest proves it, and the feature', async () => {
    const connection = remote(connectionTo(await openTenant({ edition })));
    const diagnosis = await diagnose(connection, probing);
    expect(statesOf(diagnosis)).toEqual({ ...allOpen, grant, feature: 'open', probe: 'open' });
    expect(found(diagnosis, 'probe')).toMatchObject({
      finding:
        'a guest of web got a token for shop: read:catalog write:cart; signature, issuer, audience and times are correct',
    });
    expect(connection.sent.filter((line) => line === 'POST /anonymous/token')).toHaveLength(1);
  });

  it('a new tenant is closed, and the fix commands open it', async () => {
    const diagnosis = await diagnose(connectionTo(await testTenant({ edition })), nothing);
    expect(statesOf(diagnosis)).toMatchObject({ app: 'closed', api: 'closed' });
    expect(diagnosis).toMatchObject({
      ok: false,
      verdict: 'A guest of web cannot get a token for shop: web may not create guest sessions; 2 more gates are closed',
      failure: { code: 'gate_closed' },
    });
    const fixes = new Set(diagnosis.checks.flatMap(({ fix }) => fix ?? []));
    expect([...fixes]).toEqual(['anon-cli app enable web', `anon-cli api enable shop${holder} --scopes read:catalog`]);
  });

  it("a probe of a closed tenant reports the service's answer and the fix", async () => {
    const diagnosis = await diagnose(connectionTo(await testTenant({ edition })), probing);
    expect(found(diagnosis, 'probe')).toMatchObject({
      state: 'closed',
      finding: 'unauthorized_client (403): Anonymous sessions are not enabled for this client',
      fix: 'anon-cli app enable web',
    });
    expect(diagnosis.failure).toMatchObject({ code: 'gate_closed', gate: 'application' });
  });

  it('the feature is missing', async () => {
    const tenant = await openTenant({ edition, settings: { flags: { anonymous_sessions_enabled: false } } });
    const diagnosis = await diagnose(connectionTo(tenant), nothing);
    expect(found(diagnosis, 'feature')).toMatchObject({ state: 'closed', advice: expect.stringContaining('Auth0') });
    expect(diagnosis).toMatchObject({ ok: false, failure: { code: 'gate_closed' } });
  });

  it('an application that demands proof of possession has no guests', async () => {
    const tenant = await openTenant({ edition });
    await tenant.store.write(async (writer) => {
      const app = await writer.get('client', tenant.app.client_id);
      writer.put('client', tenant.app.client_id, { ...app, require_proof_of_possession: true });
    });
    const diagnosis = await diagnose(connectionTo(tenant), nothing);
    expect(found(diagnosis, 'app')).toMatchObject({
      state: 'closed',
      finding: 'web is enabled, but demands proof of possession (DPoP), so the tenant refuses its guests',
    });
    expect(diagnosis).toMatchObject({ ok: false, failure: { code: 'gate_closed' } });
  });

  it('a lifetime that cannot be read is unknown, and no gate', async () => {
    const settings =
      edition === 'ea'
        ? { sessions: { anonymous: { lifetime_in_minutes: '60' } } }
        : { anonymous_session_lifetime: '60' };
    const diagnosis = await diagnose(connectionTo(await openTenant({ edition, settings })), nothing);
    expect(statesOf(diagnosis)).toMatchObject({ lifetime: 'unknown', format: 'skipped', app: 'open' });
    expect(diagnosis.ok).toBe(true);
  });

  it('requested scopes are checked, and only those are reported', async () => {
    const connection = connectionTo(await openTenant({ edition }));
    const diagnosis = await diagnose(connection, { ...nothing, wanted: ['read:catalog', 'read:orders'] });
    expect(found(diagnosis, 'scopes')).toEqual({
      check: 'scopes',
      state: 'closed',
      finding: 'guests get read:catalog write:cart, but not read:orders',
      fix: `anon-cli api enable shop${holder} --scopes read:orders`,
    });
  });

  it('a scope that the API does not define has no command', async () => {
    const diagnosis = await diagnose(connectionTo(await openTenant({ edition })), {
      ...nothing,
      wanted: ['raed:catalog'],
    });
    expect(found(diagnosis, 'scopes')).toEqual({
      check: 'scopes',
      state: 'closed',
      finding: "API 'shop' has no scope 'raed:catalog'",
      advice: expect.stringContaining("Did you mean 'read:catalog'?"),
    });
  });

  it('a granted scope that is no longer defined is a warning', async () => {
    const tenant = await openTenant({ edition, api: { scopes: [{ value: 'read:catalog' }] } });
    const diagnosis = await diagnose(connectionTo(tenant), nothing);
    expect(found(diagnosis, 'scopes')).toEqual({
      check: 'scopes',
      state: 'warning',
      finding: 'guests get read:catalog; write:cart is also granted, but shop no longer defines it',
      fix: `anon-cli api scopes remove shop write:cart${holder}`,
    });
    expect(diagnosis).toMatchObject({ ok: true, scopes: ['read:catalog'] });
  });

  it('an API without scopes has nothing to grant', async () => {
    const tenant = await testTenant({ edition });
    await tenant.change('resource_server', tenant.api.id, { scopes: [] });
    expect(found(await diagnose(connectionTo(tenant), nothing), 'api')).toEqual({
      check: 'api',
      state: 'closed',
      finding: 'shop does not accept guests',
      advice: 'shop defines no scopes. Add some in the Auth0 dashboard: APIs > Permissions.',
    });
  });

  it('several enabled applications need a choice, and the rest is still checked', async () => {
    const tenant = await openTenant({ edition });
    await confidentialApp(tenant);
    const diagnosis = await diagnose(connectionTo(tenant, { selection: ' --profile acme' }), probing);
    expect(found(diagnosis, 'app')).toEqual({
      check: 'app',
      state: 'unknown',
      finding: 'No application given, and 2 are enabled: web, server',
      advice: 'Choose one: --app <app>, or save a default: anon-cli profile set app <app> --profile acme',
    });
    expect(statesOf(diagnosis)).toMatchObject({ api: 'open', probe: 'skipped' });
    expect(diagnosis).toMatchObject({ ok: false, failure: { code: 'usage' } });
  });

  it('an unknown name is reported as in other commands', async () => {
    const diagnosis = await diagnose(connectionTo(await openTenant({ edition })), named('wbe', 'shpo'));
    expect(diagnosis).toMatchObject({ ok: false, failure: { code: 'not_found' } });
    expect(found(diagnosis, 'app')).toMatchObject({ finding: "Application 'wbe' not found" });
    expect(found(diagnosis, 'api')).toMatchObject({ advice: expect.stringContaining("'shop'") });
    expect(statesOf(diagnosis)).toMatchObject({ scopes: 'skipped' });
  });

  it('a confidential application whose secret may not be read is a warning', async () => {
    const tenant = await openTenant({ edition });
    await confidentialApp(tenant);
    const connection = await connectionWith(tenant, [
      ...['read:tenant_settings', 'update:tenant_settings', 'read:clients', 'update:clients'],
      ...['read:resource_servers', 'update:resource_servers'],
      ...['read:client_grants', 'create:client_grants', 'update:client_grants'],
    ]);
    const diagnosis = await diagnose(connection, named('server', undefined));
    expect(statesOf(diagnosis)).toMatchObject({ management_scopes: 'open', app: 'warning' });
    expect(found(diagnosis, 'app').advice).toContain('--client-secret -');
  });
});

describe('edition ea', () => {
  it('a grant of another application does not count', async () => {
    const tenant = await openTenant({ edition: 'ea' });
    const { client_id } = await confidentialApp(tenant);
    const diagnosis = await diagnose(connectionTo(tenant), named(client_id, undefined));
    expect(statesOf(diagnosis)).toMatchObject({ app: 'open', api: 'open', grant: 'closed', scopes: 'skipped' });
    expect(found(diagnosis, 'grant')).toMatchObject({
      finding: 'guests of server have no grant for shop',
      fix: 'anon-cli api enable shop --app server --scopes read:catalog',
    });
  });

  it('a grant of all scopes is shown as one', async () => {
    const tenant = await openTenant({ edition: 'ea' });
    await tenant.change('client_grant', guestGrantId, { allow_all_scopes: true, scope: undefined });
    const diagnosis = await diagnose(connectionTo(tenant), nothing);
    expect(found(diagnosis, 'grant').finding).toContain('for all scopes');
    expect(diagnosis.scopes).toHaveLength(4);
  });

  it('an empty grant gives nothing', async () => {
    const tenant = await openTenant({ edition: 'ea' });
    await tenant.change('client_grant', guestGrantId, { scope: [] });
    const diagnosis = await diagnose(connectionTo(tenant), probing);
    expect(statesOf(diagnosis)).toMatchObject({ grant: 'open', scopes: 'closed', probe: 'closed' });
    expect(diagnosis.failure).toMatchObject({ code: 'gate_closed' });
  });

  it.each([
    ['denies', { anonymous_user: { policy: 'deny_all' } }],
    ['is not shown', { client: { policy: 'require_client_grant' }, user: { policy: 'allow_all' } }],
  ])('a policy that %s is closed whatever the grants are, and no other gate is reported', async (_, policies) => {
    const tenant = await openTenant({ edition: 'ea' });
    // Past what the local tenant does by itself: it fills what a state lacks at the first request, and merges what is sent.
    await tenant.management();
    await tenant.change('resource_server', tenant.api.id, { subject_type_authorization: policies });
    expect(found(await diagnose(connectionTo(tenant), nothing), 'api')).toMatchObject({
      state: 'closed',
      fix: 'anon-cli api enable shop --app web',
      finding: 'shop does not accept guests, so the scopes granted to guests have no effect',
    });
  });

  it('an enabled application that is not OIDC-conformant is closed', async () => {
    const tenant = await openTenant({ edition: 'ea', app: { oidc_conformant: false } });
    expect(found(await diagnose(connectionTo(tenant), nothing), 'app')).toMatchObject({
      state: 'closed',
      fix: 'anon-cli app enable web --oidc-conformant',
    });
  });
});

describe('the settings', () => {
  it.each([
    ['never expires', 0, /^sessions never expire: without expiry, a leaked session token works forever/],
    ['is under a day', 3600, /^sessions live 1 hour: with less than 24 hours/],
    ['is under 30 days', 864_000, /^sessions live 10 days: 30 days or longer is recommended$/],
    ['is over the limit', 63_072_000, /the range is 1 second to 1 year$/],
  ])('a lifetime that %s is a warning', async (_, anonymous_session_lifetime, finding) => {
    const tenant = await openTenant({ settings: { anonymous_session_lifetime } });
    const diagnosis = await diagnose(connectionTo(tenant), nothing);
    expect(found(diagnosis, 'lifetime')).toMatchObject({
      state: 'warning',
      finding: expect.stringMatching(finding),
      fix: 'anon-cli tenant set-lifetime 30d',
    });
    expect(diagnosis.ok).toBe(true);
  });

  it('a format that anyone can read is a warning', async () => {
    const tenant = await openTenant({ settings: { anonymous_session_token_format: 'jwt' } });
    const diagnosis = await diagnose(connectionTo(tenant), probing);
    expect(found(diagnosis, 'format')).toMatchObject({ state: 'warning', fix: 'anon-cli tenant set-format jwe' });
    expect(diagnosis.ok).toBe(true);
  });

  it('show another edition than the profile: that is reported, and the settings are used', async () => {
    const connection = connectionTo(await openTenant({ edition: 'ea' }), { edition: 'preview' });
    const diagnosis = await diagnose(connection, nothing);
    expect(found(diagnosis, 'edition')).toEqual({
      check: 'edition',
      state: 'warning',
      finding: "the tenant's settings look like ea, but commands use preview",
      fix: 'anon-cli profile set edition auto',
    });
    expect(diagnosis).toMatchObject({ ok: true, tenant: { edition: 'ea' } });
    expect(connection.remembered).toEqual([]);
  });

  it('show another edition than the option: the option is used', async () => {
    const connection = connectionTo(await openTenant({ edition: 'ea' }), { edition: 'preview' });
    const diagnosis = await diagnose(connection, { ...nothing, forcedEdition: 'preview' });
    expect(statesOf(diagnosis)).toMatchObject({ edition: 'warning', app: 'closed' });
    expect(found(diagnosis, 'edition')).toMatchObject({
      finding: "the tenant's settings look like ea, but this command uses preview",
      advice: 'Run the command without --edition and ANON_EDITION.',
    });
  });

  it('show the edition of a new tenant, once', async () => {
    const connection = connectionTo(await openTenant({ edition: 'ea' }), { edition: undefined });
    expect(statesOf(await diagnose(connection, nothing))).toMatchObject({ edition: 'open', scopes: 'open' });
    expect(connection.remembered).toEqual(['ea']);
    expect(connection.sent.filter((line) => line.includes('tenants/settings'))).toHaveLength(1);
  });
});

describe('the Management API scopes', () => {
  it('that are missing for changes are a warning', async () => {
    const tenant = await openTenant({ edition: 'ea' });
    const read = ['read:tenant_settings', 'read:clients', 'read:resource_servers', 'read:client_grants'];
    const diagnosis = await diagnose(await connectionWith(tenant, read), nothing);
    expect(found(diagnosis, 'management_scopes')).toMatchObject({
      state: 'warning',
      finding: expect.stringMatching(/^missing update:tenant_settings .* create:client_grants \(to grant scopes\)/),
    });
    expect(diagnosis.ok).toBe(true);
  });

  it('for grants are not needed without grants', async () => {
    const tenant = await openTenant();
    const scopes = ['tenant_settings', 'clients', 'resource_servers'].flatMap((kind) => [
      `read:${kind}`,
      `update:${kind}`,
    ]);
    expect(statesOf(await diagnose(await connectionWith(tenant, scopes), nothing))).toMatchObject({
      management_scopes: 'open',
    });
  });

  it('that are missing for reads leave their results unknown, and the rest is checked', async () => {
    const tenant = await openTenant({ edition: 'ea' });
    const diagnosis = await diagnose(await connectionWith(tenant, ['read:clients', 'read:resource_servers']), nothing);
    expect(statesOf(diagnosis)).toMatchObject({
      management_scopes: 'closed',
      edition: 'unknown',
      feature: 'skipped',
      lifetime: 'skipped',
      app: 'open',
      api: 'open',
      grant: 'unknown',
      scopes: 'skipped',
    });
    expect(diagnosis).toMatchObject({ ok: false, failure: { code: 'not_authorised' } });
    expect(diagnosis.verdict).toMatch(/^Cannot tell whether a guest can get a token. The .*Insufficient scope/);
  });

  it('do not matter if a guest is created', async () => {
    const tenant = await openTenant({ edition: 'ea' });
    const diagnosis = await diagnose(await connectionWith(tenant, ['read:clients', 'read:resource_servers']), probing);
    expect(diagnosis).toMatchObject({ ok: true, failure: undefined, scopes: ['read:catalog', 'write:cart'] });
  });
});

describe('a tenant that does not answer as expected', () => {
  const issuer = 'https://acme.example/';
  const discovery = json({ issuer });
  const token = json({ access_token: 'a-management-token', token_type: 'Bearer', expires_in: 86_400, scope: '' });

  it('is unreachable, and nothing else is reported', async () => {
    const out = new AnonError('tenant_unreachable', 'The tenant acme.example cannot be reached: no such host.');
    const diagnosis = await diagnose(scriptedConnection([() => Promise.reject(out)]), probing);
    expect(statesOf(diagnosis)).toMatchObject({ reachable: 'closed', credentials: 'skipped', probe: 'skipped' });
    expect(new Set(diagnosis.checks.slice(1).map(({ finding }) => finding))).toEqual(
      new Set(['the tenant is unreachable']),
    );
    expect(diagnosis).toMatchObject({ ok: false, failure: out });
  });

  it('reports another issuer', async () => {
    const other = json({ issuer: 'https://login.acme.example/' });
    const denied = json({ error: 'access_denied', error_description: 'Unauthorized' }, 401);
    const diagnosis = await diagnose(scriptedConnection([other, denied]), nothing);
    expect(found(diagnosis, 'reachable')).toMatchObject({
      state: 'warning',
      finding: 'acme.example reports the issuer https://login.acme.example/, which its tokens will have too',
    });
  });

  it('refuses the credentials', async () => {
    const denied = json({ error: 'access_denied', error_description: 'Unauthorized' }, 401);
    const diagnosis = await diagnose(scriptedConnection([discovery, denied]), nothing);
    expect(statesOf(diagnosis)).toMatchObject({ credentials: 'closed', edition: 'skipped', app: 'skipped' });
    expect(found(diagnosis, 'app').finding).toBe('needs a Management API token');
    expect(diagnosis).toMatchObject({ ok: false, failure: { code: 'not_authorised', status: 401 } });
  });

  it('accepts the credentials but not the token', async () => {
    const invalid = json({ statusCode: 401, error: 'Unauthorized', message: 'Invalid token' }, 401);
    const diagnosis = await diagnose(scriptedConnection([discovery, token, invalid, token, invalid]), nothing);
    expect(statesOf(diagnosis)).toMatchObject({ credentials: 'closed', edition: 'skipped' });
    expect(diagnosis.failure).toMatchObject({ code: 'not_authorised' });
  });

  it('gets no more requests after Ctrl-C', async () => {
    const connection = scriptedConnection([discovery, () => Promise.reject(interrupted())]);
    await expect(diagnose(connection, nothing)).rejects.toMatchObject({ code: 'interrupted' });
  });

  it.each([
    ['a page for what it has not', '<html>Not Found</html>', 404, 'an HTML page, not JSON'],
    ['one page for everything', '<!doctype html><title>Acme</title>', 200, 'an HTML page, not JSON'],
    ['a text', 'OK', 200, 'a body that is not JSON'],
  ])('is a site with %s, which is reported', async (_, page, status, what) => {
    const diagnosis = await diagnose(scriptedConnection([() => new Response(page, { status })]), nothing);
    expect(statesOf(diagnosis)).toMatchObject({ reachable: 'closed', credentials: 'skipped' });
    expect(diagnosis.failure).toMatchObject({
      code: 'tenant_unreachable',
      message: `acme.example does not respond like an Auth0 tenant: it answered GET /.well-known/openid-configuration with ${status} and ${what}.`,
    });
  });

  it.each([
    [
      'a page',
      () => new Response('<html>Down</html>', { status: 503 }),
      'server_error',
      'The tenant acme.example is unavailable: it',
    ],
    [
      'a text',
      () => new Response('down', { status: 502 }),
      'server_error',
      'The tenant acme.example is unavailable: it',
    ],
    [
      'a redirect',
      () => new Response('', { status: 302, headers: { location: 'https://login.example/' } }),
      'tenant_unreachable',
      'acme.example does not respond like an Auth0 tenant: it',
    ],
  ])('answers with %s: %s, as any command reports it', async (_, answer, code, message) => {
    const { failure } = await diagnose(scriptedConnection(Array.from({ length: 10 }, () => answer)), nothing);
    expect(failure).toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it('is no tenant', async () => {
    const diagnosis = await diagnose(scriptedConnection([json({}, 404), json({}, 404)]), nothing);
    expect(statesOf(diagnosis)).toMatchObject({ reachable: 'warning', credentials: 'closed' });
  });
});

describe('without Management API credentials', () => {
  it('only a probe can tell, with a client id and an audience', async () => {
    const tenant = await openTenant();
    const connection = connectionTo(tenant, { management: undefined, edition: undefined });
    const request = { ...probing, ...named(tenant.app.client_id, tenant.api.identifier), probe: probing.probe };
    const diagnosis = await diagnose(connection, request);
    expect(statesOf(diagnosis)).toMatchObject({
      credentials: 'closed',
      app: 'skipped',
      probe: 'open',
      feature: 'open',
    });
    expect(diagnosis).toMatchObject({ ok: true, scopes: ['read:catalog', 'write:cart'] });
  });

  it('and without a probe it is not told', async () => {
    const diagnosis = await diagnose(connectionTo(await openTenant(), { management: undefined }), nothing);
    expect(diagnosis).toMatchObject({ ok: false, failure: { code: 'not_authorised' } });
  });
});
