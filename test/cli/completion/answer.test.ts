import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  changeDocument,
  freshMachine,
  type Machine,
  openMachine,
  servedAnswer,
  servedTenant,
  useRemote,
} from '../../support/command.ts';

/** What the script of a shell is told for a line; the last word is the one at the cursor. */
async function told(machine: Machine, shell: string, ...words: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await machine.run('complete', shell, '--', ...words);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.split('\n').slice(0, -1);
}

/** Every file below a folder, with what would tell that it was written. */
function snapshot(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    paths.map((path) => {
      const { mtimeMs, size } = statSync(join(folder, path));
      return [path, `${size} ${mtimeMs}`];
    }),
  );
}

const cookie = (between: string) => `set-cookie${between}set whether browsers also get the session as a cookie`;

describe('what a shell gets', () => {
  it.each([
    ['bash', ['set-lifetime', 'set-format', 'set-cookie']],
    [
      'fish',
      ['set-lifetime\tset how long guest sessions live', 'set-format\tset the format of session tokens', cookie('\t')],
    ],
    [
      'zsh',
      [
        'set-lifetime\0set how long guest sessions live\0',
        'set-format\0set the format of session tokens\0',
        `${cookie('\0')}\0`,
      ],
    ],
    [
      'powershell',
      [
        'set-lifetime\tset-lifetime\tset how long guest sessions live',
        'set-format\tset-format\tset the format of session tokens',
        `set-cookie\t${cookie('\t')}`,
      ],
    ],
  ])('is one line per candidate, in the form that %s reads', async (shell, lines) => {
    expect(await told(await freshMachine({ seeded: false }), shell, 'tenant', 'set')).toEqual(lines);
  });

  it('is a request for files, after the prefix of the word', async () => {
    const machine = await freshMachine({ seeded: false });
    expect(await told(machine, 'bash', 'token', 'decode', '--key', '')).toEqual(['__FILE__:file:::0']);
    expect(await told(machine, 'bash', 'token', 'decode', '--key=')).toEqual(['__FILE__:file::--key=:0:--key=']);
  });

  it('matches case in bash, which inserts the common prefix, and ignores it elsewhere', async () => {
    const machine = await freshMachine();
    expect(await told(machine, 'bash', 'app', 'show', 'WE')).toEqual([]);
    expect(await told(machine, 'fish', 'app', 'show', 'WE')).toEqual([expect.stringMatching(/^web\t/)]);
  });

  it('is quoted for bash, according to the open quote, and unquoted for other shells', async () => {
    const machine = await freshMachine();
    const name = 'my $(shop) "x"';
    await changeDocument(machine.store, 'client', 'web', { name });
    expect(await told(machine, 'bash', 'app', 'show', 'my')).toEqual(['my\\ \\$\\(shop\\)\\ \\"x\\"']);
    expect(await told(machine, 'bash', 'app', 'show', "'my")).toEqual(['my $(shop) "x"']);
    expect(await told(machine, 'bash', 'app', 'show', '"my \\$')).toEqual(['my \\$(shop) \\"x\\"']);
    expect(await told(machine, 'bash', 'token', 'create', '--app=m')).toEqual(['--app=my\\ \\$\\(shop\\)\\ \\"x\\"']);
    for (const shell of ['zsh', 'fish', 'powershell']) {
      const [line] = await told(machine, shell, 'app', 'show', 'my');
      expect(line?.split(/[\0\t]/)[0]).toBe(name);
    }
  });

  it('depends on the words before, read as bash does', async () => {
    const machine = await freshMachine();
    await changeDocument(machine.store, 'resource_server', 'shop', { name: 'my shop' });
    expect(await told(machine, 'bash', 'api', 'enable', "'my shop'", '--scopes', 'read:c')).toEqual(['read:catalog']);
    expect(await told(machine, 'bash', 'api', 'enable', 'my\\ shop', '--scopes', 'read:c')).toEqual(['read:catalog']);
  });

  it('contains no control characters, in names or descriptions', async () => {
    const machine = await freshMachine();
    await changeDocument(machine.store, 'client', 'web', { name: 'new\nline\u001b[31m\ttab' });
    const id = String((await machine.store.list('client')).find(({ global }) => global !== true)?.client_id);
    expect(await told(machine, 'fish', 'app', 'show', '')).toEqual([`${id}\tnew\\u000aline\\u001b[31m\\u0009tab`]);
  });
});

describe('names', () => {
  it('of profiles are the existing ones', async () => {
    const machine = await freshMachine();
    await machine.done('login', 'acme', '--domain', 'acme.eu.auth0.com', '--no-check');
    expect(await told(machine, 'fish', 'profile', 'use', '')).toEqual([
      'local\tthe local tenant',
      'acme\tacme.eu.auth0.com',
    ]);
  });

  it('of Actions are those of the local tenant, by id where two have the same name', async () => {
    const machine = await freshMachine();
    const put = (id: string, name: string, trigger: string) =>
      machine.store.write((writer) => writer.put('action', id, { id, name, trigger }));
    await put('1', 'merge', 'post-login');
    await put('2', 'both', 'post-login');
    await put('3', 'both', 'pre-user-registration');
    expect(await told(machine, 'fish', 'local', 'action', 'test', '')).toEqual([
      ...['merge\tpost-login', '2\tpost-login', '3\tpre-user-registration'],
    ]);
    expect(await told(machine, 'bash', 'local', 'action', 'remove', 'm')).toEqual(['merge']);
    expect(await told(machine, 'bash', 'local', 'action', 'add', 'po')).toEqual(['post-login']);
  });

  it('of faults are those of the local tenant, without its limits', async () => {
    const machine = await freshMachine();
    await machine.done('local', 'fault', 'add', '--drop', '--route', '/oauth/token');
    await machine.done('local', 'limit', '5/s');
    expect(await told(machine, 'fish', 'local', 'fault', 'remove', '')).toEqual(['drop\t/oauth/token']);
    expect(await told(machine, 'bash', 'local', 'fault', 'add', '--method', 'PA')).toEqual(['PATCH']);
  });

  it('of keys and snapshots are those of the local tenant that can be named', async () => {
    const machine = await freshMachine();
    expect(await told(machine, 'bash', 'local', 'key', 'revoke', '')).toEqual([]);
    expect(await told(machine, 'bash', 'local', 'snapshot', 'restore', '')).toEqual([]);
    await machine.done('local', 'key', 'rotate');
    await machine.done('local', 'key', 'rotate', 'session');
    await machine.done('local', 'snapshot', 'save', 'base');
    expect(await told(machine, 'fish', 'local', 'key', 'revoke', '')).toEqual([
      'test-key-one\tsigning key',
      expect.stringMatching(/^[\w-]{22}\tsession key$/),
    ]);
    for (const command of ['snapshot restore', 'snapshot remove', 'diff']) {
      expect(await told(machine, 'bash', 'local', ...command.split(' '), 'b')).toEqual(['base']);
    }
    expect(await told(machine, 'bash', 'local', 'key', 'rotate', 'se')).toEqual(['session']);
  });

  it('of sessions are those saved for the profile on the line', async () => {
    const machine = await openMachine();
    await machine.done('token', 'create');
    await machine.done('token', 'create', '--session', 'cart');
    expect(await told(machine, 'fish', 'session', 'use', '')).toEqual(['cart\tthe current session', 'default\t']);
    expect(await told(machine, 'bash', 'token', 'update', '--session', 'c')).toEqual(['cart']);
    expect(await told(machine, 'bash', 'session', 'rename', 'cart', '')).toEqual([]);
    expect(await told(machine, 'bash', 'token', 'create', '--session', '')).toEqual([]);
    await machine.done('login', 'acme', '--domain', 'acme.eu.auth0.com', '--no-check');
    expect(await told(machine, 'bash', 'session', 'show', '')).toEqual([]);
    expect(await told(machine, 'bash', 'session', 'show', '--profile', 'local', 'd')).toEqual(['default']);
  });

  it('of users are those of the local tenant, whatever the current profile is', async () => {
    const machine = await freshMachine();
    await machine.done('local', 'user', 'add', 'jane@example.com', '--name', 'Jane');
    const tenant = await servedTenant(machine.clock);
    await useRemote(machine, tenant);
    const before = tenant.requests.length;
    expect(await told(machine, 'fish', 'local', 'user', 'remove', '')).toEqual(['jane@example.com\tJane']);
    expect(tenant.requests).toHaveLength(before);
    expect(await told(await freshMachine({ seeded: false }), 'fish', 'local', 'user', 'show', '')).toEqual([]);
  });

  it('of the local tenant leave out what guests can never use', async () => {
    const machine = await freshMachine();
    expect(await told(machine, 'bash', 'app', 'show', '')).toEqual(['web']);
    expect(await told(machine, 'bash', 'api', 'show', '')).toEqual(['shop']);
    expect(await told(machine, 'bash', 'token', 'create', '--scopes', 'read:catalog,w')).toEqual([
      'read:catalog,write:cart',
      'read:catalog,write:orders',
    ]);
  });

  it('come from the tenant of the line, then of the environment, then of the current profile', async () => {
    const machine = await freshMachine();
    const tenant = await servedTenant(machine.clock);
    await changeDocument(tenant.store, 'client', 'web', { name: 'far' });
    await useRemote(machine, tenant);
    expect(await told(machine, 'bash', 'app', 'show', '')).toEqual(['far']);
    expect(await told(machine, 'bash', 'app', 'show', '--profile', 'local', '')).toEqual(['web']);
    expect(await told(machine, 'bash', '--profile=local', 'app', 'show', '')).toEqual(['web']);
    machine.env.ANON_PROFILE = 'local';
    expect(await told(machine, 'bash', 'app', 'show', '')).toEqual(['web']);
    expect(await told(machine, 'bash', 'app', 'show', '--profile', 'remote', '')).toEqual(['far']);
    expect(await told(machine, 'bash', 'token', 'create', '--profile', 'remote', '--scopes', 'read:c')).toEqual([
      'read:catalog',
    ]);
  });

  it('of a remote tenant cost only a token request and the lists', async () => {
    const machine = await freshMachine();
    const tenant = await servedTenant(machine.clock);
    await useRemote(machine, tenant);
    const before = tenant.requests.length;
    await told(machine, 'bash', 'app', 'show', '');
    expect(tenant.requests.slice(before).map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /oauth/token',
      'GET /api/v2/clients?take=100&fields=client_id,name,global&include_fields=true',
    ]);
  });
});

describe('during completion', () => {
  it('no local tenant is created', async () => {
    const machine = await freshMachine({ seeded: false });
    expect(await told(machine, 'bash', 'app', 'show', '')).toEqual([]);
    expect(readdirSync(machine.folder)).toEqual([]);
  });

  it('nothing is written, for a local or a remote tenant', async () => {
    const machine = await freshMachine();
    const tenant = await servedTenant(machine.clock);
    await useRemote(machine, tenant);
    const before = snapshot(machine.folder);
    for (const profile of ['local', 'remote']) {
      await told(machine, 'bash', 'app', 'show', '--profile', profile, '');
      await told(machine, 'bash', 'api', 'enable', 'shop', '--profile', profile, '--scopes', '');
    }
    expect(snapshot(machine.folder)).toEqual(before);
  });

  it.each(['profiles', 'state'])('unreadable %s are left alone', async (which) => {
    const machine = await freshMachine();
    await machine.done('login', 'acme', '--domain', 'acme.eu.auth0.com', '--no-check');
    const path = which === 'profiles' ? machine.profilesPath : machine.statePath;
    writeFileSync(path, 'broken');
    for (const line of [
      ['profile', 'use', ''],
      ['app', 'show', ''],
      ['--profile', ''],
    ]) {
      const found = await told(machine, 'bash', ...line);
      expect(found.filter((name) => name !== 'local' && name !== 'acme' && name !== 'web')).toEqual([]);
    }
    expect(readFileSync(path, 'utf8')).toBe('broken');
    expect(readdirSync(dirname(path)).filter((name) => name.includes('set-aside'))).toEqual([]);
  });

  it.each([
    ['refuses', async () => Response.json({ error: 'access_denied' }, { status: 403 })],
    ['says it is too much', async () => new Response('{}', { status: 429, headers: { 'retry-after': '30' } })],
    ['talks nonsense', async () => new Response('<html>')],
    [
      'breaks',
      async () => {
        throw new Error('gone');
      },
    ],
  ])('a tenant that %s gives no names, no error and no wait', async (_how, answer) => {
    const machine = await freshMachine();
    const { url } = await servedAnswer(answer);
    machine.terminal.stdin = 'a-secret-of-this-test';
    await machine.done('login', 'odd', '--domain', url, '--client-id', 'x', '--client-secret', '-', '--no-check');
    machine.terminal.stdin = undefined;
    expect(await told(machine, 'bash', 'app', 'show', '--profile', 'odd', '')).toEqual([]);
    expect(machine.clock.waits).toEqual([]);
  });

  it('an unknown profile, or one without credentials, gives no names', async () => {
    const machine = await freshMachine();
    await machine.done('login', 'bare', '--domain', 'http://localhost:1', '--no-check');
    for (const profile of ['nobody', 'bare', '']) {
      expect(await told(machine, 'bash', 'app', 'show', '--profile', profile, '')).toEqual([]);
    }
  });

  it('received pages are used even if the next one fails', async () => {
    const machine = await freshMachine();
    const clients = Array.from({ length: 100 }, (_, index) => ({ client_id: `c${index}`, name: `app${index}` }));
    const { url } = await servedAnswer(async (request) => {
      if (request.url.endsWith('/oauth/token')) {
        return Response.json({ access_token: 'a-token-of-this-test', token_type: 'Bearer', expires_in: 60 });
      }
      if (request.url.includes('from=')) return new Response('{}', { status: 429 });
      return Response.json({ clients, next: 'page 2' });
    });
    machine.terminal.stdin = 'a-secret-of-this-test';
    await machine.done('login', 'busy', '--domain', url, '--client-id', 'x', '--client-secret', '-', '--no-check');
    machine.terminal.stdin = undefined;
    expect(await told(machine, 'bash', 'app', 'show', '--profile', 'busy', 'app9')).toHaveLength(11);
  });
});

describe('the words that the scripts call back with', () => {
  it.each([[['complete']], [['complete', 'bash']], [['complete', 'csh', '--', '']]])(
    'are not a command: %j',
    async (argv) => {
      const { run } = await freshMachine({ seeded: false });
      expect(await run(...argv)).toMatchObject({
        code: 2,
        stderr: "error: Unknown command 'complete'.\nhint:  Did you mean 'completion'? See anon-cli --help\n",
      });
    },
  );

  it('are not in help or completion', async () => {
    const machine = await freshMachine({ seeded: false });
    expect((await machine.done('--help')).stdout).not.toMatch(/\bcomplete\b(?!s)/);
    expect(await told(machine, 'bash', 'compl')).toEqual(['completion']);
    expect(existsSync(machine.profilesPath)).toBe(false);
  });
});
