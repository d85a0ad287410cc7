import { describe, expect, it } from 'vitest';
import { appDeleteCommand } from '../../../src/cli/commands/app/write.ts';
import { managementAudience } from '../../../src/wire/oauth.ts';
import {
  changeDocument,
  documentNamed,
  freshMachine,
  type Machine,
  openMachine,
  parsed,
  servedTenant,
  useRemote,
} from '../../support/command.ts';

async function remoteMachine(edition: 'preview' | 'ea' = 'ea') {
  const machine = await freshMachine();
  const tenant = await servedTenant(machine.clock, { edition });
  await changeDocument(tenant.store, 'client', 'web', { oidc_conformant: true });
  await useRemote(machine, tenant);
  await machine.open();
  return { machine, tenant };
}

const deletions = (requests: readonly { method: string; path: string }[]) =>
  requests.filter(({ method }) => method === 'DELETE').map(({ path }) => path);

async function namesOf(machine: Machine, noun: 'app' | 'api'): Promise<string[]> {
  return (await machine.done(noun, 'list', '--json')).json.map(({ name }: { name: string }) => name);
}

describe.each([
  ['app', 'web', 'application web'],
  ['api', 'shop', 'API shop'],
] as const)('%s delete', (noun, name, subject) => {
  it('asks on a terminal, and shows what is deleted with it', async () => {
    const { machine, tenant } = await remoteMachine();
    machine.terminal.interactive = true;
    machine.answers.push(false);
    const declined = await machine.run(noun, 'delete', name);
    expect(declined).toMatchObject({ code: 1, stdout: '' });
    expect(declined.stderr).toContain(`This can't be undone:\n  remove ${subject}`);
    expect(declined.stderr).toMatch(/guest grant \(.+\) +read:catalog write:cart/);
    expect(declined.stderr).toContain('error: Deletion declined; nothing was sent.');
    expect(deletions(tenant.requests)).toEqual([]);
    machine.answers.push(true);
    const { stdout } = await machine.done(noun, 'delete', name);
    expect(stdout).toContain(`✔ Deleted ${subject}\n`);
    expect(deletions(tenant.requests)).toHaveLength(1);
    expect(await namesOf(machine, noun)).not.toContain(name);
    expect(
      (await tenant.store.list('client_grant')).filter(({ subject_type }) => subject_type === 'anonymous_user'),
    ).toEqual([]);
  });

  it('needs --yes without a terminal, and sends nothing in a dry run', async () => {
    const { machine, tenant } = await remoteMachine();
    expect(await machine.run(noun, 'delete', name)).toMatchObject({ code: 2, stdout: '' });
    const dry = (await machine.done(noun, 'delete', name, '--dry-run', '--json')).json;
    expect(dry).toMatchObject({ name, deleted: false, dry_run: true, requests: [{ method: 'DELETE' }] });
    expect(dry.guest_grants).toMatchObject([{ scopes: ['read:catalog', 'write:cart'] }]);
    expect(deletions(tenant.requests)).toEqual([]);
    expect((await machine.done(noun, 'delete', name, '--yes', '--json')).json).toMatchObject({ name, deleted: true });
    expect(await machine.run(noun, 'delete', name, '--yes')).toMatchObject({ code: 1 });
  });

  it('asks for the name of a production tenant', async () => {
    const { machine, tenant } = await remoteMachine();
    await machine.done('profile', 'set', 'production', 'on');
    machine.terminal.interactive = true;
    machine.replies.push('no');
    expect(await machine.run(noun, 'delete', name)).toMatchObject({ code: 1 });
    machine.replies.push(new URL(tenant.url).host);
    await machine.done(noun, 'delete', name);
    expect(deletions(tenant.requests)).toHaveLength(1);
  });

  it("removes it from the profile's defaults", async () => {
    const { machine } = await remoteMachine('preview');
    await machine.done('profile', 'set', noun, name);
    await machine.done(noun, 'delete', name, '--yes');
    expect((await machine.done('profile', 'show', '--json')).json[noun]).toBeNull();
  });
});

describe('what is never deleted', () => {
  it('is the application that the tool signs in with', async () => {
    const { machine, tenant } = await remoteMachine();
    const { client_id: id, client_secret: secret } = await documentNamed(tenant.store, 'client', 'web');
    const audience = managementAudience(tenant.issuer);
    await tenant.store.write(async (writer) => {
      for (const grant of await writer.list('client_grant')) {
        if (grant.audience !== audience) continue;
        writer.put('client_grant', 'cgr_web', { ...grant, id: 'cgr_web', client_id: id });
      }
    });
    await changeDocument(tenant.store, 'client', 'web', {
      token_endpoint_auth_method: 'client_secret_post',
      grant_types: ['client_credentials'],
    });
    machine.terminal.stdin = String(secret);
    await machine.done('login', 'remote', '--client-id', String(id), '--client-secret', '-');
    machine.terminal.stdin = undefined;
    const refused = {
      code: 2,
      stderr: expect.stringContaining("Application 'web' can't be deleted: profile 'remote' signs in with it."),
    };
    expect(await machine.run('app', 'delete', 'web', '--yes')).toMatchObject(refused);
    // Nor the one that a token was given to.
    const answer = await fetch(`${tenant.url}/oauth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ grant_type: 'client_credentials', client_id: id, client_secret: secret, audience }),
    });
    const { access_token: token } = (await answer.json()) as { access_token: string };
    machine.terminal.stdin = token;
    await machine.done('login', 'remote', '--access-token', '-');
    machine.terminal.stdin = undefined;
    expect(await machine.run('app', 'delete', 'web', '--yes')).toMatchObject(refused);
    expect(deletions(tenant.requests)).toEqual([]);
  });

  it("is the tenant's own API", async () => {
    const { machine, tenant } = await remoteMachine();
    expect(await machine.run('api', 'delete', 'Auth0 Management API', '--yes')).toMatchObject({ code: 2 });
    expect(await machine.run('api', 'delete', managementAudience(tenant.issuer), '--yes')).toMatchObject({ code: 2 });
    expect(deletions(tenant.requests)).toEqual([]);
  });
});

describe('a second one with the same name', () => {
  it.each([
    ['app', ['app', 'create', 'web'], "Application 'web' already exists "],
    ['api', ['api', 'create', 'shop', '--audience', 'urn:other'], "API 'shop' already exists "],
    [
      'api',
      ['api', 'create', 'Auth0 Management API', '--audience', 'urn:x'],
      "API 'Auth0 Management API' already exists",
    ],
  ] as const)('is refused: %s', async (noun, command, message) => {
    const machine = await freshMachine();
    const before = await namesOf(machine, noun);
    for (const options of [[], ['--dry-run']]) {
      expect(await machine.run(...command, ...options)).toMatchObject({
        code: 2,
        stdout: '',
        stderr: expect.stringMatching(new RegExp(`^error: ${message}.*\n.*--allow-duplicate.\n$`)),
      });
    }
    expect(await namesOf(machine, noun)).toEqual(before);
    await machine.done(...command, '--allow-duplicate');
    expect(await namesOf(machine, noun)).toHaveLength(before.length + 1);
  });
});

it('credentials without read access can still create one with --allow-duplicate', async () => {
  const machine = await freshMachine();
  const refusal = { statusCode: 403, error: 'Forbidden', message: 'Insufficient scope, expected any of: read:clients' };
  const tenant = await servedTenant(machine.clock, {
    answer: ({ method, url }) =>
      method === 'GET' && url.includes('/api/v2/clients?')
        ? Response.json({ ...refusal, errorCode: 'insufficient_scope' }, { status: 403 })
        : undefined,
  });
  await useRemote(machine, tenant);
  expect(await machine.run('app', 'create', 'kiosk')).toMatchObject({
    code: 4,
    stderr: expect.stringContaining(
      'To create it without checking for one with the same name, pass --allow-duplicate.',
    ),
  });
  await machine.done('app', 'create', 'kiosk', '--allow-duplicate');
});

describe('OIDC conformance', () => {
  it('set by app enable is reported, and app disable --undo-conformant undoes it', async () => {
    const machine = await openMachine({ edition: 'ea' });
    const conformance = async () => (await documentNamed(machine.store, 'client', 'old')).oidc_conformant;
    await machine.done('app', 'create', 'old');
    await changeDocument(machine.store, 'client', 'old', { oidc_conformant: false });
    const { stdout } = await machine.done('app', 'enable', 'old', '--oidc-conformant');
    expect(await conformance()).toBe(true);
    expect(stdout).toContain('To undo it: anon-cli app disable old --undo-conformant\n');
    expect((await machine.done('app', 'enable', 'old', '--oidc-conformant')).stdout).not.toContain('To undo it');
    await machine.done('app', 'disable', 'old');
    expect(await conformance()).toBe(true);
    const { json } = await machine.done('app', 'disable', 'old', '--undo-conformant', '--json');
    expect(json.changes).toMatchObject([{ member: 'oidc_conformant', before: true, after: false }]);
    expect(await conformance()).toBe(false);
  });
});

describe('a profile that is not removed by accident', () => {
  async function profileWith({ production = false, session = false }) {
    const { machine } = await remoteMachine('preview');
    if (session) await machine.done('token', 'create');
    if (production) await machine.done('profile', 'set', 'production', 'on');
    return machine;
  }

  it.each([
    [{ production: true }, "Profile 'remote' is marked production"],
    [{ session: true }, "Profile 'remote' has 1 saved session"],
    [{ production: true, session: true }, "Profile 'remote' is marked production and has 1 saved session"],
  ])('is removed after confirmation: %j', async (has, fact) => {
    const machine = await profileWith(has);
    expect(await machine.run('profile', 'remove', 'remote')).toMatchObject({
      code: 2,
      stderr: `error: ${fact}, and there is no terminal to ask on.\nhint:  To confirm, pass --yes.\n`,
    });
    machine.terminal.interactive = true;
    machine.answers.push(false);
    expect(await machine.run('profile', 'remove', 'remote')).toMatchObject({ code: 1, stdout: '' });
    expect(machine.questions).toEqual([`${fact}. Remove it?`]);
    machine.terminal.interactive = false;
    await machine.done('profile', 'remove', 'remote', '--yes');
    expect((await machine.done('profile', 'list', '--json')).json).toHaveLength(1);
  });

  it('is removed without a question if nothing is lost', async () => {
    const machine = await profileWith({});
    await machine.done('profile', 'remove', 'remote');
  });

  it('stays marked as production until confirmed', async () => {
    const machine = await profileWith({ production: true });
    const off = ['profile', 'set', 'production', 'off'];
    expect(await machine.run(...off)).toMatchObject({ code: 2 });
    machine.terminal.interactive = true;
    machine.answers.push(false);
    expect(await machine.run(...off)).toMatchObject({ code: 1 });
    expect((await machine.done('profile', 'show', '--json')).json.production).toBe(true);
    machine.answers.push(true);
    await machine.done(...off);
    machine.terminal.interactive = false;
    await machine.done(...off);
    await machine.done('profile', 'set', 'production', 'on');
    await machine.done(...off, '--yes');
    expect((await machine.done('profile', 'show', '--json')).json.production).toBe(false);
  });
});

it('app delete parses its options', async () => {
  expect(await parsed(appDeleteCommand, 'kiosk', '--dry-run', '-y')).toEqual(['kiosk', { dryRun: true, yes: true }]);
});
