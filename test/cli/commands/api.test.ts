import { describe, expect, it } from 'vitest';
import { apiEnableCommand } from '../../../src/cli/commands/api/enable.ts';
import { apiListCommand, apiShowCommand } from '../../../src/cli/commands/api/read.ts';
import {
  apiCreateCommand,
  apiDisableCommand,
  apiScopesAddCommand,
  apiScopesRemoveCommand,
} from '../../../src/cli/commands/api/write.ts';
import { documentNamed, freshMachine, openMachine, parsed, servedTenant, useRemote } from '../../support/command.ts';

const audience = 'https://api.shop.example';

describe('api list', () => {
  it('shows the only API of a new tenant as disabled, and not the Management API', async () => {
    const { done, terminal } = await freshMachine();
    expect((await done('api', 'list')).stdout).toBe('shop\tdisabled\t-\thttps://api.shop.example\n');
    terminal.interactive = true;
    const { stdout } = await done('api', 'list');
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^NAME +GUESTS +GUEST SCOPES +AUDIENCE$/),
      expect.stringMatching(/^shop +disabled +- +https:\/\/api\.shop\.example$/),
      '',
    ]);
  });

  it('prints everything as JSON', async () => {
    const { done, store } = await openMachine();
    const { id } = await documentNamed(store, 'resource_server', 'shop');
    expect((await done('api', 'list', '--json')).json).toEqual([
      {
        id,
        name: 'shop',
        audience,
        enabled: true,
        guest_scopes: ['read:catalog', 'write:cart'],
        guest_grants: [{ id: null, client_id: null, scopes: ['read:catalog', 'write:cart'], all_scopes: false }],
        guest_token_lifetime: 86_400,
        scopes: [
          { value: 'read:catalog', description: 'Browse the catalog' },
          { value: 'write:cart', description: 'Fill a cart' },
          { value: 'read:orders', description: 'See past orders' },
          { value: 'write:orders', description: 'Place an order' },
        ],
      },
    ]);
    expect((await done('api', 'list')).stdout).toMatch(/^shop\tenabled\tread:catalog write:cart\thttps/m);
  });

  it('explains how to create one if there is none', async () => {
    const { done, store, terminal } = await freshMachine();
    await store.write(async (writer) =>
      writer.remove('resource_server', String((await documentNamed(store, 'resource_server', 'shop')).id)),
    );
    const { stdout, stderr } = await done('api', 'list');
    // A line on stdout would be an API to what reads it.
    expect({ stdout, stderr }).toEqual({
      stdout: '',
      stderr: 'No APIs yet. Create one: anon-cli api create shop --audience https://api.shop.example\n',
    });
    terminal.interactive = true;
    expect((await done('api', 'list')).stdout.replaceAll(/\s+/g, ' ')).toMatch(
      /^No APIs yet\. Create one: anon-cli api create shop --audience /,
    );
  });
});

describe('api list', () => {
  it.each([
    [['--enabled'], ['shop']],
    [['--search', 'new'], ['news']],
    [['--search', 'api.sh'], ['shop']],
    [['--search', 'https://news'], ['news']],
    [['--search', 'example'], []],
  ])('accepts %j', async (options, names) => {
    const { done } = await openMachine();
    await done('api', 'create', 'news', '--audience', 'https://news.example');
    const { json } = await done('api', 'list', ...options, '--json');
    expect(json.map(({ name }: { name: string }) => name)).toEqual(names);
  });

  it('reports that nothing matches', async () => {
    const { done } = await openMachine();
    expect(await done('api', 'list', '--search', 'zzz')).toMatchObject({
      stdout: '',
      stderr: "No APIs match 'zzz'.\n",
    });
  });
});

describe('api show', () => {
  it('finds an API by its name, its audience and its id', async () => {
    const { done, store } = await freshMachine();
    const { id } = await documentNamed(store, 'resource_server', 'shop');
    for (const reference of ['shop', 'Shop', audience, String(id)]) {
      expect((await done('api', 'show', reference, '--field', 'id')).stdout).toBe(`${id}\n`);
    }
  });

  it('shows what guests may and may not do', async () => {
    const { done } = await openMachine();
    const { stdout } = await done('api', 'show', 'shop');
    expect(stdout).toMatch(/^shop\n/);
    expect(stdout).toMatch(/guests +enabled\n/);
    expect(stdout).toMatch(/guest scopes +read:catalog write:cart\n/);
    expect(stdout).toMatch(/other scopes +read:orders write:orders\n/);
    expect(stdout).toMatch(/guest token lifetime +1 day\n/);
  });

  it('lists the audiences when a name is ambiguous', async () => {
    const { done, run } = await freshMachine();
    await done('api', 'create', 'Shop', '--audience', 'https://two.example');
    expect((await done('api', 'show', 'Shop', '--field', 'audience')).stdout).toBe('https://two.example\n');
    expect(await run('api', 'show', 'SHOP')).toMatchObject({
      code: 2,
      stderr: `error: 'SHOP' matches 2 APIs: ${audience}, https://two.example.\nhint:  Pass one of these ids instead of the name.\n`,
    });
  });

  it.each([
    ['shp', "API 'shp' not found.", "Did you mean 'shop'? To see all: anon-cli api list"],
    ['https://api.shop.exampl', "API 'https://api.shop.exampl' not found.", `Did you mean '${audience}'?`],
  ])('does not find API %s', async (reference, message, hint) => {
    const { run } = await freshMachine();
    const { code, jsonError } = await run('api', 'show', reference, '--json');
    expect(code).toBe(1);
    expect(jsonError).toMatchObject({ code: 'not_found', message, hint: expect.stringContaining(hint) });
  });
});

describe('api create', () => {
  it('creates an API with scopes, closed to guests, and reports what it sent', async () => {
    const { done } = await freshMachine();
    const { json } = await done(
      ...['api', 'create', 'news', '--audience', 'https://api.news.example'],
      ...['--scopes', 'read:articles, write:comments,read:articles', '--json'],
    );
    expect(json).toMatchObject({
      name: 'news',
      audience: 'https://api.news.example',
      enabled: false,
      guest_scopes: [],
    });
    expect(json.requests).toHaveLength(1);
    expect(json.requests[0]).toEqual({
      method: 'POST',
      path: '/api/v2/resource-servers',
      body: {
        name: 'news',
        identifier: 'https://api.news.example',
        scopes: [{ value: 'read:articles' }, { value: 'write:comments' }],
      },
    });
  });

  it('needs no scopes, but an audience', async () => {
    const { done, run } = await freshMachine();
    const { stdout } = await done('api', 'create', 'news', '--audience', 'urn:news');
    expect(stdout).toMatch(/^✔ Created API news\n/);
    expect(stdout).toContain('sent  POST /api/v2/resource-servers {"name":"news","identifier":"urn:news","scopes":[]}');
    expect(await run('api', 'create', 'news')).toMatchObject({
      code: 2,
      stderr: "error: Required option '--audience <uri>' not specified.\nhint:  See anon-cli api create --help\n",
    });
  });

  it("shows the service's own words when the audience is taken", async () => {
    const { run } = await freshMachine();
    expect(await run('api', 'create', 'again', '--audience', audience)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: 'error: The tenant refused: A resource server with the same identifier already exists (409).\n',
    });
  });
});

describe('api enable', () => {
  it('opens the API with the given scopes', async () => {
    const { done, store } = await freshMachine();
    const { id } = await documentNamed(store, 'resource_server', 'shop');
    const { stdout } = await done(
      'api',
      'enable',
      'shop',
      '--scopes',
      'read:catalog,write:cart',
      '--token-lifetime',
      '2h',
    );
    expect(stdout).toBe(
      '✔ shop accepts guests: read:catalog write:cart, access tokens live for 2 hours\n' +
        '  API shop (localhost:4400)\n' +
        '    allow_anonymous_access               not set → true\n' +
        '    anonymous_access_scopes              not set → read:catalog write:cart\n' +
        '    token_lifetime_for_anonymous_access  not set → 7200\n' +
        `  sent  PATCH /api/v2/resource-servers/${id} {"allow_anonymous_access":true,` +
        '"anonymous_access_scopes":["read:catalog","write:cart"],"token_lifetime_for_anonymous_access":7200}\n',
    );
    expect(await documentNamed(store, 'resource_server', 'shop')).toMatchObject({
      allow_anonymous_access: true,
      anonymous_access_scopes: ['read:catalog', 'write:cart'],
      token_lifetime_for_anonymous_access: 7200,
    });
  });

  it('leaves the scopes and the lifetime unchanged if none are given', async () => {
    const { done } = await freshMachine();
    await done('api', 'enable', 'shop', '--scopes', 'read:catalog', '--token-lifetime', '1h');
    await done('api', 'disable', 'shop');
    const { json } = await done('api', 'enable', 'shop', '--json');
    expect(json).toMatchObject({ enabled: true, guest_scopes: ['read:catalog'], guest_token_lifetime: 3600 });
    expect(json.requests).toMatchObject([{ method: 'PATCH', body: { allow_anonymous_access: true } }]);
    expect(json.changes).toEqual([
      { subject: 'API shop', member: 'allow_anonymous_access', before: false, after: true },
    ]);
  });

  it('grants no scopes that were not given', async () => {
    const { run } = await freshMachine();
    expect(await run('api', 'enable', 'shop')).toMatchObject({
      code: 2,
      stderr:
        "error: No scopes given for API 'shop'.\n" +
        'hint:  Choose from: read:catalog, write:cart, read:orders, write:orders (--scopes read:catalog)\n',
    });
  });

  it('can grant no scopes at all if asked', async () => {
    const { done } = await freshMachine();
    const { stdout } = await done('api', 'enable', audience, '--scopes', '');
    expect(stdout).toContain('shop accepts guests: no scopes');
  });

  it('refuses a scope that the API does not define, and sends nothing', async () => {
    const { run, store } = await freshMachine();
    const before = await documentNamed(store, 'resource_server', 'shop');
    expect(await run('api', 'enable', 'shop', '--scopes', 'read:catalog,red:orders')).toMatchObject({
      code: 2,
      stderr:
        "error: API 'shop' has no scope 'red:orders'.\n" +
        "hint:  Did you mean 'read:orders'? Its scopes: read:catalog, write:cart, read:orders, write:orders.\n",
    });
    expect(await documentNamed(store, 'resource_server', 'shop')).toEqual(before);
  });

  it.each([
    ['31d', 'is out of range', 'Choose 1 second to 30 days.'],
    ['0', 'is out of range', 'Choose 1 second to 30 days.'],
    ['never', "'never' is not a valid duration.", 'Examples: 1d, 12h or 3600 (seconds)'],
  ])('refuses a token lifetime of %s before any call', async (lifetime, message, hint) => {
    const machine = await freshMachine();
    const tenant = await servedTenant(machine.clock);
    await useRemote(machine, tenant);
    const { code, jsonError } = await machine.run(
      ...['api', 'enable', 'shop', '--scopes', 'read:catalog', '--token-lifetime', lifetime, '--json'],
    );
    expect(code).toBe(2);
    expect(jsonError).toMatchObject({ message: expect.stringContaining(message), hint });
    expect(tenant.requests).toEqual([]);
  });
});

describe('api disable', () => {
  it('closes the API and leaves the scopes', async () => {
    const { done } = await openMachine();
    const { stdout } = await done('api', 'disable', 'shop');
    expect(stdout.split('\n')).toEqual([
      '✔ shop no longer accepts guests',
      '  guests get these scopes back when it is enabled again: read:catalog write:cart',
      '  to revoke them: anon-cli api disable shop --revoke-grants',
      '  API shop (localhost:4400)',
      '    allow_anonymous_access  true → false',
      expect.stringMatching(/^ {2}sent {2}PATCH .* \{"allow_anonymous_access":false\}$/),
      '',
    ]);
    expect((await done('api', 'show', 'shop', '--json')).json).toMatchObject({
      enabled: false,
      guest_scopes: ['read:catalog', 'write:cart'],
    });
  });

  it('reports in JSON what it sent', async () => {
    const { done } = await openMachine();
    const { json } = await done('api', 'disable', 'shop', '--json');
    expect(json).toMatchObject({
      enabled: false,
      dry_run: false,
      requests: [{ method: 'PATCH', body: { allow_anonymous_access: false } }],
    });
  });

  it('also removes the scopes if asked', async () => {
    const { done } = await openMachine();
    const { stdout } = await done('api', 'disable', 'shop', '--revoke-grants');
    expect(stdout).toContain('anonymous_access_scopes  -read:catalog -write:cart\n');
    expect(stdout).not.toContain('left');
    expect((await done('api', 'show', 'shop', '--field', 'guest_scopes')).stdout).toBe('[]\n');
  });
});

describe('api scopes', () => {
  it('adds and removes scopes, and sends nothing twice', async () => {
    const { done } = await openMachine();
    const { stdout } = await done('api', 'scopes', 'add', 'shop', 'read:orders', 'write:cart');
    expect(stdout).toMatch(/^✔ shop gives guests: read:catalog write:cart read:orders\n/);
    expect(stdout).toContain('    anonymous_access_scopes  +read:orders\n');
    expect((await done('api', 'scopes', 'add', 'shop', 'read:orders')).stdout).toContain(
      'No changes: localhost:4400 is already set this way',
    );
    const { json } = await done('api', 'scopes', 'remove', 'shop', 'read:orders,write:cart', '--json');
    expect(json).toMatchObject({ enabled: true, guest_scopes: ['read:catalog'] });
  });

  it('warns that --app has no effect in edition preview', async () => {
    const { done } = await openMachine();
    const { stderr } = await done('api', 'scopes', 'add', 'shop', 'read:orders', '--app', 'web');
    expect(stderr).toBe(
      "warning: --app is ignored: in edition preview guests of every application get an API's guest scopes.\n",
    );
  });

  it("is refused for the tenant's own API", async () => {
    const { run } = await openMachine();
    expect(await run('api', 'scopes', 'add', 'Auth0 Management API', 'read:clients')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("is the tenant's own and can't be enabled for guests."),
    });
  });
});

it.each(['add', 'remove'])('api scopes %s refuses an empty list, as of a variable that is not set', async (verb) => {
  const { run } = await freshMachine();
  expect(await run('api', 'scopes', verb, 'shop', ' ,')).toMatchObject({
    ...{ code: 2, stderr: expect.stringContaining('The list of scopes is empty.') },
  });
});

describe('what the api commands parse', () => {
  it('are a name and options', async () => {
    expect(await parsed(apiListCommand)).toEqual([{}]);
    expect(await parsed(apiShowCommand, 'shop')).toEqual(['shop', {}]);
    expect(await parsed(apiCreateCommand, 'news', '--audience=urn:news', '--scopes', 'a b')).toEqual([
      'news',
      { audience: 'urn:news', scopes: 'a b' },
    ]);
    expect(
      await parsed(apiEnableCommand, 'shop', '--scopes', 'a,b', '--token-lifetime', '1d', '--field', 'id'),
    ).toEqual(['shop', { scopes: 'a,b', tokenLifetime: '1d', field: ['id'] }]);
    expect(await parsed(apiEnableCommand, 'shop', '--app', 'web', '--dry-run', '-y')).toEqual([
      'shop',
      { app: 'web', dryRun: true, yes: true },
    ]);
    expect(await parsed(apiDisableCommand, 'shop', '--profile', 'acme', '--revoke-grants')).toEqual([
      'shop',
      { profile: 'acme', revokeGrants: true },
    ]);
    expect(await parsed(apiScopesAddCommand, 'shop', 'a', 'b,c')).toEqual(['shop', ['a', 'b,c'], {}]);
    expect(await parsed(apiScopesRemoveCommand, 'shop', 'a', '--app', 'web')).toEqual(['shop', ['a'], { app: 'web' }]);
  });
});
