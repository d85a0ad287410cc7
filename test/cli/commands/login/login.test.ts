import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { loginCommand } from '../../../../src/cli/commands/login/login.ts';
import {
  freshMachine,
  type Machine,
  parsed,
  type ServedTenant,
  servedAnswer,
  servedTenant,
} from '../../../support/command.ts';
import { part } from '../../../support/tokens.ts';

const secret = 'the-secret-of-the-management-client';
const missing = ({ json }: { json: { missing_scopes: { scope: string }[] } }) =>
  json.missing_scopes.map(({ scope }) => scope);

async function machineAndTenant(): Promise<{ machine: Machine; tenant: ServedTenant; options: string[] }> {
  const machine = await freshMachine();
  const tenant = await servedTenant(machine.clock);
  const { clientId, clientSecret } = tenant.credentials;
  machine.keepSecret(clientSecret);
  machine.terminal.stdin = clientSecret;
  return { machine, tenant, options: ['--domain', tenant.url, '--client-id', clientId, '--client-secret', '-'] };
}

/** A client whose grant for the Management API has just these scopes, as options of login; stdin has its secret. */
async function clientWith(
  { machine, tenant }: { machine: Machine; tenant: ServedTenant },
  ...scope: string[]
): Promise<string[]> {
  const secret = 'the-secret-of-the-client-with-few-scopes';
  await tenant.store.write((writer) => {
    writer.put('client', 'few', { client_id: 'few', client_secret: secret, grant_types: ['client_credentials'] });
    const audience = `${tenant.issuer}api/v2/`;
    writer.put('client_grant', 'few', { id: 'few', client_id: 'few', audience, scope, subject_type: 'client' });
  });
  machine.terminal.stdin = secret;
  return ['--domain', tenant.url, '--client-id', 'few', '--client-secret', '-'];
}

describe('login', () => {
  it('checks and saves the credentials, detects the edition and makes the profile the current one', async () => {
    const { machine, tenant, options } = await machineAndTenant();
    const { stdout } = await machine.done('login', 'acme', ...options);
    expect(stdout).toContain(`✔ Saved profile acme for ${tenant.url}; commands now use it\n`);
    expect(stdout).toContain("  edition      preview (detected from the tenant's settings)\n");
    expect(stdout).toContain(
      `client ${tenant.credentials.clientId} (client secret)\n  saved        in a file that only you can read\n`,
    );
    expect(stdout).toContain('✔ Signed in to the Management API with all scopes that commands need.\n');
    expect(tenant.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /oauth/token',
      'GET /api/v2/tenants/settings',
    ]);
    // The next command needs no token of its own.
    await machine.done('app', 'list');
    expect(tenant.requests.filter(({ path }) => path === '/oauth/token')).toHaveLength(1);
    expect((await machine.done('profile', 'list', '--json')).json[1]).toMatchObject({ name: 'acme', current: true });
  });

  it('writes secrets into private files only', async () => {
    const { machine, tenant, options } = await machineAndTenant();
    const { json } = await machine.done('login', 'acme', ...options, '--json');
    expect(JSON.stringify(json)).not.toContain(tenant.credentials.clientSecret);
    expect(readFileSync(machine.profilesPath, 'utf8')).not.toContain(tenant.credentials.clientSecret);
    const folder = join(machine.folder, 'data', 'credentials');
    expect(readdirSync(folder).sort()).toEqual(['credentials~acme.json', 'management-token~acme.json']);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  });

  it('saves nothing when the credentials are refused', async () => {
    const { machine, tenant } = await machineAndTenant();
    machine.terminal.stdin = secret;
    const options = ['--domain', tenant.url, '--client-id', tenant.credentials.clientId, '--client-secret', '-'];
    const { code, jsonError } = await machine.run('login', 'acme', ...options, '--json');
    expect(code).toBe(4);
    expect(jsonError.hint).toBe('Nothing was saved. Pass them again.');
    expect((await machine.done('profile', 'list', '--json')).json).toMatchObject([{ name: 'local', current: true }]);
    expect(() => readdirSync(join(machine.folder, 'data', 'credentials'))).toThrow();
  });

  it('lists missing scopes with the commands that need them', async () => {
    const { machine, tenant } = await machineAndTenant();
    const scopes = ['read:tenant_settings', 'update:tenant_settings', 'read:clients', 'create:clients'];
    const options = await clientWith({ machine, tenant }, ...scopes);
    Object.assign(machine.terminal, { interactive: true, columns: 80 });
    const { stdout } = await machine.done('login', 'acme', ...options);
    machine.terminal.interactive = false;
    expect(stdout).toContain('Signed in to the Management API, but without these scopes:\n');
    expect(stdout).toContain(
      [
        '  update:clients           for app enable, app disable, app origins add, app',
        'origins remove, app callbacks add, app callbacks',
        'remove, app logout-urls add, app logout-urls remove,',
        'claims set, claims remove, setup, config apply,',
        'config undo\n',
      ].join(`\n${' '.repeat(27)}`),
    );
    expect(stdout.slice(stdout.indexOf('without these scopes'))).not.toMatch(/^.{81,}$/m);
    expect(stdout).toMatch(/^ {2}read:resource_servers +for .* \S+\n {27}\S.*$/m);
    expect(stdout).toMatch(/\nNext: anon-cli doctor\n$/);
    const { json } = await machine.done('login', 'acme', ...options, '--json');
    expect(json.scopes).toContain('read:clients');
    expect(missing({ json })).toEqual([
      'update:clients',
      'delete:clients',
      'read:resource_servers',
      'create:resource_servers',
      'update:resource_servers',
      'delete:resource_servers',
    ]);
  });

  it('suggests a next command that the profile can run', async () => {
    const { machine, options } = await machineAndTenant();
    expect((await machine.done('login', 'acme', ...options)).stdout).toMatch(/\nNext: anon-cli setup\n$/);
    const { stdout } = await machine.done('login', 'guests', '--domain', 'a.example', '--no-check');
    expect(stdout).toMatch(/\nNext: anon-cli token create --app <client id> --api <audience>\n$/);
  });

  it('succeeds when the edition cannot be read', async () => {
    const { machine, tenant } = await machineAndTenant();
    const options = await clientWith({ machine, tenant }, 'read:clients');
    const { json } = await machine.done('login', 'acme', ...options, '--json');
    expect(json).toMatchObject({ checked: true, edition: null });
    expect(missing({ json })).toEqual(expect.arrayContaining(['read:tenant_settings', 'read:client_grants']));
  });

  it('looks up the default application and API', async () => {
    const { machine, options } = await machineAndTenant();
    const { json } = await machine.done(
      ...['login', 'acme', ...options, '--app', 'web', '--api', 'shop', '--production', '--json'],
    );
    expect(json).toMatchObject({
      production: true,
      app: { name: 'web' },
      api: { name: 'shop', audience: 'https://api.shop.example' },
    });
  });

  it("derives the name from the domain, or uses the tenant's profile", async () => {
    const { done } = await freshMachine();
    const login = async (...args: string[]) => (await done('login', ...args, '--no-check', '--field', 'name')).stdout;
    expect(await login('--domain', 'acme.eu.auth0.com')).toBe('acme\n');
    expect(await login('work', '--domain', 'other.eu.auth0.com')).toBe('work\n');
    expect(await login('--domain', 'other.eu.auth0.com')).toBe('work\n');
    expect(await login('--profile', 'third', '--domain', 'third.eu.auth0.com')).toBe('third\n');
  });

  it("refuses the name of another tenant's profile", async () => {
    const { done, run } = await freshMachine();
    await done('login', '--domain', 'acme.eu.auth0.com', '--no-check');
    expect(await run('login', '--domain', 'acme.us.auth0.com', '--no-check')).toMatchObject({
      code: 2,
      stderr:
        "error: Profile 'acme' is for acme.eu.auth0.com.\n" +
        'hint:  Choose another name: anon-cli login <name> --domain acme.us.auth0.com\n',
    });
    expect(await run('login', 'local', '--domain', 'a.example', '--no-check')).toMatchObject({ code: 2 });
    expect(await run('login', '--domain', 'local.eu.auth0.com', '--no-check')).toMatchObject({ code: 2 });
  });

  it.each(['../etc', '-x', 'a'.repeat(65), '__proto__'])('refuses the name %s', async (name) => {
    const { run } = await freshMachine();
    expect(await run('login', '--domain', 'a.example', '--no-check', '--', name)).toMatchObject({
      code: 2,
      stdout: '',
    });
  });

  it.each([
    ['acme.eu.auth0.com', 'acme.eu.auth0.com'],
    ['https://acme.eu.auth0.com/', 'acme.eu.auth0.com'],
    ['ACME.eu.auth0.com:8443', 'acme.eu.auth0.com:8443'],
    ['http://localhost:4400', 'http://localhost:4400'],
    ['http://127.0.0.1:4400/', 'http://127.0.0.1:4400'],
  ])('accepts the domain %s', async (given, kept) => {
    const { done } = await freshMachine();
    const { stdout } = await done('login', 'acme', '--domain', given, '--no-check');
    expect(stdout).toContain(`✔ Saved profile acme for ${kept}; commands now use it\n`);
    expect(stdout).toContain('none: guest tokens only\nNot checked: login did not sign in.\n');
  });

  it.each([
    ['http://acme.eu.auth0.com', 'plain http is allowed only for this machine'],
    ['ftp://acme.eu.auth0.com', 'only https is supported'],
    ['acme.eu.auth0.com/path', 'give only the host, without a path'],
    ['https://user:password@acme.eu.auth0.com', 'a user name is not allowed'],
    ['not a host', 'not a host name'],
  ])('refuses the domain %s', async (domain, reason) => {
    const { run } = await freshMachine();
    const { code, stderr } = await run('login', 'acme', '--domain', domain);
    expect(code).toBe(2);
    expect(stderr).toContain(`: ${reason}.`);
    expect(stderr).not.toContain('password');
  });

  it.each([
    [[], 'No --domain given, and there is no terminal to ask on.'],
    [['--domain', 'a.example'], 'No Management API credentials given, and there is no terminal to ask on.'],
    [['--domain', 'a.example', '--client-id', 'id'], '--client-id needs a secret, a private key or an access token.'],
    [['--domain', 'a.example', '--client-secret', '-'], 'No --client-id given.'],
    [['--domain', 'a.example', '--signing-alg', 'RS256'], '--signing-alg needs --private-key <file>.'],
    [
      ['--domain', 'a.example', '--client-id', 'id', '--access-token', '-'],
      "--access-token and --client-id can't be combined: the token already names its client.",
    ],
    [
      ['--domain', 'a.example', '--client-id', 'id', '--client-secret', '-', '--private-key', 'x'],
      "--client-secret and --private-key can't be combined: choose one way to sign in.",
    ],
    [
      ['--domain', 'a.example', '--client-id', 'id', '--private-key', 'x', '--signing-alg', 'HS256'],
      '--signing-alg is not a supported signing algorithm.',
    ],
    [['--domain', 'a.example', '--edition', 'beta'], "Unknown edition 'beta'."],
  ])('is refused with only %j', async (options, message) => {
    const { run, terminal } = await freshMachine();
    terminal.stdin = secret;
    const { code, stderr } = await run('login', 'acme', ...options);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining(`error: ${message}\n`) });
  });

  it('reads a secret from a file, not from the command line', async () => {
    const { machine, tenant } = await machineAndTenant();
    const start = ['login', 'acme', '--domain', tenant.url, '--client-id', tenant.credentials.clientId];
    const { code, stderr } = await machine.run(...start, '--client-secret', secret);
    expect(code).toBe(2);
    expect(stderr).toContain("'--client-secret @<file>', or set AUTH0_CLIENT_SECRET.");
    expect(stderr).not.toContain(secret);
    const file = machine.file('secret', `${tenant.credentials.clientSecret}\n`);
    await machine.done(...start, '--client-secret', `@${file}`);
    await machine.done('app', 'list');
  });

  it('again replaces the secret and keeps the rest; another domain is another tenant', async () => {
    const { machine, tenant, options } = await machineAndTenant();
    await machine.done('login', 'acme', ...options, '--app', 'web');
    await machine.open();
    await machine.done('token', 'create');
    await machine.done('profile', 'set', 'production', 'on');
    machine.terminal.stdin = tenant.credentials.clientSecret;
    const { json } = await machine.done('login', 'acme', '--client-secret', '-', '--json');
    expect(json).toMatchObject({ edition: 'preview', app: { name: 'web' }, production: true });
    expect(json.management_client_id).toBe(tenant.credentials.clientId);
    // Without options it checks the saved credentials.
    machine.terminal.stdin = undefined;
    expect((await machine.done('login', 'acme', '--json')).json).toMatchObject({ checked: true, app: { name: 'web' } });
    const elsewhere = ['login', 'acme', '--domain', 'other.example', '--no-check', '--json'];
    const kept = readFileSync(machine.profilesPath, 'utf8');
    expect(await machine.run(...elsewhere)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("Profile 'acme' is marked production and has 1 saved session"),
    });
    expect(readFileSync(machine.profilesPath, 'utf8')).toBe(kept);
    const moved = await machine.done(...elsewhere, '--yes');
    expect(moved.json).toMatchObject({ edition: null, app: null, credentials: null, production: false });
    expect(readdirSync(join(machine.folder, 'data', 'credentials'))).toEqual([]);
  });

  it('reports that the saved credentials are missing', async () => {
    const { machine, options } = await machineAndTenant();
    await machine.done('login', 'acme', ...options, '--no-check');
    rmSync(join(machine.folder, 'data', 'credentials', 'credentials~acme.json'));
    expect(await machine.run('app', 'list')).toMatchObject({
      code: 4,
      stderr: expect.stringContaining("No saved credentials found for profile 'acme'."),
    });
  });

  it('parses a name and options', async () => {
    expect(await parsed(loginCommand)).toEqual([undefined, { check: true }]);
    expect(await parsed(loginCommand, 'acme', '--private-key', 'k', '--no-check')).toEqual([
      'acme',
      { privateKey: 'k', check: false },
    ]);
  });
});

describe('login with a private key', () => {
  it('sends an assertion that the tenant can check, and saves the key', async () => {
    const machine = await freshMachine();
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const path = machine.file('key.json', JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: 'k1' }));
    const seen = new Set<string>();
    const { url } = await servedAnswer(async (request) => {
      if (!request.url.endsWith('/oauth/token')) return Response.json({ friendly_name: 'Acme', sessions: {} });
      const body = (await request.json()) as { client_assertion: string };
      const { payload, protectedHeader } = await jwtVerify(body.client_assertion, publicKey, {
        algorithms: ['PS256'],
        audience: `https://${new URL(request.url).host}/`,
        issuer: 'tool',
        subject: 'tool',
        currentDate: new Date(machine.clock.now()),
      });
      expect(protectedHeader).toEqual({ alg: 'PS256', kid: 'k1' });
      expect(seen.has(String(payload.jti))).toBe(false);
      seen.add(String(payload.jti));
      return Response.json({ access_token: 'opaque', expires_in: 61, token_type: 'Bearer', scope: 'read:clients' });
    });
    const { json } = await machine.done(
      ...[
        'login',
        'acme',
        '--domain',
        url,
        '--client-id',
        'tool',
        '--private-key',
        path,
        '--signing-alg',
        'PS256',
        '--json',
      ],
    );
    expect(json).toMatchObject({
      credentials: 'private_key',
      signing_alg: 'PS256',
      management_client_id: 'tool',
      edition: 'ea',
    });
    // The file may go: the key is where secrets are.
    machine.file('key.json', 'gone');
    machine.clock.forward(60);
    await machine.done('login', 'acme', '--json');
    expect(seen.size).toBe(2);
    expect((await machine.done('profile', 'show')).stdout).toContain('client tool (private key, PS256)');
  });

  it('refuses an invalid key before any call', async () => {
    const machine = await freshMachine();
    const path = machine.file('key.pem', 'hunter2');
    const tenant = await servedTenant(machine.clock);
    expect(
      await machine.run('login', 'acme', '--domain', tenant.url, '--client-id', 'tool', '--private-key', path),
    ).toMatchObject({ code: 2, stderr: expect.stringContaining(`${path} is not PEM or a JWK.`) });
    expect(tenant.requests).toEqual([]);
  });
});

describe('login with an access token', () => {
  it("uses it until it expires by the tenant's clock, and then reports that without sending it", async () => {
    const { machine, tenant } = await machineAndTenant();
    const { clientId, clientSecret } = tenant.credentials;
    const answer = await fetch(`${tenant.url}/oauth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: clientSecret,
        audience: `${tenant.issuer}api/v2/`,
      }),
    });
    const { access_token } = (await answer.json()) as { access_token: string };
    machine.terminal.stdin = access_token;
    const { json } = await machine.done('login', 'acme', '--domain', tenant.url, '--access-token', '-', '--json');
    expect(json).toMatchObject({ credentials: 'access_token', edition: 'preview', missing_scopes: [] });
    machine.terminal.stdin = undefined;
    await machine.done('app', 'list');
    machine.clock.forward(86_400);
    const before = tenant.requests.length;
    expect(await machine.run('app', 'list')).toMatchObject({
      code: 4,
      stderr:
        "error: The access token of profile 'acme' has expired.\n" +
        'hint:  Replace it: anon-cli login acme --access-token -\n',
    });
    expect(tenant.requests.slice(before)).toMatchObject([{ method: 'GET', path: '/.well-known/openid-configuration' }]);
  });

  it('reports a token of another tenant', async () => {
    const { machine, tenant } = await machineAndTenant();
    const other = await servedTenant(machine.clock);
    const token = `${part({ alg: 'RS256' })}.${part({ aud: `${other.issuer}api/v2/` })}.${part('signature')}`;
    machine.terminal.stdin = token;
    expect(await machine.run('login', 'acme', '--domain', tenant.url, '--access-token', '-')).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(
        /^error: The given access token was refused: .*\nhint: {2}Nothing was saved\. Pass a new token\.\n$/,
      ),
    });
  });
});

describe('login on a terminal', () => {
  it('asks for what is missing, and shows no secret', async () => {
    const { machine, tenant } = await machineAndTenant();
    const { clientId, clientSecret } = tenant.credentials;
    machine.terminal.stdin = undefined;
    machine.terminal.interactive = true;
    machine.replies.push(tenant.url, 'client_secret', clientId, clientSecret);
    const name = new URL(tenant.url).host.replace(':', '-');
    const { stdout, stderr } = await machine.done('login');
    expect(stdout).toContain(`✔ Saved profile ${name} for ${tenant.url}`);
    expect(stdout).toContain(`client ${clientId} (client secret)`);
    expect(stderr.replaceAll(/ \\\n\s+/g, ' ')).toBe(
      `\nTo repeat this without questions:\n  $ anon-cli login --domain ${tenant.url} --client-id ${clientId} --client-secret -\n`,
    );
    expect(machine.questions).toEqual([
      'Domain of your tenant (example: acme.eu.auth0.com)',
      'How do you sign in to the Management API?',
      'Client ID',
      'Client secret (hidden)',
    ]);
  });

  it('asks for the path of a private key, and for a token', async () => {
    const { machine } = await machineAndTenant();
    machine.terminal.interactive = true;
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    const [wrong, right] = [machine.file('wrong.pem', 'hunter2'), machine.file('key.pem', key)];
    // Refused and empty answers are asked for again.
    machine.replies.push('private_key', '', 'tool', machine.file('none', ''), wrong, right);
    const keyed = await machine.run('login', 'acme', '--domain', 'localhost:1');
    expect(keyed).toMatchObject({ code: 6, stderr: expect.stringContaining('An answer is required.') });
    expect(keyed.stderr.replaceAll(/\s+/g, ' ')).toContain(`${wrong} is not PEM or a JWK.`);
    expect(keyed.stderr.replaceAll(/ \\\n\s+/g, ' ')).toContain(
      `To continue from here:\n  $ anon-cli login acme --domain localhost:1 --client-id tool --private-key ${right}\n`,
    );
    machine.replies.push('access_token', ' ', '', 'a-token-that-is-typed');
    const token = await machine.run('login', 'acme', '--domain', 'localhost:1');
    expect(token.stderr.match(/An answer is required/g)).toHaveLength(2);
    expect(token.stderr).toContain('--access-token -');
    expect(token.stderr).not.toContain('a-token-that-is-typed');
    expect(machine.replies).toEqual([]);
  });

  it('asks again for credentials that the tenant refused, and saves only accepted ones', async () => {
    const { machine, tenant } = await machineAndTenant();
    const { clientId, clientSecret } = tenant.credentials;
    machine.terminal.interactive = true;
    machine.keepSecret('not-the-secret');
    machine.replies.push('client_secret', 'nobody', 'not-the-secret', 'access_token', 'no-token-of-the-tenant');
    machine.replies.push('client_secret', clientId, 'not-the-secret', 'client_secret', clientId, clientSecret);
    const { stdout, stderr } = await machine.done('login', 'acme', '--domain', tenant.url);
    expect(machine.replies).toEqual([]);
    expect(stderr.match(/^error: The tenant refused the credentials of profile 'acme'/gm)).toHaveLength(2);
    expect(stderr.match(/^error: The given access token /gm)).toHaveLength(1);
    expect(stdout).toContain(`client ${clientId} (client secret)`);
    // The line has none of the refused answers.
    expect(stderr.replaceAll(/ \\\n\s+/g, ' ')).toContain(
      `To repeat this without questions:\n  $ anon-cli login acme --domain ${tenant.url} --client-id ${clientId} --client-secret -\n`,
    );
    machine.terminal.interactive = false;
    await machine.done('app', 'list');
  });

  it('saves nothing when the user gives up after a refusal', async () => {
    const { machine, tenant } = await machineAndTenant();
    machine.terminal.interactive = true;
    machine.replies.push('client_secret', 'nobody', 'not-the-secret', 'client_secret', 'somebody', '^C');
    const { code, stderr } = await machine.run('login', 'acme', '--domain', tenant.url);
    expect(code).toBe(130);
    expect(stderr.replaceAll(/ \\\n\s+/g, ' ')).toContain(
      `To continue from here:\n  $ anon-cli login acme --domain ${tenant.url} --client-id somebody --client-secret -\n`,
    );
    expect((await machine.done('profile', 'list', '--json')).stdout).not.toContain('acme');
  });

  it.each([
    [['private_key', 'tool', '^C'], '--client-id tool'],
    [['access_token', '^C'], '--access-token -'],
    [['none'], '--no-check'],
  ])('shows the command for %j so far', async (replies, options) => {
    const { machine } = await machineAndTenant();
    machine.terminal.interactive = true;
    machine.replies.push(...replies);
    const { stderr } = await machine.run('login', 'acme', '--domain', 'localhost:1');
    expect(stderr.replaceAll(/ \\\n\s+/g, ' ')).toContain(
      `\n  $ anon-cli login acme --domain localhost:1 ${options}\n`,
    );
  });

  it('keeps the saved credentials when that is the answer', async () => {
    const { machine, options } = await machineAndTenant();
    await machine.done('login', 'acme', ...options);
    machine.terminal.interactive = true;
    machine.replies.push('keep');
    await machine.done('login', 'acme');
    machine.terminal.interactive = false;
    expect((await machine.done('login', 'acme', '--json')).json).toMatchObject({
      credentials: 'client_secret',
      checked: true,
    });
  });
});
