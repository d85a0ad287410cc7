import { existsSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { tokenCreateCommand } from '../../../../src/cli/commands/token/create.ts';
import { exitCodeOf } from '../../../../src/cli/exit-code.ts';
import {
  changeDocument,
  documentNamed,
  freshMachine,
  openMachine,
  parsed,
  servedAnswer,
  servedTenant,
  useRemote,
  wordsOf,
} from '../../../support/command.ts';
import { claimsOf, openSealed } from '../../../support/local.ts';

const audience = 'https://api.shop.example';

describe('token create', () => {
  it('shows both tokens, decoded and shortened', async () => {
    const { done } = await openMachine();
    const { stdout, stderr } = await done('token', 'create');
    expect(stdout).toMatch(/^✔ Guest session of web for shop\n/);
    expect(stdout).toMatch(/Session token {2}[\w-]{12}….{6} \(JWE, \d+ characters\)\n {2}✔ decrypted and authentic/);
    expect(stdout).toMatch(/Access token {2}[\w-]{12}….{6} \(JWT, \d+ characters\)\n {2}✔ signature verified: key /);
    expect(stdout).toMatch(/exp +2026-07-01 12:00:00 UTC \(in 30 days\)\n/);
    expect(stdout).toMatch(/exp +2026-06-02 12:00:00 UTC \(in 1 day\)\n/);
    expect(stdout).toMatch(/scope +read:catalog write:cart\n/);
    expect(stdout).toMatch(/\nNext: anon-cli token update --meta language=en\n$/);
    expect(stderr).toBe('');
  });

  it('prints the whole answer as JSON, with the decoded tokens', async () => {
    const { done, store } = await openMachine();
    const { client_id } = await documentNamed(store, 'client', 'web');
    const { json } = await done('token', 'create', '--json');
    expect(json).toMatchObject({ token_type: 'Bearer', expires_in: 86_400, scope: 'read:catalog write:cart' });
    expect(json.app).toEqual({ client_id, name: 'web' });
    expect(json.api).toEqual({ audience, name: 'shop' });
    expect(json.decoded.access_token.claims).toEqual(claimsOf(json.access_token));
    expect(json.decoded.access_token.signature.state).toBe('verified');
    expect(json.decoded.session_token.claims).toEqual(await openSealed(store, json.session_token));
    expect(json.decoded.session_token.claims.user_id).toBe(json.decoded.access_token.claims.sub);
  });

  it('prints a single value, for $(…)', async () => {
    const { done } = await openMachine();
    const { stdout, stderr } = await done('token', 'create', '--field', 'access_token');
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(stderr).toBe('');
    expect((await done('token', 'create', '--field', 'decoded.access_token.claims.aud')).stdout).toBe(`${audience}\n`);
    expect(
      (await done('token', 'create', '--meta', 'a.b=1', '--field', 'decoded.session_token.claims.metadata')).stdout,
    ).toBe('{"a":{"b":"1"}}\n');
  });

  it("creates a readable session token if the tenant's format is JWT, and a session that never expires if its lifetime is never", async () => {
    const { done } = await openMachine();
    await done('tenant', 'set-format', 'jwt');
    await done('tenant', 'set-lifetime', 'never');
    const { json } = await done('token', 'create', '--json');
    expect(claimsOf(json.session_token)).toMatchObject({ session_id: expect.stringMatching(/^sess_/) });
    expect(json.decoded.session_token).toMatchObject({ form: 'jws', signature: { state: 'verified' } });
    expect(json.decoded.session_token.claims).not.toHaveProperty('exp');
    expect((await done('token', 'create')).stdout).toMatch(/exp +not set: the token never expires\n/);
  });

  it("gives an access token the API's lifetime", async () => {
    const { done } = await openMachine();
    await done('api', 'enable', 'shop', '--token-lifetime', '45s');
    expect((await done('token', 'create', '--field', 'expires_in')).stdout).toBe('45\n');
  });

  it('asks for the given scopes, separated by commas or spaces', async () => {
    const { done } = await openMachine();
    const claim = ['--field', 'decoded.access_token.claims.scope'];
    expect((await done('token', 'create', '--scope', 'write:cart', ...claim)).stdout).toBe('write:cart\n');
    expect((await done('token', 'create', '--scope', 'write:cart, read:catalog', ...claim)).stdout).toBe(
      'write:cart read:catalog\n',
    );
    const { json } = await done('token', 'create', '--scope', 'anon', '--json');
    expect(json.decoded.access_token.claims).not.toHaveProperty('scope');
  });

  it('uses the given guest id', async () => {
    const { done } = await openMachine();
    const { json } = await done('token', 'create', '--user-id', 'anon|from-my-app', '--json');
    expect(json.decoded.access_token.claims.sub).toBe('anon|from-my-app');
    expect(json.decoded.session_token.claims.user_id).toBe('anon|from-my-app');
  });

  it('authenticates a confidential application with its secret from the tenant', async () => {
    const machine = await openMachine();
    const tenant = await servedTenant(machine.clock);
    await useRemote(machine, tenant);
    await machine.open();
    await machine.done('app', 'create', 'server', '--type', 'regular_web', '--enable');
    await machine.done('token', 'create', '--app', 'server');
    const { client_secret } = await documentNamed(tenant.store, 'client', 'server');
    expect(JSON.parse(tenant.requests.at(-2)?.body ?? '')).toMatchObject({ client_secret });
    // A public application sends none, although the tenant keeps one for it.
    await machine.done('token', 'create', '--app', 'web');
    expect(JSON.parse(tenant.requests.at(-2)?.body ?? '')).not.toHaveProperty('client_secret');
  });

  it("reads an application's secret from stdin or the environment, and a wrong one is refused with 4", async () => {
    const { done, run, store, env, terminal } = await openMachine();
    await done('app', 'create', 'server', '--type', 'regular_web', '--enable');
    terminal.stdin = `${(await documentNamed(store, 'client', 'server')).client_secret}\n`;
    await done('token', 'create', '--app', 'server', '--client-secret', '-');

    terminal.stdin = undefined;
    env.ANON_APP_SECRET = 'not-the-secret-of-this-application';
    const { code, jsonError } = await run('token', 'create', '--app', 'server', '--json');
    expect(code).toBe(4);
    expect(jsonError).toMatchObject({ code: 'not_authorised', service_error: 'invalid_client', status: 401 });
    expect(jsonError.hint).toBe(
      'The secret of server is wrong, or was rotated. Pass the current one: --client-secret -',
    );
  });

  it('refuses a secret as an argument', async () => {
    const { run } = await openMachine();
    const { code, stderr } = await run('token', 'create', '--client-secret', 'typed-out-secret');
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr:
        "error: --client-secret can't be given on the command line, where others can read it.\n" +
        "hint:  Pipe it in with '--client-secret -', pass a file with '--client-secret @<file>', or set ANON_APP_SECRET.\n",
    });
    expect(stderr).not.toContain('typed-out-secret');
  });

  it('saves each session in a file that only the user can read', async () => {
    const { done, folder } = await openMachine();
    await done('token', 'create');
    const path = `${folder}/data/credentials/session~local~default.json`;
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const { version, secret } = JSON.parse(readFileSync(path, 'utf8'));
    expect(version).toBe(1);
    expect(JSON.parse(secret)).toMatchObject({ audience });
    expect(existsSync(`${folder}/data/sessions`)).toBe(false);
  });
});

describe('the application and API of token create', () => {
  it('are given by name or id, the API also by its audience', async () => {
    const { done, store } = await openMachine();
    const { client_id } = await documentNamed(store, 'client', 'web');
    const { id } = await documentNamed(store, 'resource_server', 'shop');
    for (const app of ['web', String(client_id)]) {
      for (const api of ['shop', audience, String(id)]) {
        const { json } = await done('token', 'create', '--app', app, '--api', api, '--json');
        expect(json).toMatchObject({ app: { client_id }, api: { audience } });
      }
    }
  });

  it.each([
    ['--app', 'wbe', "Application 'wbe' not found.", "Did you mean 'web'? To see all: anon-cli app list"],
    ['--api', 'shpo', "API 'shpo' not found.", "Did you mean 'shop'? To see all: anon-cli api list"],
  ])('are not guessed: %s %s', async (option, reference, message, hint) => {
    const { run } = await openMachine();
    const { code, jsonError } = await run('token', 'create', option, reference, '--json');
    expect(code).toBe(1);
    expect(jsonError).toMatchObject({ code: 'not_found', message, hint });
  });

  it('are ambiguous if two have the same name', async () => {
    const { run, done } = await openMachine();
    await done('app', 'create', 'web', '--allow-duplicate');
    expect(await run('token', 'create', '--app', 'web')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /^error: 'web' matches 2 applications: \w{32}, \w{32}\.\nhint: {2}Pass one of these ids/,
      ),
    });
  });

  it("default to the profile's, then to the only enabled one", async () => {
    const { done } = await openMachine();
    await done('app', 'create', 'kiosk', '--enable');
    await done('api', 'create', 'news', '--audience', 'urn:news', '--scopes', 'read:articles');
    await done('api', 'enable', 'news', '--scopes', 'read:articles');
    await done('profile', 'set', 'app', 'kiosk');
    await done('profile', 'set', 'api', 'urn:news');
    expect((await done('token', 'create', '--json')).json).toMatchObject({
      app: { name: 'kiosk' },
      api: { audience: 'urn:news' },
    });
    expect((await done('token', 'create', '--app', 'web', '--api', 'shop', '--json')).json).toMatchObject({
      app: { name: 'web' },
      api: { name: 'shop' },
    });
  });

  it('default to the only enabled ones', async () => {
    const { done } = await openMachine();
    await done('app', 'create', 'closed');
    await done('api', 'create', 'closed', '--audience', 'urn:closed');
    expect((await done('token', 'create', '--json')).json).toMatchObject({
      app: { name: 'web' },
      api: { name: 'shop' },
    });
  });

  it('are refused if none is enabled, with the commands that change it', async () => {
    const { run, done } = await freshMachine();
    const app = await run('token', 'create', '--json');
    expect(app.code).toBe(5);
    expect(app.jsonError).toMatchObject({
      code: 'gate_closed',
      message: 'No application is enabled for guest sessions.',
      hint: 'Enable one: anon-cli app enable web',
    });
    await done('app', 'enable', 'web');

    const api = await run('token', 'create', '--json');
    expect(api.code).toBe(5);
    expect(api.jsonError).toMatchObject({
      code: 'gate_closed',
      message: 'No API is enabled for guests.',
      hint: 'Enable one: anon-cli api enable shop --scopes read:catalog',
    });
    await done('api', 'enable', 'shop', '--scopes', 'read:catalog');
    await done('token', 'create');
  });

  it('are asked for if several are enabled', async () => {
    const { run, done } = await openMachine();
    await done('app', 'create', 'my kiosk', '--enable');
    expect(await run('token', 'create')).toMatchObject({
      code: 2,
      stderr:
        "error: No application given, and 2 are enabled: web, 'my kiosk'.\n" +
        'hint:  Choose one: --app <app>, or save a default:\n       anon-cli profile set app <app>\n',
    });
    await done('api', 'create', 'news', '--audience', 'urn:news', '--scopes', 'read:articles');
    await done('api', 'enable', 'news', '--scopes', 'read:articles');
    expect(await run('token', 'create', '--app', 'my kiosk')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^error: No API given, and 2 are enabled for guests: shop, news\.\n/),
    });
  });

  it("are reported as not found if the profile's default was deleted", async () => {
    const { run, done, store } = await openMachine();
    await done('profile', 'set', 'app', 'web');
    await store.write(async (writer) =>
      writer.remove('client', String((await documentNamed(store, 'client', 'web')).client_id)),
    );
    expect(await run('token', 'create')).toMatchObject({
      code: 1,
      stderr:
        "error: Application 'web', the profile's default, not found.\n" +
        'hint:  Choose another: anon-cli profile set app <app>\n',
    });
  });
});

describe('a closed gate', () => {
  it.each([
    {
      gate: 'application',
      number: 2,
      close: ['app', 'disable', 'web'],
      ask: [],
      refusal: { status: 403, service_error: 'unauthorized_client' },
      command: 'anon-cli app enable web',
    },
    {
      gate: 'api',
      number: 3,
      close: ['api', 'disable', 'shop'],
      ask: ['--scope', 'read:catalog'],
      refusal: { status: 400, service_error: 'invalid_target' },
      command: 'anon-cli api enable shop --scopes read:catalog',
    },
    {
      gate: 'scopes',
      number: 4,
      close: ['api', 'enable', 'shop', '--scopes', 'read:catalog'],
      ask: ['--scope', 'read:orders'],
      refusal: { status: 400, service_error: 'invalid_scope' },
      command: 'anon-cli api enable shop --scopes read:orders',
    },
  ])("shows the service's own error and gate $number, and the command opens it", async (row) => {
    const { run, done } = await openMachine();
    await done(...row.close);
    const create = ['token', 'create', '--app', 'web', '--api', 'shop', ...row.ask];
    const { code, jsonError } = await run(...create, '--json');
    expect(code).toBe(5);
    expect(jsonError).toMatchObject({ code: 'gate_closed', exit_code: 5, gate: row.gate, ...row.refusal });
    expect(jsonError.message).toContain(row.refusal.service_error);
    expect(jsonError.message).toContain(jsonError.service_description);
    expect(jsonError.command).toBe(row.command);

    const { stderr } = await run(...create);
    expect(stderr).toMatch(new RegExp(`^error: ${row.refusal.service_error} .*\nhint: {2}Gate ${row.number}, `));
    expect(stderr).toContain(`Open it:\n       ${row.command}\n`);

    await done(...wordsOf(jsonError.command));
    await done(...create);
  });

  it('on a tenant without the feature has no command that opens it', async () => {
    const { run, store } = await openMachine();
    await changeDocument(store, 'tenant', 'settings', { flags: { anonymous_sessions_enabled: false } });
    const { code, jsonError } = await run('token', 'create', '--json');
    expect(code).toBe(5);
    expect(jsonError).toMatchObject({
      gate: 'tenant',
      status: 403,
      service_error: 'feature_not_enabled',
      hint: 'Gate 1, the tenant: it does not have anonymous sessions. Auth0 enables them on request.',
    });
    expect(jsonError).not.toHaveProperty('command');
  });

  it('has a command quoted for a shell, for names with spaces and for another profile', async () => {
    const machine = await openMachine();
    const tenant = await servedTenant(machine.clock);
    await useRemote(machine, tenant);
    await machine.done('profile', 'use', 'local');
    const remote = ['--profile', 'remote'];
    await machine.done('app', 'create', "the guest's app", ...remote);
    await machine.done('app', 'create', 'my app', ...remote);
    const { jsonError } = await machine.run('token', 'create', '--app', 'my app', '--api', 'shop', ...remote, '--json');
    expect(jsonError.command).toBe("anon-cli app enable 'my app' --profile remote");
    await machine.done(...wordsOf(jsonError.command));
    const quoted = await machine.run(
      'token',
      'create',
      '--app',
      "the guest's app",
      '--api',
      'shop',
      ...remote,
      '--json',
    );
    expect(quoted.jsonError.command).toBe("anon-cli app enable 'the guest'\\''s app' --profile remote");
  });

  it('is not blamed for an undefined scope', async () => {
    const { run } = await openMachine();
    const { jsonError } = await run('token', 'create', '--scope', 'fly:away', '--json');
    expect(jsonError).not.toHaveProperty('gate');
    expect(jsonError.hint).toBe(
      "API shop does not define the scope 'fly:away'. Its scopes: read:catalog, write:cart, read:orders, write:orders.",
    );
  });
});

describe('the metadata of token create', () => {
  const field = ['--field', 'decoded.session_token.claims.metadata'];

  it.each([
    [['language=en', 'country=US'], { language: 'en', country: 'US' }],
    [['cart.items=3', 'cart.total:=9.5'], { cart: { items: '3', total: 9.5 } }],
    [['list:=[1,"two",null]', 'flag:=true', 'text:="quoted"'], { list: [1, 'two', null], flag: true, text: 'quoted' }],
    [['a\\.b=dot', 'equation=a=b', 'empty='], { 'a.b': 'dot', equation: 'a=b', empty: '' }],
    [['same=first', 'same=second'], { same: 'second' }],
    [['greeting=grüezi 👋'], { greeting: 'grüezi 👋' }],
  ])('is %j', async (assignments, metadata) => {
    const { done } = await openMachine();
    const options = assignments.flatMap((assignment) => ['--meta', assignment]);
    expect((await done('token', 'create', ...options, ...field)).json).toEqual(metadata);
  });

  it('also comes from a file or stdin, and assignments take precedence', async () => {
    const { done, file, terminal } = await openMachine();
    const path = file('metadata.json', '{"language":"en","cart":{"items":3}}');
    expect((await done('token', 'create', '--meta-file', path, '--meta', 'language=de', ...field)).json).toEqual({
      language: 'de',
      cart: { items: 3 },
    });
    terminal.stdin = '{"from":"stdin"}';
    expect((await done('token', 'create', '--meta-file', '-', ...field)).json).toEqual({ from: 'stdin' });
  });

  it.each([
    ['no assignment', ['--meta', 'language'], '--meta takes key=value, or key:=json for a typed value.'],
    ['no key', ['--meta', '=en'], '--meta takes key=value, or key:=json for a typed value.'],
    ['an empty key', ['--meta', 'a..b=1'], "'a..b' has an empty key."],
    ['a value that is not JSON', ['--meta', 'count:=private'], 'The value of --meta count:= is not valid JSON.'],
    [
      'nesting under a value',
      ['--meta', 'a=1', '--meta', 'a.b=2'],
      "'a.b' would nest under 'a', which already has a value.",
    ],
    ['a key that reaches a prototype', ['--meta', '__proto__.x=1'], "Metadata can't have the key '__proto__'."],
    ['such a key deep inside', ['--meta', 'a:={"constructor":1}'], "Metadata can't have the key 'constructor'."],
    ['a file that is not there', ['--meta-file', '/nowhere/at/all'], '/nowhere/at/all cannot be read: no such file.'],
  ])('is refused before any call: %s', async (_problem, options, message) => {
    const machine = await freshMachine();
    const tenant = await servedTenant(machine.clock);
    await useRemote(machine, tenant);
    const { code, jsonError } = await machine.run('token', 'create', ...options, '--json');
    expect(code).toBe(2);
    expect(jsonError).toMatchObject({ code: 'usage', message });
    expect(tenant.requests).toEqual([]);
  });

  it.each(['[1]', '"text"', 'null', '{"open":'])('is refused from a file that contains %s', async (text) => {
    const { run, file } = await openMachine();
    const { code, stderr } = await run('token', 'create', '--meta-file', file('metadata.json', text));
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: The metadata file /);
  });

  it('may be 1024 bytes of UTF-8 JSON and not more, and the message reports the excess', async () => {
    const { run, done } = await openMachine();
    // {"note":"…"} is 11 bytes around the text, and each of these letters is two bytes.
    const text = 'ü'.repeat(506);
    await done('token', 'create', '--meta', `note=${text}a`);
    expect(await run('token', 'create', '--meta', `note=${text}abcd`)).toMatchObject({
      code: 2,
      stderr:
        'error: The metadata is 1027 bytes as JSON, 3 over the limit of 1024.\n' +
        'hint:  Store large data in your own database, and only its id here.\n',
    });
  });
});

describe('a tenant that token create meets', () => {
  it('is waited for if it limits the rate', async () => {
    const machine = await openMachine();
    const tenant = await servedTenant(machine.clock, { rateLimit: { burst: 1, perSecond: 1 } });
    await useRemote(machine, tenant);
    await machine.open();
    expect(machine.clock.waits.length).toBeGreaterThan(0);
  });

  it('is given up if it continues to limit the rate', async () => {
    const machine = await openMachine();
    const { url } = await servedAnswer(
      async () => new Response('{}', { status: 429, headers: { 'retry-after': '7' } }),
    );
    await machine.done('login', 'busy', '--no-check', '--domain', url);
    const { code, jsonError } = await machine.run(
      ...['token', 'create', '--profile', 'busy', '--app', 'a', '--api', 'b', '--json'],
    );
    expect(code).toBe(1);
    expect(jsonError).toMatchObject({
      code: 'rate_limited',
      status: 429,
      hint: 'Try again in 7 seconds, or let the command wait: --max-wait 63s',
    });
    expect(machine.clock.waits).toEqual(Array(8).fill(7000));
  });

  it.each([
    [200, '<html>', 'response_invalid', 'an HTML page'],
    [200, '{"access_token":"a"}', 'response_invalid', 'is not valid'],
    [500, '<html>', 'server_error', 'an HTML page'],
    [503, '{"error":"server_error","error_description":"Later."}', 'server_error', 'server_error (503): Later.'],
    [302, '', 'failed', 'a redirect to http://elsewhere.example/, which is not followed'],
  ] as const)('is not trusted if it answers %i %s', async (status, body, code, message) => {
    const machine = await openMachine();
    const { url } = await servedAnswer(
      async () => new Response(body, { status, headers: { location: 'http://elsewhere.example/' } }),
    );
    await machine.done('login', 'odd', '--no-check', '--domain', url);
    const result = await machine.run('token', 'create', '--profile', 'odd', '--app', 'a', '--api', 'b', '--json');
    expect(result.code).toBe(exitCodeOf(code));
    expect(result.jsonError).toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it('may repeat a secret in its refusal, but the command does not', async () => {
    const machine = await openMachine();
    const { url } = await servedAnswer(async (request) => {
      const { client_secret } = (await request.json()) as { client_secret: string };
      const error_description = `Bad secret ${client_secret}, bad token eyJhbGciOiJub25lIn0.eyJzdWIiOiJwcml2YXRlIHRleHQifQ.c2ln`;
      return Response.json({ error: 'invalid_client', error_description }, { status: 401 });
    });
    await machine.done('login', 'chatty', '--no-check', '--domain', url);
    machine.env.ANON_APP_SECRET = 'a-secret-that-comes-back';
    const { code, jsonError } = await machine.run(
      ...['token', 'create', '--profile', 'chatty', '--app', 'a', '--api', 'b', '--json'],
    );
    expect(code).toBe(4);
    expect(jsonError.service_description).toBe('Bad secret ***, bad token ***');
  });

  it('may refuse with a megabyte of letters and is still parsed immediately', async () => {
    const machine = await openMachine();
    const { url } = await servedAnswer(async () =>
      Response.json({ error: 'invalid_client', error_description: 'a'.repeat(1_000_000) }, { status: 401 }),
    );
    await machine.done('login', 'wordy', '--no-check', '--domain', url);
    expect(await machine.run('token', 'create', '--profile', 'wordy', '--app', 'a', '--api', 'b')).toMatchObject({
      code: 4,
    });
  });

  it('needs no Management API credentials if the client id and the audience are given', async () => {
    const machine = await openMachine();
    const tenant = await servedTenant(machine.clock);
    await useRemote(machine, tenant);
    await machine.open();
    await machine.done('login', 'guest', '--no-check', '--domain', tenant.url);
    const { client_id } = await documentNamed(tenant.store, 'client', 'web');
    const guest = ['token', 'create', '--profile', 'guest'];
    const { json } = await machine.done(...guest, '--app', String(client_id), '--api', audience, '--json');
    expect(json.decoded.access_token.signature.state).toBe('verified');
    expect(json.decoded.session_token.seal).toEqual({ state: 'sealed', reason: 'no key on this machine' });

    expect(await machine.run(...guest)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('hint:  Pass its client id: --app <client id>'),
    });
    expect(await machine.run(...guest, '--app', String(client_id))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('hint:  Pass its audience: --api <audience>'),
    });
  });
});

it('token create saves nothing of an answer without a session token, and does not claim to', async () => {
  const machine = await openMachine();
  const accessToken = `${Buffer.from('{"alg":"RS256"}').toString('base64url')}.e30.AAAA`;
  const { url } = await servedAnswer(async (request) =>
    new URL(request.url).pathname === '/anonymous/token'
      ? Response.json({ access_token: accessToken, token_type: 'Bearer', expires_in: 60 })
      : new Response(null, { status: 404 }),
  );
  machine.env.AUTH0_DOMAIN = url;
  const { json } = await machine.done('token', 'create', '--app', 'abc', '--api', audience, '--json');
  expect(json).toMatchObject({ access_token: accessToken, session_name: null });
  expect((await machine.done('session', 'list', '--json')).json).toEqual([]);
});

it.each([
  ['ea', { session_expires_in: 3600 }, 'token update'],
  ['preview', {}, 'token update --meta language=en'],
])('token create names the next step for an undetected edition %s by its answer', async (_, more, command) => {
  const machine = await openMachine();
  const answer = { access_token: 'a.b.c', token_type: 'Bearer', session_token: 'x', expires_in: 60, ...more };
  machine.env.AUTH0_DOMAIN = (await servedAnswer(async () => Response.json(answer))).url;
  const { stdout } = await machine.run('token', 'create', '--app', 'abc', '--api', audience);
  expect(stdout).toContain(`\nNext: anon-cli ${command}\n`);
});

it.each([1e300, -1e300])('token create refuses an answer with impossible times: %d', async (seconds) => {
  const machine = await openMachine();
  const answer = { access_token: 'a.b.c', token_type: 'Bearer', session_token: 'x', expires_in: seconds };
  machine.env.AUTH0_DOMAIN = (await servedAnswer(async () => Response.json(answer))).url;
  const { code, stderr } = await machine.run('token', 'create', '--app', 'abc', '--api', audience);
  expect(code).toBe(1);
  expect(stderr).toContain('expires_in must be a number of seconds');
});

describe('what token create parses', () => {
  it('are all of its options, with --meta repeated', async () => {
    expect(await parsed(tokenCreateCommand)).toEqual([{ save: true }]);
    expect(
      await parsed(
        tokenCreateCommand,
        ...['--app', 'web', '--api=shop', '--scope', 'a b', '--meta', 'a=1', '--meta', 'b:=2', '--meta-file', 'm.json'],
        ...['--client-secret', '-', '--user-id', 'me', '--json', '--field', 'x', '--profile', 'p', '--edition', 'ea'],
        ...['--session', 'cart', '--replace', '--no-save'],
      ),
    ).toEqual([
      {
        ...{ app: 'web', api: 'shop', scopes: 'a b', meta: ['a=1', 'b:=2'], metaFile: 'm.json', clientSecret: '-' },
        ...{ userId: 'me', json: true, field: ['x'], profile: 'p', edition: 'ea' },
        ...{ session: 'cart', replace: true, save: false },
      },
    ]);
  });

  it.each([
    [['--meta'], "Option '--meta <key=value>' argument missing."],
    [['--mета', 'x'], "Unknown option '--mета'."],
    [['web'], 'Too many arguments. Expected 0 arguments but got 1.'],
  ])('are nothing else: %j', async (args, message) => {
    await expect(parsed(tokenCreateCommand, ...args)).rejects.toMatchObject({ code: 'usage', message });
  });
});

describe("the words of the service's quickstart", () => {
  it.each([
    [['--client-id', 'web', '--audience', 'https://api.shop.example', '--metadata', '{"language":"en"}']],
    [['--app', 'web', '--audience', 'shop', '--metadata', '{"language":"xx"}', '--meta', 'language=en']],
    [['--client-id=web', '--api', 'shop', '--meta', 'language=en']],
  ])('are understood: %j', async (options) => {
    const machine = await openMachine();
    const { json, stderr } = await machine.done('token', 'create', ...options, '--json');
    expect(json).toMatchObject({
      app: { name: 'web' },
      api: { name: 'shop' },
      decoded: { session_token: { claims: { metadata: { language: 'en' } } } },
    });
    expect(stderr).toBe('');
  });

  it('are understood by the other commands that ask for tokens', async () => {
    const machine = await openMachine();
    const options = ['--client-id', 'web', '--audience', 'shop', '--field', 'access_token'];
    for (const command of ['get --create', 'renew', 'update --metadata {"a":1}', 'update']) {
      await machine.done('token', ...command.split(' '), ...options);
    }
    const claims = await machine.done('token', 'decode', '--field', 'session_token.claims.metadata.a');
    expect(claims.stdout).toBe('1\n');
  });

  it('are not in the help', async () => {
    const { done } = await freshMachine({ seeded: false });
    expect((await done('token', 'create', '--help')).stdout).not.toMatch(/--client-id|--audience|--metadata/);
  });

  it.each([
    [['--client-id', 'web', '--app', 'web'], "--app and --client-id can't be combined: they mean the same."],
    [['--audience', 'a', '--api', 'b'], "--api and --audience can't be combined: they mean the same."],
    [['--metadata', 'language=en'], '--metadata is not valid JSON.'],
    [['--metadata', '{language:en}'], '--metadata is not valid JSON.'],
    [['--metadata', '["a"]'], '--metadata must be a JSON object. Example: {"language":"en"}'],
    [['--metadata', '"text"'], '--metadata must be a JSON object. Example: {"language":"en"}'],
    [['--metadata', '{"a":1,"a":2}'], '--metadata'],
    [
      ['--metadata', '{}', '--meta-file', 'x'],
      "--metadata and --meta-file can't be combined: both give the whole metadata.",
    ],
  ])('are refused if they are empty or contradictory: %j', async (options, message) => {
    const { run } = await freshMachine({ seeded: false });
    const { code, stderr } = await run('token', 'create', ...options);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(`error: ${message}`) });
    expect(stderr).not.toContain('language=en');
  });

  it.each([
    ['anon', 'Leave --scopes out to request all that guests may have.'],
    ['anon read:catalog', 'Leave it out: --scopes read:catalog'],
    ['read:catalog,anon,write:cart', 'Leave it out: --scopes read:catalog,write:cart'],
  ])('--scope %s is reported to grant nothing', async (scope, then) => {
    const machine = await openMachine();
    const { stderr } = await machine.run('token', 'create', '--scope', scope);
    expect(stderr).toContain(`warning: The scope anon grants nothing. ${then}\n`);
    expect((await machine.done('token', 'create', '--scope', 'read:catalog')).stderr).toBe('');
  });
});
