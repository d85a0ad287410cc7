import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  changeDocument,
  freshMachine,
  type Machine,
  openMachine,
  type ServedTenant,
  servedAnswer,
  servedTenant,
  useRemote,
} from '../../support/command.ts';

async function withTenant(): Promise<{ machine: Machine; tenant: ServedTenant }> {
  const machine = await freshMachine();
  return { machine, tenant: await servedTenant(machine.clock) };
}

function nameInEnvironment(machine: Machine, tenant: ServedTenant): void {
  machine.env.AUTH0_DOMAIN = tenant.url;
  machine.env.AUTH0_CLIENT_ID = tenant.credentials.clientId;
  machine.env.AUTH0_CLIENT_SECRET = tenant.credentials.clientSecret;
}

const issuer = async (machine: Machine, ...options: string[]) =>
  (await machine.done('tenant', 'show', '--field', 'issuer', ...options)).stdout.trim();

describe('the tenant of a command', () => {
  it('is that of --profile, then ANON_PROFILE, then AUTH0_DOMAIN, then the current profile', async () => {
    const { machine, tenant } = await withTenant();
    const other = await servedTenant(machine.clock);
    await useRemote(machine, other);
    expect(await issuer(machine)).toBe(other.issuer);
    nameInEnvironment(machine, tenant);
    expect(await issuer(machine)).toBe(tenant.issuer);
    machine.env.ANON_PROFILE = 'remote';
    expect(await issuer(machine)).toBe(other.issuer);
    expect(await issuer(machine, '--profile', 'local')).toBe('https://localhost:4400/');
  });

  it('that AUTH0_DOMAIN names needs no profile, and nothing is written for it', async () => {
    const { machine, tenant } = await withTenant();
    nameInEnvironment(machine, tenant);
    await machine.done('app', 'list');
    expect(existsSync(machine.profilesPath)).toBe(false);
    expect(existsSync(join(machine.folder, 'data', 'credentials'))).toBe(false);
    expect(tenant.requests.map(({ path }) => path.split('?')[0])).toEqual([
      '/oauth/token',
      '/api/v2/tenants/settings',
      '/api/v2/clients',
    ]);
  });

  it('that AUTH0_DOMAIN names has its own saved session, separate from those of profiles', async () => {
    const { machine, tenant } = await withTenant();
    nameInEnvironment(machine, tenant);
    const name = new URL(tenant.url).host.replace(':', '-');
    await machine.done('login', name, '--domain', 'other.example', '--no-check');
    await machine.open();
    await machine.done('token', 'create');
    await machine.done('token', 'update', '--meta', 'language=en');
    const files = readdirSync(join(machine.folder, 'data', 'credentials'));
    expect(files).toEqual([`session~${name}-2~default.json`]);
  });

  it('that AUTH0_DOMAIN names uses the profile with this domain', async () => {
    const { machine, tenant } = await withTenant();
    await useRemote(machine, tenant);
    await machine.done('profile', 'set', 'app', 'web');
    await machine.done('profile', 'use', 'local');
    machine.env.AUTH0_DOMAIN = `${tenant.url}/`;
    expect((await machine.done('profile', 'show', '--json')).json).toMatchObject({
      name: 'remote',
      app: { name: 'web' },
    });
    expect(await issuer(machine)).toBe(tenant.issuer);
  });

  it('is not guessed if AUTH0_DOMAIN is invalid', async () => {
    const machine = await freshMachine();
    machine.env.AUTH0_DOMAIN = 'not a host';
    expect(await machine.run('tenant', 'show')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("error: AUTH0_DOMAIN: Invalid tenant domain 'not a host'"),
    });
    expect(await issuer(machine, '--profile', 'local')).toBe('https://localhost:4400/');
  });

  it('of the quickstart is always the embedded one, and its hints show that', async () => {
    const { machine, tenant } = await withTenant();
    nameInEnvironment(machine, tenant);
    const { stdout } = await machine.done('quickstart');
    expect(stdout).toContain('token create --profile local');
    expect(tenant.requests).toEqual([]);
  });

  it('without a profile has no profile settings to change', async () => {
    const { machine, tenant } = await withTenant();
    nameInEnvironment(machine, tenant);
    const name = new URL(tenant.url).host.replace(':', '-');
    expect(await machine.run('profile', 'set', 'app', 'web')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`anon-cli login ${name}`),
    });
    // And that is what makes it one.
    expect((await machine.done('login', name, '--json')).json).toMatchObject({ name, checked: true });
    await machine.done('profile', 'set', 'app', 'web');
  });
});

describe('credentials in the environment', () => {
  it("take precedence over the profile's own", async () => {
    const { machine, tenant } = await withTenant();
    machine.terminal.stdin = 'a-secret-that-is-wrong';
    await machine.done(
      ...['login', 'acme', '--no-check', '--domain', tenant.url],
      ...['--client-id', tenant.credentials.clientId, '--client-secret', '-'],
    );
    machine.terminal.stdin = undefined;
    expect(await machine.run('app', 'list')).toMatchObject({ code: 4 });
    nameInEnvironment(machine, tenant);
    await machine.done('app', 'list', '--profile', 'acme');
    expect((await machine.done('profile', 'show', '--json')).json).toMatchObject({
      credentials_from_environment: true,
    });
  });

  it('are sent only to the tenant in AUTH0_DOMAIN', async () => {
    const { machine, tenant } = await withTenant();
    const other = await servedTenant(machine.clock);
    await machine.done('login', 'other', '--no-check', '--domain', other.url);
    nameInEnvironment(machine, tenant);
    machine.env.AUTH0_ACCESS_TOKEN = 'a-token-of-the-environment';
    expect(await machine.run('app', 'list', '--profile', 'other')).toMatchObject({
      code: 4,
      stderr: expect.stringContaining("Profile 'other' has no Management API credentials."),
    });
    expect(await machine.run('login', 'new', '--domain', other.url)).toMatchObject({ code: 2 });
    delete machine.env.AUTH0_DOMAIN;
    expect(await machine.run('app', 'list', '--profile', 'other')).toMatchObject({ code: 4 });
    expect(other.requests).toEqual([]);
  });

  it('may be a token, which takes precedence and has its own advice if refused', async () => {
    const { machine, tenant } = await withTenant();
    nameInEnvironment(machine, tenant);
    machine.env.AUTH0_ACCESS_TOKEN = 'a-token-of-the-environment';
    expect(await machine.run('app', 'list', '--edition', 'preview')).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('hint:  Set a new token in AUTH0_ACCESS_TOKEN.\n'),
    });
  });

  it('may be a private key in a file', async () => {
    const machine = await freshMachine();
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const kinds: string[] = [];
    const { url } = await servedAnswer(async (request) => {
      if (!request.url.endsWith('/oauth/token'))
        return Response.json({ friendly_name: 'Acme', anonymous_session_lifetime: 0 });
      const { client_assertion } = (await request.json()) as { client_assertion: string };
      kinds.push(JSON.parse(Buffer.from(client_assertion.split('.')[0] ?? '', 'base64url').toString()).alg);
      return Response.json({ access_token: 'opaque', expires_in: 86_400, token_type: 'Bearer' });
    });
    machine.env.AUTH0_DOMAIN = url;
    machine.env.AUTH0_CLIENT_ID = 'tool';
    const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    machine.env.AUTH0_CLIENT_SIGNING_KEY_PATH = machine.file('key.pem', pem);
    // What other tools take it for.
    expect(await machine.run('tenant', 'show')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is not an RSA key, which RS256 needs.'),
    });
    machine.env.AUTH0_CLIENT_SIGNING_ALGORITHM = 'ES256';
    await machine.done('tenant', 'show');
    expect(kinds).toEqual(['ES256']);
    machine.env.AUTH0_CLIENT_SIGNING_ALGORITHM = 'none';
    expect(await machine.run('tenant', 'show')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('AUTH0_CLIENT_SIGNING_ALGORITHM is not a supported signing algorithm'),
    });
  });

  it('that are incomplete are an error that names the other half', async () => {
    const { machine, tenant } = await withTenant();
    nameInEnvironment(machine, tenant);
    delete machine.env.AUTH0_CLIENT_ID;
    expect(await machine.run('app', 'list')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('AUTH0_CLIENT_SECRET is set, but AUTH0_CLIENT_ID is not.'),
    });
  });

  it('are what login checks and saves', async () => {
    const { machine, tenant } = await withTenant();
    nameInEnvironment(machine, tenant);
    const { json } = await machine.done('login', 'acme', '--json');
    expect(json).toMatchObject({ domain: tenant.url, credentials: 'client_secret', checked: true });
    for (const name of ['AUTH0_DOMAIN', 'AUTH0_CLIENT_ID', 'AUTH0_CLIENT_SECRET']) delete machine.env[name];
    await machine.done('app', 'list');
    expect(readFileSync(machine.profilesPath, 'utf8')).not.toContain(tenant.credentials.clientSecret);
  });
});

describe('what commands use', () => {
  it('is what ANON_APP and ANON_API name, after options and before the profile', async () => {
    const machine = await openMachine();
    await machine.done('app', 'create', 'kiosk', '--enable');
    await changeDocument(machine.store, 'client', 'kiosk', { can_create_anonymous_sessions: true });
    await machine.done('profile', 'set', 'app', 'web');
    machine.env.ANON_APP = 'kiosk';
    machine.env.ANON_API = 'https://api.shop.example';
    const app = async (...options: string[]) =>
      (await machine.done('token', 'create', '--field', 'app.name', ...options)).stdout.trim();
    expect(await app()).toBe('kiosk');
    expect(await app('--app', 'web')).toBe('web');
    // A session that is remembered is its application's, whatever the environment says.
    await machine.done('token', 'update', '--meta', 'language=en');
  });

  it('is the edition that ANON_EDITION names, after --edition', async () => {
    const machine = await freshMachine();
    machine.env.ANON_EDITION = 'beta';
    expect(await machine.run('tenant', 'show')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("Unknown edition 'beta'."),
    });
    await machine.done('tenant', 'show', '--edition', 'preview');
  });
});

describe('credentials in the environment without AUTH0_DOMAIN', () => {
  const pairs = [
    [{ AUTH0_CLIENT_ID: 'tool', AUTH0_CLIENT_SECRET: 'a-secret' }, 'AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET are set'],
    [{ AUTH0_CLIENT_ID: 'tool' }, 'AUTH0_CLIENT_ID is set'],
    [{ AUTH0_CLIENT_SECRET: 'a-secret' }, 'AUTH0_CLIENT_SECRET is set'],
    [{ AUTH0_ACCESS_TOKEN: 'a-token' }, 'AUTH0_ACCESS_TOKEN is set'],
    [{ AUTH0_CLIENT_SIGNING_KEY_PATH: '/key.pem' }, 'AUTH0_CLIENT_SIGNING_KEY_PATH is set'],
    [
      { AUTH0_CLIENT_ID: 'tool', AUTH0_CLIENT_SECRET: '', AUTH0_CLIENT_SIGNING_KEY_PATH: '/key.pem' },
      'AUTH0_CLIENT_ID and AUTH0_CLIENT_SIGNING_KEY_PATH are set',
    ],
  ] as const;

  it.each(pairs)('are an error of every command that would choose a tenant: %j', async (env, set) => {
    for (const domain of [undefined, '', ' \r\n', '\ufeff', '""']) {
      const machine = await openMachine();
      await machine.done('token', 'create');
      Object.assign(machine.env, env, domain !== undefined && { AUTH0_DOMAIN: domain });
      for (const line of [
        'tenant show',
        'doctor --probe',
        'setup --yes',
        'token create',
        'token get',
        'token verify',
        'token decode',
        'app list',
        'claims list',
        'session list',
        'profile show',
        'login',
      ]) {
        const { code, stdout, stderr } = await machine.run(...line.split(' '));
        expect({ line, code, stdout, stderr }).toMatchObject({
          code: 2,
          stdout: '',
          stderr: expect.stringContaining(`error: ${set}, but AUTH0_DOMAIN is not.\n`),
        });
      }
    }
  });

  it('do not affect commands without a tenant or with a profile', async () => {
    const machine = await openMachine();
    Object.assign(machine.env, { AUTH0_CLIENT_ID: 'tool', AUTH0_CLIENT_SECRET: 'a-secret' });
    for (const line of [
      '--version',
      'tenant --help',
      'completion bash',
      'complete bash -- app show w',
      'local show',
      'token decode eyJhbGciOiJub25lIn0.e30.',
      'profile use local',
      'tenant show --profile local',
      'quickstart',
    ]) {
      await machine.done(...line.split(' '));
    }
    const { stdout, stderr } = await machine.done('profile', 'list');
    expect(stdout).not.toContain('*');
    expect(stderr).toContain('Commands without --profile fail: AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET are set');
    machine.env.ANON_PROFILE = 'local';
    await machine.done('tenant', 'show');
  });
});

describe('incomplete credentials in the environment', () => {
  it('may be complete with a missing key file: the variable is named', async () => {
    const machine = await freshMachine();
    Object.assign(machine.env, {
      AUTH0_DOMAIN: 'acme.example',
      AUTH0_CLIENT_ID: 'tool',
      AUTH0_CLIENT_SIGNING_KEY_PATH: ' ~/key.pem\n',
    });
    expect(await machine.run('app', 'list')).toMatchObject({
      code: 2,
      stderr:
        'error: ~/key.pem cannot be read: no such file.\nhint:  The path is from AUTH0_CLIENT_SIGNING_KEY_PATH.\n',
    });
  });

  it.each([
    [
      { AUTH0_CLIENT_ID: 'tool' },
      /AUTH0_CLIENT_ID is set, but neither AUTH0_CLIENT_SECRET nor AUTH0_CLIENT_SIGNING_KEY_PATH is/,
    ],
    [{ AUTH0_CLIENT_ID: 'tool', AUTH0_CLIENT_SECRET: '\r' }, /neither AUTH0_CLIENT_SECRET nor/],
    [{ AUTH0_CLIENT_SECRET: 'a-secret' }, /AUTH0_CLIENT_SECRET is set, but AUTH0_CLIENT_ID is not/],
    [{ AUTH0_CLIENT_SIGNING_KEY_PATH: '/key.pem' }, /AUTH0_CLIENT_SIGNING_KEY_PATH is set, but AUTH0_CLIENT_ID is not/],
    [
      { AUTH0_CLIENT_ID: 'tool', AUTH0_CLIENT_SECRET: 'a-secret', AUTH0_CLIENT_SIGNING_KEY_PATH: '/key.pem' },
      /AUTH0_CLIENT_SECRET and AUTH0_CLIENT_SIGNING_KEY_PATH are both set/,
    ],
  ])('are an error that names the other half: %j', async (env, message) => {
    const machine = await freshMachine();
    Object.assign(machine.env, env, { AUTH0_DOMAIN: 'acme.example' });
    for (const line of ['app list', 'login', 'token create --app a --api b']) {
      expect(await machine.run(...line.split(' '))).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
    }
  });
});

describe('a variable', () => {
  it.each([
    ['%s', 'as it is'],
    [' %s\t', 'among blanks'],
    ['%s\r', 'with the end of a line of Windows'],
    ['%s\r\n', 'with the end of a line'],
    ['"%s"', 'in quotes that docker keeps'],
    ["' %s'\n", 'in quotes among blanks'],
    ['\ufeff%s', 'behind the mark of an encoding'],
    ['\u200b%s\u00a0', 'among what nobody sees'],
  ])('%j is used without its surroundings, %s', async (around) => {
    const { machine, tenant } = await withTenant();
    const { clientId, clientSecret } = tenant.credentials;
    const set = {
      AUTH0_DOMAIN: tenant.url,
      AUTH0_CLIENT_ID: clientId,
      AUTH0_CLIENT_SECRET: clientSecret,
      ANON_EDITION: 'preview',
      ANON_APP: 'web',
      ANON_API: 'shop',
      ANON_SAVE: '0',
    };
    for (const [name, value] of Object.entries(set)) machine.env[name] = around.replace('%s', () => value);
    await machine.open();
    expect((await machine.done('token', 'create', '--field', 'app.name')).stdout).toBe('web\n');
    expect(existsSync(join(machine.folder, 'data', 'credentials'))).toBe(false);
  });

  const variables = {
    AUTH0_DOMAIN: 'tenant show',
    AUTH0_CLIENT_ID: 'app list',
    AUTH0_CLIENT_SECRET: 'app list',
    AUTH0_ACCESS_TOKEN: 'app list',
    AUTH0_CLIENT_SIGNING_KEY_PATH: 'app list',
    ANON_PROFILE: 'tenant show',
    ANON_EDITION: 'tenant show',
    ANON_APP: 'token create',
    ANON_API: 'token create',
    ANON_APP_SECRET: 'token create',
    ANON_SAVE: 'token create',
    ANON_CA_FILE: 'tenant show',
  };

  it.each([
    '$' + '{HIDDEN_22}',
    '$' + '{{ vars.HIDDEN_22 }}',
    '$HIDDEN_22',
    '%HIDDEN_22%',
    '{{ .Values.hidden22 }}',
    '$(HIDDEN_22)',
    '<hidden22>',
    '{hidden22}',
    '#{HIDDEN_22}#',
    '__HIDDEN_22__',
    'YOUR_HIDDEN_22',
    'undefined',
  ])('with an unreplaced placeholder is named and never used: %s', async (value) => {
    for (const [name, line] of Object.entries(variables)) {
      for (const text of [value, `"${value}"\r\n`]) {
        const machine = await openMachine();
        machine.env[name] = text;
        const { code, stdout, stderr } = await machine.run(...line.split(' '));
        expect({ name, code, stdout, stderr }).toMatchObject({
          code: 2,
          stdout: '',
          stderr: expect.stringContaining(`error: ${name} holds an unreplaced placeholder.\n`),
        });
        expect(stderr).not.toMatch(/hidden/i);
      }
    }
  });

  it.each([
    ['a-secret-half"', 'has an unmatched quotation mark'],
    ["'a-secret-half", 'has an unmatched quotation mark'],
    ['a-secret\r\nhalf', 'contains a line break or another control character'],
    ['a-secret\u200bhalf', 'contains an invisible character'],
    ['Bearer a-secret-half', 'contains a space'],
  ])('with an impossible value is named, without its value: %j', async (value, problem) => {
    for (const name of ['AUTH0_ACCESS_TOKEN', 'AUTH0_CLIENT_SECRET', 'AUTH0_CLIENT_ID']) {
      const machine = await freshMachine();
      machine.env.AUTH0_DOMAIN = 'acme.example';
      machine.env[name] = value;
      const { code, stderr } = await machine.run('app', 'list');
      expect({ code, stderr }).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(`error: ${name} ${problem}.`),
      });
      expect(stderr).not.toContain('half');
    }
  });

  it.each(['$TENANT.eu.auth0.com', 'acme.eu.auth0.com;', 'acme.eu.auth0.com"x', '{acme}.auth0.com'])(
    'AUTH0_DOMAIN is looked up only where it is a host: %s',
    async (domain) => {
      const machine = await freshMachine();
      machine.env.AUTH0_DOMAIN = domain;
      expect(await machine.run('tenant', 'show')).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('error: AUTH0_DOMAIN: Invalid tenant domain '),
      });
    },
  );

  it('that is broken does not affect a command that does not use it', async () => {
    const machine = await openMachine();
    for (const name of Object.keys(variables)) machine.env[name] = '$' + '{UNSET}';
    for (const line of ['--version', 'completion zsh', 'complete bash -- app show w']) {
      await machine.done(...line.split(' '));
    }
    // Both look at the local tenant, which speaks one edition.
    delete machine.env.ANON_EDITION;
    await machine.done('local', 'show');
    await machine.done('token', 'decode', 'eyJhbGciOiJub25lIn0.e30.');
  });
});

describe('the profile that commands use', () => {
  async function withProfiles() {
    const machine = await freshMachine();
    await machine.done('login', 'other', '--domain', 'other.example', '--no-check');
    await machine.done('login', 'acme', '--domain', 'acme.example', '--no-check');
    return machine;
  }

  const inUse = async (machine: Machine) =>
    (await machine.done('profile', 'list', '--json')).json
      .filter(({ in_use }: { in_use: boolean }) => in_use)
      .map(({ name }: { name: string }) => name);

  it.each([
    [{}, 'acme', ''],
    [{ AUTH0_DOMAIN: 'acme.example' }, 'acme', ''],
    [
      { AUTH0_DOMAIN: 'https://other.example/' },
      'other',
      'Commands use profile other (its tenant is in AUTH0_DOMAIN).',
    ],
    [{ AUTH0_DOMAIN: 'third.example' }, undefined, 'Commands use third.example (from AUTH0_DOMAIN).'],
    [{ ANON_PROFILE: 'other' }, 'other', 'Commands use profile other (from ANON_PROFILE).'],
    [{ ANON_PROFILE: 'acme', AUTH0_DOMAIN: 'other.example' }, 'acme', ''],
    [
      { ANON_PROFILE: 'nobody' },
      undefined,
      "Commands without --profile fail: Profile 'nobody' (from ANON_PROFILE) not found.",
    ],
    [{ AUTH0_DOMAIN: 'not a host' }, undefined, 'Commands without --profile fail: AUTH0_DOMAIN: Invalid tenant domain'],
    [{ AUTH0_CLIENT_ID: 'tool' }, undefined, 'Commands without --profile fail: AUTH0_CLIENT_ID is set, but'],
  ])('is the one that every command names as current: %j', async (env, used, sentence) => {
    const machine = await withProfiles();
    Object.assign(machine.env, env);
    const list = await machine.done('profile', 'list');
    expect(list.stdout.match(/^\*\s+(\w+)/m)?.[1]).toBe(used);
    expect(list.stderr).toContain(sentence);
    expect(await inUse(machine)).toEqual(used === undefined ? [] : [used]);

    const use = await machine.done('profile', 'use', 'acme');
    const isUsed = used === 'acme';
    expect(use.stdout).toBe(isUsed ? '✔ Commands now use profile acme\n' : '✔ The current profile is now acme\n');
    expect(use.stderr).toContain(sentence);
    if (!isUsed) expect(use.stderr).toContain('To use this profile: --profile acme');
    expect((await machine.done('profile', 'use', 'acme', '--json')).json).toMatchObject({
      current: true,
      in_use: isUsed,
    });

    const login = await machine.done('login', 'acme', '--domain', 'acme.example', '--no-check');
    expect(login.stdout.includes('commands now use it')).toBe(isUsed);
    expect(login.stdout.includes('--profile acme\n')).toBe(!isUsed);
    expect(login.stderr).toContain(sentence);

    const show = await machine.done('profile', 'show', 'acme', '--json');
    expect(show.json).toMatchObject({ current: true, in_use: isUsed });
    // And this is what really happens.
    const shown = await machine.run('profile', 'show', '--field', 'name');
    if (used !== undefined) expect(shown.stdout).toBe(`${used}\n`);
    else if (sentence.includes('third.example')) expect(shown.stdout).toBe('third.example\n');
    else expect(shown.code).not.toBe(0);
  });

  it('is named correctly after a removal', async () => {
    const machine = await withProfiles();
    machine.env.AUTH0_DOMAIN = 'other.example';
    expect((await machine.done('profile', 'remove', 'acme')).stdout).toBe(
      '✔ Removed profile acme. The tenant itself is unchanged.\n',
    );
    expect((await machine.done('profile', 'remove', 'other')).stdout).toContain(
      '  Commands use other.example (from AUTH0_DOMAIN).\n',
    );
  });
});
