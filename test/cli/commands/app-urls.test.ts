import { describe, expect, it } from 'vitest';
import {
  changeDocument,
  documentNamed,
  freshMachine,
  type Machine,
  servedTenant,
  useRemote,
} from '../../support/command.ts';

const noUrls = { web_origins: [], allowed_origins: [], callbacks: [], allowed_logout_urls: [] };

/** A machine whose application has just these URLs. */
async function machineWith(members: object, edition: 'preview' | 'ea' = 'preview'): Promise<Machine> {
  const machine = await freshMachine({ edition });
  await changeDocument(machine.store, 'client', 'web', { ...noUrls, ...members });
  return machine;
}

describe.each(['preview', 'ea'] as const)('app origins, in edition %s', (edition) => {
  it('adds, lists and removes an origin', async () => {
    const { done, store } = await machineWith({ callbacks: ['https://a.example/cb'] }, edition);
    const added = await done('app', 'origins', 'add', 'web', 'http://localhost:3000', 'https://a.example');
    expect(added.stdout).toMatch(
      /^✔ web allows pages on http:\/\/localhost:3000, https:\/\/a\.example\n {2}application web \(localhost:4400\)\n {4}web_origins {2}\+http:\/\/localhost:3000 \+https:\/\/a\.example\n {2}sent {2}PATCH \/api\/v2\/clients\//,
    );
    expect(added.stderr).toBe('');
    expect((await done('app', 'origins', 'list', 'web')).stdout).toBe(
      'http://localhost:3000\tweb_origins\nhttps://a.example\tweb_origins, callbacks\n',
    );
    expect((await done('app', 'origins', 'list', 'web', '--json')).json).toEqual([
      { origin: 'http://localhost:3000', from: ['web_origins'] },
      { origin: 'https://a.example', from: ['web_origins', 'callbacks'] },
    ]);
    const removed = await done('app', 'origins', 'remove', 'web', 'http://localhost:3000');
    expect(removed.stdout).toMatch(/^✔ web no longer allows pages on http:\/\/localhost:3000\n {2}application web/);
    expect(removed.stdout).not.toContain('still allowed');
    expect(await documentNamed(store, 'client', 'web')).toMatchObject({ web_origins: ['https://a.example'] });
  });

  it('reports what else allows an origin that was removed', async () => {
    const { done } = await machineWith(
      { web_origins: ['https://a.example'], callbacks: ['https://a.example/cb'] },
      edition,
    );
    expect((await done('app', 'origins', 'remove', 'web', 'https://a.example')).stdout).toContain(
      '\n  still allowed by another setting: https://a.example\n  to see which: anon-cli app origins list web\n',
    );
  });

  it('sends nothing for an origin that is already there, and nothing in a dry run', async () => {
    const machine = await freshMachine({ edition });
    const tenant = await servedTenant(machine.clock, { edition });
    await changeDocument(tenant.store, 'client', 'web', { ...noUrls, web_origins: ['http://localhost:3000'] });
    await useRemote(machine, tenant);
    const again = await machine.done('app', 'origins', 'add', 'web', 'http://localhost:3000');
    expect(again.stdout).toMatch(/^✔ web allows pages on http:\/\/localhost:3000\n {2}No changes: /);
    const dry = await machine.done('app', 'origins', 'add', 'web', 'http://localhost:4000', '--dry-run');
    expect(dry.stdout).toMatch(
      /^dry run: nothing was sent\n.*\n {4}web_origins {2}\+http:\/\/localhost:4000\n {2}would send {2}PATCH /,
    );
    expect(
      (await machine.done('app', 'origins', 'remove', 'web', 'http://localhost:3000', '--dry-run', '--json')).json,
    ).toMatchObject({
      dry_run: true,
      changes: [{ subject: 'application web', member: 'web_origins', before: ['http://localhost:3000'], after: [] }],
      requests: [{ method: 'PATCH', body: { web_origins: [] } }],
    });
    expect(tenant.requests.filter(({ method }) => method === 'PATCH')).toEqual([]);
  });
});

describe('app origins', () => {
  it('explains how to add the first one', async () => {
    const { done, terminal } = await machineWith({});
    const none = 'web has no origins. Add one: anon-cli app origins add web http://localhost:3000\n';
    expect(await done('app', 'origins', 'list', 'web')).toMatchObject({ stdout: '', stderr: none });
    terminal.interactive = true;
    expect((await done('app', 'origins', 'list', 'web')).stdout).toBe(none);
    terminal.interactive = false;
    expect((await done('app', 'origins', 'list', 'web', '--json')).json).toEqual([]);
  });

  it('is a table on a terminal', async () => {
    const { done, terminal } = await machineWith({ web_origins: ['http://localhost:*'] });
    terminal.interactive = true;
    expect((await done('app', 'origins', 'list', 'web')).stdout).toBe(
      'ORIGIN              FROM\nhttp://localhost:*  web_origins\n',
    );
  });

  it.each([
    [
      ['localhost:3000'],
      2,
      "Invalid origin 'localhost:3000': it has no scheme.",
      'Did you mean http://localhost:3000?',
    ],
    [
      ['http://localhost:3000/cb'],
      2,
      "Invalid origin 'http://localhost:3000/cb': an origin has no path.",
      'Did you mean http://localhost:3000?',
    ],
  ])('refuses %j before any request', async (origins, code, message, hint) => {
    const machine = await freshMachine();
    const tenant = await servedTenant(machine.clock);
    await useRemote(machine, tenant);
    const refused = await machine.run('app', 'origins', 'add', 'web', ...origins, '--json');
    expect(refused.code).toBe(code);
    expect(refused.jsonError).toMatchObject({ code: 'usage', message, hint });
    expect(tenant.requests).toEqual([]);
  });

  it('sends all or nothing', async () => {
    const { run, store } = await machineWith({});
    expect((await run('app', 'origins', 'add', 'web', 'http://localhost:3000', 'nonsense')).code).toBe(2);
    expect(await documentNamed(store, 'client', 'web')).toMatchObject({ web_origins: [] });
  });

  it('asks where the profile is marked production', async () => {
    const { run, done, store } = await machineWith({});
    await done('profile', 'set', 'production', 'on');
    const refused = await run('app', 'origins', 'add', 'web', 'http://localhost:3000');
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('is marked production') });
    expect(await documentNamed(store, 'client', 'web')).toMatchObject({ web_origins: [] });
    await done('app', 'origins', 'add', 'web', 'http://localhost:3000', '--yes');
    expect(await documentNamed(store, 'client', 'web')).toMatchObject({ web_origins: ['http://localhost:3000'] });
  });

  it('reports an unknown application with a suggestion', async () => {
    const { run } = await machineWith({});
    expect((await run('app', 'origins', 'list', 'wbe', '--json')).jsonError).toMatchObject({
      code: 'not_found',
      hint: "Did you mean 'web'? To see all: anon-cli app list",
    });
  });
});

describe.each([
  ['callbacks', 'callbacks', 'callback', 'http://localhost:3000/callback'],
  ['logout-urls', 'allowed_logout_urls', 'logout URL', 'http://localhost:3000'],
] as const)('app %s', (noun, member, word, url) => {
  it('adds, lists and removes a URL', async () => {
    const { done, store } = await machineWith({ [member]: ['com.example.app://out'] });
    const added = await done('app', noun, 'add', 'web', url);
    expect(added.stdout).toMatch(new RegExp(`^✔ web has the ${word} ${url}\n  application web`));
    expect((await done('app', noun, 'list', 'web')).stdout).toBe(`com.example.app://out\n${url}\n`);
    expect((await done('app', noun, 'list', 'web', '--json')).json).toEqual([
      { url: 'com.example.app://out' },
      { url },
    ]);
    expect((await done('app', noun, 'list', 'web', '--field', '*.url')).stdout).toBe(`com.example.app://out\n${url}\n`);
    const removed = await done('app', noun, 'remove', 'web', url, 'com.example.app://out');
    expect(removed.stdout).toMatch(new RegExp(`^✔ web no longer has the ${word}s ${url}, com.example.app://out\n`));
    expect(await documentNamed(store, 'client', 'web')).toMatchObject({ [member]: [] });
  });

  it('explains how to add the first one', async () => {
    const { done } = await machineWith({});
    expect((await done('app', noun, 'list', 'web')).stderr).toBe(
      `web has no ${word}s. Add one: anon-cli app ${noun} add web ${url}\n`,
    );
  });
});

describe('app show', () => {
  it('shows the URLs of an application', async () => {
    const { done } = await machineWith({
      web_origins: ['http://localhost:3000'],
      callbacks: ['https://a.example/cb', 'https://a.example/other'],
    });
    expect((await done('app', 'show', 'web')).stdout).toMatch(
      /\n {2}origins +http:\/\/localhost:3000, https:\/\/a\.example\n {2}callbacks +https:\/\/a\.example\/cb, https:\/\/a\.example\/other\n {2}logout URLs +none\n$/,
    );
    const { json } = await done('app', 'show', 'web', '--json');
    expect(json).toMatchObject({
      origins: [
        { origin: 'http://localhost:3000', from: ['web_origins'] },
        { origin: 'https://a.example', from: ['callbacks'] },
      ],
      callbacks: ['https://a.example/cb', 'https://a.example/other'],
      logout_urls: [],
    });
    const { client_id } = json;
    expect((await done('app', 'show', client_id, '--json')).json).toEqual(json);
  });
});

describe('completion', () => {
  async function offered(machine: Machine, ...words: string[]): Promise<string[]> {
    const { stdout } = await machine.done('complete', 'fish', '--', ...words);
    return stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => line.split('\t')[0] ?? '');
  }

  it('offers the applications, and for removal what an application has', async () => {
    const machine = await machineWith({
      web_origins: ['http://localhost:3000', 'https://*.example.com'],
      allowed_origins: ['http://localhost:3000'],
      callbacks: ['https://a.example/cb'],
    });
    expect(await offered(machine, 'app', 'origins', 'remove', '')).toEqual(['web']);
    expect(await offered(machine, 'app', 'origins', 'remove', 'web', '')).toEqual([
      'http://localhost:3000',
      'https://*.example.com',
    ]);
    expect(await offered(machine, 'app', 'origins', 'remove', 'web', 'https:')).toEqual(['https://*.example.com']);
    expect(await offered(machine, 'app', 'callbacks', 'remove', 'web', '')).toEqual(['https://a.example/cb']);
    expect(await offered(machine, 'app', 'logout-urls', 'remove', 'web', '')).toEqual([]);
    expect(await offered(machine, 'app', 'origins', 'remove', 'nobody', '')).toEqual([]);
    expect(await offered(machine, 'app', 'origins', 'add', 'web', '')).toEqual([]);
  });

  it('offers them for a tenant elsewhere too', async () => {
    const machine = await freshMachine();
    const tenant = await servedTenant(machine.clock);
    await changeDocument(tenant.store, 'client', 'web', { ...noUrls, callbacks: ['https://a.example/cb'] });
    await useRemote(machine, tenant);
    expect(await offered(machine, 'app', 'callbacks', 'remove', 'web', '')).toEqual(['https://a.example/cb']);
  });
});
