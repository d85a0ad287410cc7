import { describe, expect, it } from 'vitest';
import { setupCommand } from '../../../../src/cli/commands/setup/setup.ts';
import type { Store } from '../../../../src/local/store/store.ts';
import {
  changeDocument,
  documentNamed,
  type Machine,
  freshMachine as machineAsItComes,
  openMachine as openMachineAsItComes,
  parsed,
  type ServedTenant,
  servedTenant as tenantAsItComes,
  useRemote,
  wordsOf,
} from '../../../support/command.ts';

const all = ['setup', '--app', 'web', '--api', 'shop', '--scopes', 'read:catalog'] as const;
const fresh = [
  ...['setup', '--create-app', 'mobile', '--type', 'native'],
  ...['--create-api', 'news', '--audience', 'https://news.example', '--scopes', 'read:news'],
] as const;

const writes = ({ requests }: Pick<ServedTenant, 'requests'>) =>
  requests.filter(({ method, path }) => method !== 'GET' && path.startsWith('/api/v2/'));
const sessionsAsked = ({ requests }: Pick<ServedTenant, 'requests'>) =>
  requests.filter(({ path }) => path === '/anonymous/token');

/** The origin of pages is asked for where there is none; only some tests are about that. */
async function withOrigin<Place extends { readonly store: Store }>(place: Place): Promise<Place> {
  await changeDocument(place.store, 'client', 'web', { web_origins: ['http://localhost:3000'] });
  return place;
}
const freshMachine = async (options?: Parameters<typeof machineAsItComes>[0]) =>
  withOrigin(await machineAsItComes(options));
const openMachine = async (options?: Parameters<typeof openMachineAsItComes>[0]) =>
  withOrigin(await openMachineAsItComes(options));
const servedTenant = async (...options: Parameters<typeof tenantAsItComes>) =>
  withOrigin(await tenantAsItComes(...options));

/** A machine whose current profile is a served tenant, so that what is sent can be counted. */
async function remoteMachine(options: { edition?: 'preview' | 'ea' } = {}) {
  const machine = await freshMachine();
  const tenant = await servedTenant(machine.clock, options);
  await useRemote(machine, tenant);
  return { machine, tenant };
}

/** The command line that a person is shown at the end, as one line. */
function lineShown({ stderr }: { readonly stderr: string }, title = 'To repeat this without questions:'): string {
  const text = stderr.replaceAll(/ \\\n\s+/g, ' ');
  expect(text).toContain(`\n${title}\n  $ anon-cli `);
  return text.slice(text.indexOf(title)).split('\n')[1]?.replace('  $ ', '') ?? '';
}

/** What a line like that leads to, on the machine where it was shown. */
async function repeated(machine: Machine, line: string) {
  machine.terminal.interactive = false;
  return machine.done(...wordsOf(line), '--json');
}

/** The same with a person at the terminal, who gives these replies. */
async function personAt(machine: Machine, ...replies: string[]): Promise<void> {
  machine.terminal.interactive = true;
  machine.replies.push(...replies);
}

describe.each(['preview', 'ea'] as const)('setup by options, in edition %s', (edition) => {
  it('opens all gates and shows both tokens of a first guest, decoded', async () => {
    const { done } = await freshMachine({ edition });
    const { stdout, stderr } = await done(...all, '--yes');
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^✔ Guests of web get tokens for shop\n {2}tenant +localhost:4400, sessions live 30 days/);
    expect(stdout).toMatch(/^ {2}guests get {2}read:catalog; access tokens live for /m);
    expect(stdout).toMatch(/^ {2}application web \(localhost:4400\)$/m);
    expect(stdout).toMatch(/^ {2}sent {2}PATCH \/api\/v2\/clients\//m);
    expect(stdout).toMatch(/\nSession token .*\n {2}✔ decrypted and authentic: /);
    expect(stdout).toMatch(/\nAccess token .*\n {2}✔ signature verified: /);
    expect(stdout).toMatch(/\nNext\n {2}\$ anon-cli token update/);
  });

  it('writes nothing the second time, and keeps the guest', async () => {
    const { machine, tenant } = await remoteMachine({ edition });
    const first = (await machine.done(...all, '--yes', '--json')).json;
    const sent = writes(tenant).length;
    const second = (await machine.done(...all, '--json')).json;
    expect(writes(tenant)).toHaveLength(sent);
    expect(second).toMatchObject({ changes: [], requests: [], dry_run: false });
    expect(first).toMatchObject({ origin: 'created', session_name: 'default' });
    expect(second).toMatchObject({ origin: 'kept', session_name: 'default' });
    expect(second.decoded.access_token.claims.sub).toBe(first.decoded.access_token.claims.sub);
    expect(second).toMatchObject({ session_token: first.session_token, access_token: first.access_token });
    expect(sessionsAsked(tenant)).toHaveLength(1);
    expect((await machine.done(...all)).stdout).toContain("✔ Saved session 'default' reused, with the same guest");
    expect((await machine.done('setup', '--no-session')).stdout).toContain('No changes: ');
  });

  it('keeps the guest if the access token has expired, or guests may do more now', async () => {
    const { machine, tenant } = await remoteMachine({ edition });
    const guest = async (...args: string[]) => {
      const { json } = await machine.done(...all, '--yes', '--json', ...args);
      return { origin: json.origin, sub: json.decoded.access_token.claims.sub, scope: json.scope };
    };
    const first = await guest();
    machine.clock.forward(2 * 86_400);
    expect(await guest()).toEqual({ ...first, origin: 'renewed' });
    expect(await guest('--scopes', 'read:catalog,write:cart')).toEqual({
      origin: 'renewed',
      sub: first.sub,
      scope: 'read:catalog write:cart',
    });
    expect(await guest()).toMatchObject({ origin: 'kept', sub: first.sub, scope: 'read:catalog write:cart' });
    expect((await machine.done('token', 'get', '--json')).json).toMatchObject({ origin: 'kept', guest_id: first.sub });
    expect(sessionsAsked(tenant)).toHaveLength(3);
  });

  it('keeps the current session even if it has its own name', async () => {
    const { machine } = await remoteMachine({ edition });
    await machine.done(...all, '--yes', '--no-session');
    const { json } = await machine.done('token', 'create', '--session', 'cart', '--json');
    expect((await machine.done(...all, '--json')).json).toMatchObject({
      origin: 'kept',
      session_name: 'cart',
      access_token: json.access_token,
    });
    expect((await machine.done('session', 'list', '--json')).json).toHaveLength(1);
  });

  it('creates a new guest if the session has expired or is for another application, and reports which guest it replaces', async () => {
    const { machine } = await remoteMachine({ edition });
    const first = (await machine.done(...all, '--yes', '--json')).json;
    const other = await machine.done(...fresh, '--yes', '--json');
    expect(other.json).toMatchObject({ origin: 'created', session_name: 'default' });
    expect(JSON.parse(other.stderr)).toEqual({
      warnings: [
        `Replaced session 'default' of guest ${first.decoded.access_token.claims.sub} with one of a new guest.`,
      ],
    });
    machine.clock.forward(400 * 86_400);
    const later = await machine.done(...fresh, '--json');
    expect(later.json.origin).toBe('created');
    expect(later.stderr).toBe('');
  });

  it('creates a new guest if the tenant no longer accepts the saved session', async () => {
    const machine = await freshMachine();
    let refusals = 0;
    const tenant = await servedTenant(machine.clock, {
      edition,
      answer(request) {
        if (!request.url.endsWith('/anonymous/token') || refusals === 0) return undefined;
        refusals -= 1;
        return Response.json({ error: 'invalid_session_token', error_description: 'It is not one.' }, { status: 400 });
      },
    });
    await useRemote(machine, tenant);
    await machine.done(...all, '--yes');
    machine.clock.forward(2 * 86_400);
    refusals = 1;
    expect((await machine.done(...all, '--json')).json.origin).toBe('created');
  });

  it('reports that metadata options are for new guests only, unless the saved one has the same', async () => {
    const { machine } = await remoteMachine({ edition });
    const meta = ['--meta', 'language=en', '--yes'];
    expect((await machine.done(...all, ...meta)).stderr).toBe('');
    expect((await machine.done(...all, ...meta)).stderr).toBe('');
    const { stderr } = await machine.done(...all, '--meta', 'language=hidden');
    expect(stderr).toContain(
      'warning: --meta was not sent: it applies only to a new session, and setup reused the saved one.',
    );
    expect(stderr).toContain(`anon-cli token update${edition === 'ea' ? ' --replace' : ''} --meta <key=value>`);
  });

  it('creates an application and an API, once', async () => {
    const { machine, tenant } = await remoteMachine({ edition });
    const { json } = await machine.done(...fresh, '--yes', '--json');
    expect(json).toMatchObject({
      app: { name: 'mobile', type: 'native', enabled: true },
      api: { audience: 'https://news.example', enabled: true, guest_scopes: ['read:news'] },
      scope: 'read:news',
      decoded: { access_token: { claims: { aud: 'https://news.example', azp: json.app.client_id } } },
    });
    const sent = writes(tenant).length;
    expect((await machine.done(...fresh, '--json')).json.app.client_id).toBe(json.app.client_id);
    expect(writes(tenant)).toHaveLength(sent);
  });

  it('only reads in a dry run, and reports what it would send', async () => {
    const { machine, tenant } = await remoteMachine({ edition });
    const { stdout } = await machine.done(...fresh, '--lifetime', '90d', '--dry-run');
    expect(stdout).toMatch(/^dry run: nothing was sent\n {2}tenant settings /);
    expect(stdout).toMatch(/^ {2}would send {2}POST \/api\/v2\/clients /m);
    const { json } = await machine.done(...fresh, '--dry-run', '--json');
    expect(json).toMatchObject({ dry_run: true, app: { name: 'mobile' } });
    expect(json).not.toHaveProperty('access_token');
    expect(json.requests.length).toBe(edition === 'ea' ? 3 : 2);
    expect([...writes(tenant), ...sessionsAsked(tenant)]).toEqual([]);
    expect((await machine.done('profile', 'list', '--json')).stdout).not.toContain('mobile');
  });

  it("creates the session with metadata, and with a confidential application's secret", async () => {
    const { done } = await freshMachine({ edition });
    const command = [...all.filter((word) => word !== '--app' && word !== 'web'), '--create-app', 'server'];
    const { json } = await done(...command, '--type', 'regular_web', '--meta', 'language=en', '--yes', '--json');
    expect(json).toMatchObject({
      app: { name: 'server', confidential: true },
      decoded: { session_token: { claims: { metadata: { language: 'en' } } } },
    });
    const { stdout } = await done(...command, '--no-session');
    expect(stdout).toContain('$ anon-cli app show server --reveal-secrets --field client_secret');
    expect((await done('setup', '--json')).json.app.name).toBe('server');
  });

  it('saves its defaults and its session for later commands', async () => {
    const { done } = await freshMachine({ edition });
    await done(...fresh, '--yes');
    await done('token', 'update');
    expect((await done('token', 'create', '--json')).json).toMatchObject({
      app: { name: 'mobile' },
      api: { name: 'news' },
    });
  });
});

describe('setup without a terminal', () => {
  it('reports everything that is missing at once', async () => {
    const { run, done } = await freshMachine();
    await done('app', 'create', 'kiosk');
    await done('api', 'create', 'news', '--audience', 'https://news.example', '--scopes', 'read:news');
    expect(await run('setup')).toMatchObject({
      code: 2,
      stdout: '',
      stderr:
        'error: Missing options: --app <app>, --api <api>, --scopes <list>.\n' +
        'hint:  On a terminal without --yes, setup asks for them. See anon-cli setup --help\n',
    });
    expect((await run('setup', '--app', 'web', '--create-api', 'extra')).stderr).toContain(
      'Missing options: --audience <uri>, --scopes <list>.',
    );
  });

  it('grants no scopes that were not given', async () => {
    const { run } = await freshMachine();
    expect((await run('setup', '--scopes', ' ', '--yes')).stderr).toContain('Missing options: --scopes <list>.');
  });

  it('asks nothing with --yes, even on a terminal', async () => {
    const machine = await freshMachine();
    machine.terminal.interactive = true;
    expect((await machine.run('setup', '--yes')).stderr).toContain('Missing options: --scopes <list>.');
    expect(machine.questions).toEqual([]);
  });

  it('uses what needs no question: the only application, the only API, the scopes that guests have', async () => {
    const { done } = await openMachine();
    expect((await done('setup', '--json')).json).toMatchObject({
      app: { name: 'web' },
      api: { name: 'shop' },
      scope: 'read:catalog write:cart',
      requests: [],
    });
  });

  it('uses the only enabled application and the only open API', async () => {
    const { done } = await openMachine();
    await done('app', 'create', 'kiosk');
    await done('api', 'create', 'news', '--audience', 'https://news.example');
    expect((await done('setup', '--json')).json).toMatchObject({ app: { name: 'web' }, api: { name: 'shop' } });
  });

  it('uses ANON_APP and ANON_API, otherwise the profile', async () => {
    const machine = await freshMachine();
    await machine.done(...fresh, '--yes');
    expect((await machine.done('setup', '--no-session', '--json')).json.app.name).toBe('mobile');
    machine.env.ANON_APP = 'web';
    machine.env.ANON_API = 'shop';
    expect((await machine.done('setup', '--scopes', 'read:catalog', '--yes', '--json')).json).toMatchObject({
      app: { name: 'web' },
      api: { name: 'shop' },
    });
  });

  it('needs --yes before it writes, and also suggests --dry-run', async () => {
    const { machine, tenant } = await remoteMachine();
    expect(await machine.run(...all)).toMatchObject({
      code: 2,
      stderr:
        'error: This change needs confirmation, and there is no terminal to ask on.\n' +
        'hint:  Preview it with --dry-run, then pass --yes.\n',
    });
    expect(writes(tenant)).toEqual([]);
  });

  it.each([
    [['--app', 'mobil'], "Application 'mobil' not found.", 'To create it, pass --create-app mobil.'],
    [['--api', 'my news'], "API 'my news' not found.", "To create it, pass --create-api 'my news' --audience <uri>."],
    [['--api', 'urn:a'], "API 'urn:a' not found.", 'To create it, pass --create-api <name> --audience urn:a.'],
  ])('reports how to create what %j names', async (options, message, hint) => {
    const { run } = await freshMachine();
    const { code, stderr } = await run('setup', ...options, '--yes');
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(hint);
  });

  it('does not choose between two applications with the same name', async () => {
    const { run, done } = await freshMachine();
    await done('app', 'create', 'web', '--allow-duplicate');
    expect(await run('setup', '--create-app', 'web', '--yes')).toMatchObject({ code: 2 });
  });

  it('leaves a deliberate short lifetime and readable format, and reports it', async () => {
    const { done } = await openMachine();
    await done('tenant', 'set-lifetime', '7d');
    await done('tenant', 'set-format', 'jwt');
    const { json, stderr } = await done('setup', '--json');
    expect(json).toMatchObject({ requests: [], tenant: { session_lifetime: 604_800, session_token_format: 'jwt' } });
    expect(JSON.parse(stderr).warnings).toEqual([
      'Sessions live 7 days; 30 days or longer is recommended: --lifetime 30d',
      expect.stringContaining('use JWE in production'),
    ]);
    const after = await done('setup', '--lifetime', '30d', '--token-format', 'JWE', '--yes', '--json');
    expect(after.json.tenant).toMatchObject({ session_lifetime: 2_592_000, session_token_format: 'jwe' });
    expect(after.stderr).toBe('');
  });

  it.each([
    [['--app', 'web', '--create-app', 'kiosk'], "--app and --create-app can't be combined."],
    [['--api', 'shop', '--create-api', 'news'], "--api and --create-api can't be combined."],
    [['--type', 'spa'], '--type needs --create-app.'],
    [['--audience', 'urn:news'], '--audience needs --create-api.'],
    [['--no-session', '--meta', 'a=b'], "--meta and --no-session can't be combined."],
    [['--no-session', '--client-secret', '-'], "--client-secret and --no-session can't be combined"],
    [['--create-app', 'x', '--type', 'web'], "Unknown application type 'web'."],
    [['--token-format', 'jws'], "Unknown session token format 'jws'."],
    [['--lifetime', 'long'], "'long' is not a valid duration."],
    [['--meta', 'a'], '--meta takes key=value'],
  ])('refuses %j without a request', async (options, message) => {
    const { machine, tenant } = await remoteMachine();
    const asked = tenant.requests.length;
    const { code, stderr } = await machine.run('setup', ...options);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(tenant.requests).toHaveLength(asked);
  });

  it.each([
    [['--scopes', 'read:catalogue'], 2, "API 'shop' has no scope 'read:catalogue'."],
    [['--create-api', 'own', '--audience', 'https://localhost:4400/api/v2/', '--scopes', 'a'], 2, "the tenant's own"],
  ])('refuses %j before it writes', async (options, code, message) => {
    const { run } = await freshMachine();
    const result = await run('setup', ...options, '--yes');
    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toContain(message);
  });

  it.each([
    [['--token-format', 'jwt'], 'always encrypts session tokens'],
    [['--lifetime', 'never'], 'Sessions always expire'],
    [['--meta', 'a:={"b":1}'], "'a' is an object"],
  ])('refuses %j on ea, which does not support it', async (options, message) => {
    const { run } = await freshMachine({ edition: 'ea' });
    const result = await run(...all, ...options, '--yes');
    expect(result).toMatchObject({ code: 7, stdout: '' });
    expect(result.stderr).toContain(message);
  });

  it('makes an application OIDC-conformant only if asked', async () => {
    const machine = await freshMachine({ edition: 'ea' });
    await changeDocument(machine.store, 'client', 'web', { oidc_conformant: false });
    const { code, stderr } = await machine.run(...all, '--yes');
    expect(code).toBe(2);
    expect(stderr).toContain('Missing options: --oidc-conformant (which changes how web signs users in).');
    await machine.done(...all, '--oidc-conformant', '--yes');
    expect((await documentNamed(machine.store, 'client', 'web')).oidc_conformant).toBe(true);
  });
});

describe('setup on a terminal', () => {
  it('asks for what is not given, shows what changes, and asks before it writes', async () => {
    const { machine, tenant } = await remoteMachine();
    await machine.done('app', 'create', 'kiosk', '--type', 'native');
    await machine.done('api', 'create', 'news', '--audience', 'https://news.example');
    await machine.done('tenant', 'set-lifetime', '1d');
    await machine.done('tenant', 'set-format', 'jwt');
    const { client_id } = await documentNamed(tenant.store, 'client', 'web');
    await personAt(machine, String(client_id), 'https://api.shop.example', 'read:catalog,write:cart', '90d', 'jwe');
    machine.answers.push(true);
    const { stdout, stderr } = await machine.done('setup');
    const host = new URL(tenant.url).host;
    expect(machine.questions).toEqual([
      'Which application will guests use?',
      'Which API will guests call?',
      'Which scopes should guests get at shop?',
      'How long should guest sessions live?',
      'Which format should session tokens have?',
      `Apply to ${host}?`,
    ]);
    expect(stderr).toContain(`This changes:\n  tenant settings (${host})\n`);
    expect(stdout).toContain('sessions live 90 days, session tokens are JWE\n');
    expect(stdout).toContain('guests get  read:catalog write:cart');
    expect(stdout, 'what was just agreed to is not shown again').not.toContain('sent  PATCH');
  });

  it('asks nothing that needs no question', async () => {
    const machine = await openMachine();
    await personAt(machine, 'read:catalog,write:cart');
    await machine.done('setup');
    expect(machine.questions).toEqual(['Which scopes should guests get at shop?']);
  });

  it('leaves the lifetime if that is the answer', async () => {
    const machine = await openMachine();
    await machine.done('tenant', 'set-lifetime', '12h');
    await personAt(machine, '12h');
    const line = lineShown(await machine.done('setup', '--scopes', 'read:catalog'));
    expect(line).toBe('anon-cli setup --app web --api shop --scopes read:catalog --lifetime 12h --yes');
    const { json } = await repeated(machine, line);
    expect(json).toMatchObject({ requests: [], tenant: { session_lifetime: 43_200 } });
  });

  it('sends nothing if the answer is no', async () => {
    const { machine, tenant } = await remoteMachine();
    await personAt(machine);
    machine.answers.push(false);
    expect(await machine.run(...all)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/\nerror: Change declined; nothing was sent\.\n$/),
    });
    expect([...writes(tenant), ...sessionsAsked(tenant)]).toEqual([]);
  });

  it('creates what does not exist if that is the answer', async () => {
    const machine = await freshMachine();
    await personAt(machine, 'native', 'https://news.example', 'read:news write:news');
    machine.answers.push(true, true, true);
    const line = lineShown(await machine.done('setup', '--app', 'mobile', '--api', 'news'));
    expect(line).toBe(
      'anon-cli setup --create-app mobile --type native --create-api news --audience https://news.example --scopes read:news,write:news --yes',
    );
    expect((await repeated(machine, line)).json).toMatchObject({
      app: { name: 'mobile', type: 'native' },
      api: { name: 'news', guest_scopes: ['read:news', 'write:news'] },
      requests: [],
    });
    expect(machine.questions).toEqual([
      "Application 'mobile' not found. Create this application?",
      'What type of application is it?',
      "API 'news' not found. Create this API?",
      'Audience of the new API (example: https://api.shop.example)',
      'Scopes for guests (example: read:catalog)',
      'Apply to localhost:4400?',
    ]);
  });

  it('creates a new application and API if that is chosen from the list', async () => {
    const machine = await freshMachine();
    await machine.done('app', 'create', 'kiosk', '--type', 'native');
    await machine.done('api', 'create', 'news', '--audience', 'https://news.example');
    // What was typed in the list is its name; where that was nothing, it is asked for.
    await personAt(machine, '(new) mobile', 'native', '(new)', 'maps', 'urn:maps', 'read:maps');
    machine.answers.push(true);
    const line = lineShown(await machine.done('setup'));
    expect((await repeated(machine, line)).json).toMatchObject({
      app: { name: 'mobile' },
      api: { name: 'maps', guest_scopes: ['read:maps'] },
      requests: [],
    });
  });

  it('creates the first application and API of a tenant', async () => {
    const { machine, tenant } = await remoteMachine();
    await tenant.store.write(async (writer) => {
      writer.remove('client', String((await documentNamed(tenant.store, 'client', 'web')).client_id));
      writer.remove('resource_server', String((await documentNamed(tenant.store, 'resource_server', 'shop')).id));
    });
    await personAt(machine, 'web', 'spa', '', 'shop', 'urn:shop', 'read:catalog');
    machine.answers.push(true);
    const line = lineShown(await machine.done('setup'));
    expect((await repeated(machine, line)).json).toMatchObject({
      app: { name: 'web', origins: [{ origin: 'http://localhost:3000' }] },
      api: { name: 'shop' },
      requests: [],
    });
  });

  it('asks again after an empty or invalid answer', async () => {
    const machine = await freshMachine();
    await machine.done('app', 'create', 'kiosk', '--type', 'native');
    for (const _ of [1, 2]) await machine.done('app', 'create', 'twin', '--allow-duplicate');
    await changeDocument(machine.store, 'resource_server', 'shop', { scopes: [] });
    await machine.done('api', 'create', 'news', '--audience', 'https://news.example', '--scopes', 'read:news');
    const system = 'https://localhost:4400/api/v2/';
    await personAt(
      machine,
      // Two have that name; then none is typed at all, twice.
      ...['(new) twin', '(new)', ' ', '', 'mobile', 'native'],
      // The first API defines no scopes; the second is the system API.
      ...['https://api.shop.example', '(new) maps', '', system, 'urn:maps', ' , ', 'read:maps'],
    );
    machine.answers.push(true);
    const ran = await machine.done('setup');
    const told = ran.stderr.replaceAll(/\s+/g, ' ');
    expect(told).toContain("error: 'twin' matches 2 applications");
    expect(told.match(/error: An answer is required\./g)).toHaveLength(3);
    expect(told).toContain("error: API 'shop' defines no scopes, so guests can't get any.");
    expect(told).toContain("is the tenant's own and can't be enabled for guests");
    expect(told).toContain('error: Enter at least one scope');
    expect(machine.replies).toEqual([]);
    expect((await repeated(machine, lineShown(ran))).json).toMatchObject({
      ...{ app: { name: 'mobile' }, api: { name: 'maps', audience: 'urn:maps' }, requests: [] },
    });
  });

  it('offers the existing ones if the given one is not to be created', async () => {
    const machine = await freshMachine();
    await machine.done('app', 'create', 'kiosk', '--type', 'native');
    await personAt(machine, String((await documentNamed(machine.store, 'client', 'kiosk')).client_id), 'read:catalog');
    machine.answers.push(false, true);
    const line = lineShown(await machine.done('setup', '--app', 'kisok'));
    expect(line).toBe('anon-cli setup --app kiosk --api shop --scopes read:catalog --yes');
  });

  it('asks again for a name that the tenant refuses', async () => {
    const machine = await freshMachine();
    const tenant = await servedTenant(machine.clock, {
      answer: ({ method, url }) =>
        method === 'POST' && url.endsWith('/api/v2/clients') && refusals-- > 0
          ? Response.json({ statusCode: 400, error: 'Bad Request', message: 'Name is too long.' }, { status: 400 })
          : undefined,
    });
    let refusals = 1;
    await useRemote(machine, tenant);
    await machine.done('app', 'create', 'kiosk', '--dry-run');
    await tenant.store.write(async (writer) =>
      writer.put('client', 'b'.repeat(32), {
        ...(await documentNamed(tenant.store, 'client', 'web')),
        client_id: 'b'.repeat(32),
      }),
    );
    const answers = (name: string) => [`(new) ${name}`, 'native', 'read:catalog'];
    await personAt(machine, ...answers('x'.repeat(300)), ...answers('kiosk'));
    machine.answers.push(true, true);
    const ran = await machine.done('setup');
    expect(ran.stderr).toContain('Name is too long (');
    expect(lineShown(ran)).toContain('--create-app kiosk ');
  });

  it.each([
    ['with Ctrl-C', ['kiosk'], 'anon-cli setup --app kiosk --api shop'],
    ['by saying no', ['kiosk', 'read:catalog'], 'anon-cli setup --app kiosk --api shop --scopes read:catalog'],
  ])('prints the command line to continue if it is interrupted %s', async (_how, replies, line) => {
    const machine = await freshMachine();
    await machine.done('app', 'create', 'kiosk', '--type', 'native');
    const [app = '', ...others] = replies;
    await personAt(machine, String((await documentNamed(machine.store, 'client', app)).client_id), ...others);
    if (others.length > 0) machine.answers.push(false);
    else machine.replies.push('^C');
    const ran = await machine.run('setup');
    expect(ran.code).toBe(others.length > 0 ? 1 : 130);
    expect(lineShown(ran, 'To continue from here:').trim()).toBe(line);
  });

  it('quotes that command line for a shell, without secrets', async () => {
    const machine = await freshMachine();
    await machine.done('app', 'create', "it's $HOME", '--type', 'native');
    await personAt(
      machine,
      String((await documentNamed(machine.store, 'client', "it's $HOME")).client_id),
      'read:catalog',
    );
    machine.answers.push(true);
    const ran = await machine.done('setup', '--meta', 'name=somebody-private', '--lifetime', '90d');
    expect(lineShown(ran)).toBe(
      "anon-cli setup --app 'it'\\''s $HOME' --api shop --scopes read:catalog --meta 'name=<value>' --lifetime 90d --yes",
    );
  });

  it('asks nothing with --json, even at a terminal', async () => {
    const machine = await freshMachine();
    await personAt(machine);
    const { code, jsonError } = await machine.run('setup', '--json');
    expect({ code, message: jsonError.message }).toEqual({
      code: 2,
      message: 'Missing options: --scopes <list>.',
    });
    expect(machine.questions).toEqual([]);
  });

  it('leaves guests their scopes, and names the command that removes them', async () => {
    const machine = await openMachine({ edition: 'ea' });
    await personAt(machine, 'read:catalog');
    const { stderr, stdout } = await machine.done('setup');
    expect(stderr.replaceAll(/\n {9}/g, ' ').split('\n')[0]).toBe(
      'warning: Setup removes no scopes: guests still have write:cart. To remove: anon-cli api scopes remove shop write:cart --app web',
    );
    expect(stdout).toContain('guests get  read:catalog write:cart');
  });

  it('asks before it makes an application OIDC-conformant', async () => {
    const machine = await freshMachine({ edition: 'ea' });
    await changeDocument(machine.store, 'client', 'web', { oidc_conformant: false });
    await personAt(machine);
    machine.answers.push(false);
    expect((await machine.run(...all)).code).toBe(1);
    machine.answers.push(true, true);
    await machine.done(...all);
    expect((await documentNamed(machine.store, 'client', 'web')).oidc_conformant).toBe(true);
  });

  it('asks for the name of a production tenant', async () => {
    const { machine, tenant } = await remoteMachine();
    await machine.done('profile', 'set', 'production', 'on');
    const host = new URL(tenant.url).host;
    await personAt(machine, 'another');
    expect(await machine.run(...all)).toMatchObject({ code: 1, stdout: '' });
    expect(writes(tenant)).toEqual([]);
    await personAt(machine, host);
    const { stderr } = await machine.done(...all);
    expect(stderr).toContain(`${host} is marked production. This changes:\n`);
    expect(machine.questions.at(-1)).toBe(`To confirm, type the tenant's name (${host}):`);
  });

  it('explains what an API without scopes lacks', async () => {
    const machine = await freshMachine();
    await changeDocument(machine.store, 'resource_server', 'shop', { scopes: [] });
    await personAt(machine);
    expect(await machine.run('setup')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("API 'shop' defines no scopes, so guests can't get any."),
    });
  });
});

describe('the origins of an application with pages', () => {
  const question = 'Origins of the pages of web (default: http://localhost:3000; none: -)';
  const noUrls = { web_origins: [], allowed_origins: [], callbacks: [] };

  async function machineWithout(edition: 'preview' | 'ea' = 'preview') {
    const machine = await freshMachine({ edition });
    await changeDocument(machine.store, 'client', 'web', noUrls);
    return machine;
  }
  const originsOf = async ({ store }: Machine, app = 'web') => (await documentNamed(store, 'client', app)).web_origins;

  it.each(['preview', 'ea'] as const)('are asked for if there are none, in edition %s', async (edition) => {
    const machine = await machineWithout(edition);
    await personAt(machine, '');
    machine.answers.push(true);
    const ran = await machine.done(...all);
    expect(machine.questions).toEqual([question, 'Apply to localhost:4400?']);
    expect(ran.stderr).toMatch(/\n {4}web_origins +(not set|\+http:\/\/localhost:3000)/);
    expect(await originsOf(machine)).toEqual(['http://localhost:3000']);
    const line = lineShown(ran);
    expect(line).toBe('anon-cli setup --app web --origin http://localhost:3000 --api shop --scopes read:catalog --yes');
    expect((await repeated(machine, line)).json).toMatchObject({ requests: [] });
    await personAt(machine);
    await machine.done(...all);
    expect(machine.questions).toHaveLength(2);
  });

  it('may be several, or none, and are asked for again if one is wrong', async () => {
    const machine = await machineWithout();
    await personAt(machine, 'localhost:3000', 'http://localhost:3000, https://app.example.com');
    machine.answers.push(true);
    const ran = await machine.done(...all);
    expect(ran.stderr).toContain("error: Invalid origin 'localhost:3000': it has no scheme.");
    expect(await originsOf(machine)).toEqual(['http://localhost:3000', 'https://app.example.com']);

    const other = await machineWithout();
    await personAt(other, '-');
    other.answers.push(true);
    const line = lineShown(await other.done(...all));
    expect(line).toBe("anon-cli setup --app web --origin '' --api shop --scopes read:catalog --yes");
    expect(await originsOf(other)).toEqual([]);
    expect((await repeated(other, line)).json).toMatchObject({ requests: [] });
  });

  it('come from options without a question, are added to those that are there, and change nothing the second time', async () => {
    const machine = await machineWithout();
    await changeDocument(machine.store, 'client', 'web', { web_origins: ['https://app.example.com'] });
    const line = [...all, '--origin', 'http://localhost:3000', '--origin', 'http://localhost:3001', '--yes', '--json'];
    const { json } = await machine.done(...line);
    expect(json.app.origins).toEqual(
      ['https://app.example.com', 'http://localhost:3000', 'http://localhost:3001'].map((origin) => ({
        origin,
        from: ['web_origins'],
      })),
    );
    expect(json.requests.filter(({ path }: { path: string }) => path.startsWith('/api/v2/clients'))).toHaveLength(1);
    expect((await machine.done(...line)).json).toMatchObject({ requests: [] });
  });

  it('are left alone without a person and without the option', async () => {
    const machine = await machineWithout();
    await machine.done(...all, '--yes');
    expect(await originsOf(machine)).toEqual([]);
  });

  it('are created with a new application', async () => {
    const machine = await machineWithout();
    const given = [
      '--create-app',
      'kiosk',
      '--origin',
      'http://localhost:3000',
      '--api',
      'shop',
      '--scopes',
      'read:catalog',
    ];
    const dry = await machine.done('setup', ...given, '--dry-run', '--json');
    expect(dry.json.app).toMatchObject({ name: 'kiosk', origins: [{ origin: 'http://localhost:3000' }] });
    await machine.done('setup', ...given, '--yes');
    expect(await originsOf(machine, 'kiosk')).toEqual(['http://localhost:3000']);
  });

  it('are refused before any change', async () => {
    const { machine, tenant } = await remoteMachine();
    const refused = await machine.run(...all, '--origin', 'http://localhost:3000/', '--yes', '--json');
    expect(refused.jsonError).toMatchObject({ code: 'usage', hint: 'Did you mean http://localhost:3000?' });
    expect(writes(tenant)).toEqual([]);
  });
});

it('creates no profile for the tenant in AUTH0_DOMAIN', async () => {
  const machine = await freshMachine();
  const tenant = await servedTenant(machine.clock);
  machine.keepSecret(tenant.credentials.clientSecret);
  Object.assign(machine.env, {
    AUTH0_DOMAIN: tenant.url,
    AUTH0_CLIENT_ID: tenant.credentials.clientId,
    AUTH0_CLIENT_SECRET: tenant.credentials.clientSecret,
  });
  await machine.done(...all, '--yes');
  expect(writes(tenant)).toHaveLength(2);
  for (const name of Object.keys(machine.env)) delete machine.env[name];
  machine.env.ANON_KEYRING = 'off';
  expect((await machine.done('profile', 'list', '--json')).json).toHaveLength(1);
});

describe('a first session that is refused', () => {
  it('by a tenant that has not applied the change yet: suggests to try again, and reports what was written', async () => {
    const machine = await freshMachine();
    let late = true;
    const answer = ({ url }: Request) =>
      late && url.endsWith('/anonymous/token')
        ? Response.json({ error: 'unauthorized_client', error_description: 'Not enabled.' }, { status: 403 })
        : undefined;
    const tenant = await servedTenant(machine.clock, { answer });
    await useRemote(machine, tenant);
    const { code, stdout, stderr } = await machine.run(...all, '--yes');
    expect(code).toBe(5);
    expect(stdout).toContain('✔ Guests of web get tokens for shop\n');
    expect(stdout).toContain('  sent  PATCH /api/v2/resource-servers/');
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
      'All settings are saved; the tenant may need some seconds to apply them. Try again: anon-cli token create',
    );
    expect(stderr).not.toContain('app enable');
    expect(sessionsAsked(tenant)).toHaveLength(1);
    late = false;
    await machine.done('token', 'create');
  });

  it('by a tenant without the feature: reports it', async () => {
    const { machine, tenant } = await remoteMachine();
    await changeDocument(tenant.store, 'tenant', 'settings', { flags: { anonymous_sessions_enabled: false } });
    const { code, stderr } = await machine.run(...all, '--yes');
    expect(code).toBe(5);
    expect(stderr).toContain('Gate 1, the tenant: it does not have anonymous sessions.');
  });

  it('for its secret: reports that apart from what was set up', async () => {
    const { machine, tenant } = await remoteMachine();
    await machine.done('app', 'create', 'server', '--type', 'regular_web');
    machine.terminal.stdin = 'not-its-secret';
    const { code, stdout, stderr } = await machine.run(
      ...['setup', '--app', 'server', '--scopes', 'read:catalog', '--client-secret', '-', '--yes'],
    );
    expect(code).toBe(4);
    expect(stdout).toContain('✔ Guests of server get tokens for shop\n');
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
      "The settings are saved; run 'anon-cli token create' for a session. ",
    );
    expect(writes(tenant).length).toBeGreaterThan(1);
  });
});

it('accepts its options', async () => {
  const [options] = await parsed(
    setupCommand,
    ...fresh.slice(1),
    ...['--lifetime', '30d', '--token-format', 'jwe', '--oidc-conformant', '--meta', 'a=1', '--meta', 'b=2'],
    ...['--client-secret', '-', '--no-session', '--dry-run', '-y', '--json'],
  );
  expect(options).toEqual({
    createApp: 'mobile',
    type: 'native',
    createApi: 'news',
    audience: 'https://news.example',
    scopes: 'read:news',
    lifetime: '30d',
    tokenFormat: 'jwe',
    oidcConformant: true,
    meta: ['a=1', 'b=2'],
    clientSecret: '-',
    session: false,
    dryRun: true,
    yes: true,
    json: true,
  });
});
