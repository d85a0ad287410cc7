import { describe, expect, it } from 'vitest';
import { claimsListCommand, claimsRemoveCommand, claimsSetCommand } from '../../../src/cli/commands/claims/manage.ts';
import { documentNamed, freshMachine, openMachine, parsed, servedTenant, useRemote } from '../../support/command.ts';
import { claimsOf } from '../../support/local.ts';

const audience = 'https://api.shop.example';
const language = { name: 'language', expression: 'anonymous_session.metadata.language' };

/** A machine whose current session has a language. */
async function guestMachine(edition: 'preview' | 'ea' = 'preview') {
  const machine = await openMachine({ edition });
  await machine.done('token', 'create', '--meta', 'language=en');
  return machine;
}

describe('the options of claims', () => {
  it('are parsed', async () => {
    expect(await parsed(claimsListCommand, '--app', 'web', '--api', 'shop')).toEqual([{ app: 'web', api: 'shop' }]);
    expect(await parsed(claimsSetCommand, 'a', 'user_id', '--app', 'web', '--dry-run', '-y')).toEqual([
      'a',
      'user_id',
      { app: 'web', dryRun: true, yes: true },
    ]);
    expect(await parsed(claimsRemoveCommand, 'a', '--api', 'shop', '--yes')).toEqual(['a', { api: 'shop', yes: true }]);
  });

  it.each([
    [['claims', 'set', 'a'], "Missing required argument 'expression'."],
    [['claims', 'remove'], "Missing required argument 'name'."],
  ])('%j lacks something', async (command, message) => {
    const { run } = await freshMachine();
    expect(await run(...command)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
  });
});

describe.each(['preview', 'ea'] as const)('in edition %s', (edition) => {
  const holder = edition === 'ea' ? 'API shop' : 'application web';
  const flag = edition === 'ea' ? '--api' : '--app';
  const name = edition === 'ea' ? 'shop' : 'web';

  it('a claim is mapped, listed, included in tokens, and removed', async () => {
    const { done, terminal } = await guestMachine(edition);
    const set = await done('claims', 'set', 'language', 'metadata.language');
    expect(set.stdout).toMatch(
      new RegExp(`^✔ Guests' access tokens for ${holder} carry the claim language\n  ${holder} `),
    );
    expect(set.stdout).toContain('not set → [{"name":"language","expression":"anonymous_session.metadata.language"}]');
    expect(set.stdout).toContain("\nThe current session's next access token\n");
    expect(set.stdout).toMatch(/^ {2}language +en ← anonymous_session\.metadata\.language$/m);

    const token = await done('token', 'update', '--field', 'access_token');
    expect(claimsOf(token.stdout).language).toBe('en');
    expect((await done('claims', 'list')).stdout).toBe('language\tanonymous_session.metadata.language\n');
    terminal.interactive = true;
    const listed = await done('claims', 'list');
    terminal.interactive = false;
    expect(listed.stdout).toMatch(
      new RegExp(`^${holder} \\(1 of at most ${edition === 'ea' ? 20 : 10} claims\\)\nCLAIM`),
    );
    expect(listed.stdout).toMatch(/^language {2}anonymous_session\.metadata\.language$/m);

    const removed = await done('claims', 'remove', 'language', flag, name);
    expect(removed.stdout).toMatch(
      new RegExp(`^✔ Guests' access tokens for ${holder} no longer carry the claim language\n`),
    );
    expect(removed.stdout).not.toMatch(/^ {2}language /m);
    const later = await done('token', 'update', '--field', 'access_token');
    expect(claimsOf(later.stdout)).not.toHaveProperty('language');
    expect(await done('claims', 'list')).toMatchObject({ stdout: '' });
    expect((await done('claims', 'list')).stderr).toBe(
      `No claims are mapped for ${holder}. Map one: anon-cli claims set language metadata.language ${flag} ${name}\n`,
    );
  });

  it('everything is available as JSON', async () => {
    const { done, store } = await guestMachine(edition);
    const id = edition === 'ea' ? { audience } : { client_id: (await documentNamed(store, 'client', 'web')).client_id };
    await done('claims', 'set', 'country', 'metadata.country');
    const { json } = await done('claims', 'set', 'language', language.expression, '--json');
    const country = { name: 'country', expression: 'anonymous_session.metadata.country' };
    expect(json).toMatchObject({
      ...id,
      name,
      max_claims: edition === 'ea' ? 20 : 10,
      claims: [country, language],
      dry_run: false,
      changes: [{ subject: holder, before: [country], after: [country, language] }],
      requests: [{ method: 'PATCH' }],
      preview: {
        claims: { aud: audience, language: 'en' },
        mapped: ['language'],
        left_out: [{ name: 'country', unknown: false, reason: "the session's metadata has no 'country'" }],
        reason: null,
      },
    });
    expect(json.preview.claims).not.toHaveProperty('jti');
    const listed = (await done('claims', 'list', '--json')).json;
    expect(listed).toEqual({ ...id, name, max_claims: json.max_claims, claims: json.claims, preview: json.preview });
  });

  it('a dry run sends nothing but shows the token', async () => {
    const { done } = await guestMachine(edition);
    const { stdout } = await done('claims', 'set', 'language', 'metadata.language', '--dry-run');
    expect(stdout).toMatch(/^dry run: nothing was sent\n/);
    expect(stdout).toMatch(/^ {2}language +en ← /m);
    const { json } = await done('claims', 'set', 'language', 'metadata.language', '--dry-run', '--json');
    expect(json).toMatchObject({ dry_run: true, claims: [], preview: { mapped: ['language'] } });
    expect((await done('claims', 'list', '--json')).json.claims).toEqual([]);
  });

  it('an option of the other edition is refused', async () => {
    const { done } = await guestMachine(edition);
    const [other, value, kind] = edition === 'ea' ? ['--app', 'web', 'APIs'] : ['--api', 'shop', 'applications'];
    expect((await done('claims', 'list', other, value)).stderr).toContain(
      `${other} is ignored: in this tenant's edition claims are mapped for ${kind}.`,
    );
  });

  it('no changes means no request', async () => {
    const { done } = await guestMachine(edition);
    await done('claims', 'set', 'language', 'metadata.language');
    const { stdout } = await done('claims', 'set', 'language', 'metadata.language');
    expect(stdout).toContain('  No changes: localhost:4400 is already set this way\n');
  });
});

describe('claims set', () => {
  it.each([
    [['SUB', 'user_id'], "'SUB' is reserved"],
    [['a', 'metadata.x + 1'], 'is a list of names joined by dots'],
    [['a', 'metdata.x'], "Did you mean 'metadata'?"],
  ])('refuses %j before any call', async (words, text) => {
    const machine = await freshMachine();
    const tenant = await servedTenant(machine.clock);
    await useRemote(machine, tenant);
    const { code, stdout, stderr } = await machine.run('claims', 'set', ...words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(text);
    expect(tenant.requests).toEqual([]);
  });

  it('reports that the limit is reached', async () => {
    const { run, store } = await guestMachine();
    const web = await documentNamed(store, 'client', 'web');
    const list = Array.from({ length: 10 }, (_, index) => ({ ...language, name: `c${index}` }));
    await store.write((writer) =>
      writer.put('client', String(web.client_id), { ...web, access_token: { custom_claim_mappings: list } }),
    );
    expect(await run('claims', 'set', 'one_more', 'user_id')).toMatchObject({
      code: 2,
      stdout: '',
      stderr:
        "error: 'web' already maps 10 claims; the maximum is 10.\n" +
        'hint:  Remove one first: anon-cli claims remove <name> --app web\n',
    });
  });

  it('explains why there is no preview', async () => {
    const machine = await openMachine();
    expect((await machine.done('claims', 'set', 'a', 'user_id')).stdout).toMatch(
      /\n\nNo preview: no session is saved\.\n$/,
    );
    await machine.done('token', 'create');
    await machine.done('app', 'create', 'kiosk', '--enable');
    const { json } = await machine.done('claims', 'set', 'a', 'user_id', '--app', 'kiosk', '--json');
    expect(json.preview).toEqual({
      claims: null,
      mapped: [],
      left_out: [],
      metadata_as_last_known: false,
      reason: "the current session is for another application, not 'kiosk'",
    });
  });

  it('asks before it changes a production tenant, and previews a remote session from what was saved', async () => {
    const machine = await freshMachine();
    const tenant = await servedTenant(machine.clock, { edition: 'ea' });
    await useRemote(machine, tenant);
    await machine.open();
    await machine.done('token', 'create', '--meta', 'language=en');
    await machine.done('profile', 'set', 'production', 'on');
    const writes = () => tenant.requests.filter(({ method, path }) => method === 'PATCH' && path.includes('/api/v2/'));
    const before = writes().length;
    const asked = tenant.requests.filter(({ path }) => path === '/anonymous/token').length;
    expect(await machine.run('claims', 'set', 'guest', 'user_id')).toMatchObject({ code: 2 });
    expect(writes()).toHaveLength(before);
    await machine.done('claims', 'set', 'id', 'session_id', '--yes');
    await machine.done('claims', 'set', 'language', 'metadata.language', '--yes');
    const { stdout } = await machine.done('claims', 'set', 'guest', 'user_id', '--yes');
    expect(writes()).toHaveLength(before + 3);
    expect(stdout).toMatch(/^ {2}guest +anon@[0-9a-f-]+ ← anonymous_session\.user_id$/m);
    expect(stdout).toMatch(/^ {2}language +en ← anonymous_session\.metadata\.language$/m);
    expect(stdout).toMatch(/^ {2}id +unknown: the session token is encrypted/m);
    expect(stdout).toMatch(/\n {2}The session token is encrypted; the metadata shown was last saved here\.\n$/);
    expect(tenant.requests.filter(({ path }) => path === '/anonymous/token')).toHaveLength(asked);
  });
});

describe('claims remove', () => {
  it('does not find a claim that is not mapped', async () => {
    const { done, run } = await guestMachine();
    await done('claims', 'set', 'language', 'metadata.language');
    const { code, jsonError } = await run('claims', 'remove', 'langage', '--json');
    expect(code).toBe(1);
    expect(jsonError).toMatchObject({
      code: 'not_found',
      message: "Claim 'langage' not found on 'web'.",
      hint: "Did you mean 'language'? To see all: anon-cli claims list --app web",
    });
  });
});
