import { describe, expect, it } from 'vitest';
import { transferRehearseCommand } from '../../../../src/cli/commands/transfer/rehearse.ts';
import { exportState } from '../../../../src/local/state/carried-state.ts';
import { changeDocument, documentNamed, parsed, servedTenant, useRemote } from '../../../support/command.ts';
import { jane, machineWithGuest, rehearsal } from '../../../support/rehearsing-machine.ts';

const merge = `exports.onExecutePostLogin = async (event, api) => {
  const guest = event.anonymous_session;
  if (!guest) return;
  console.log('merging', guest.metadata.cart);
  api.user.setAppMetadata('cart', guest.metadata.cart);
  api.idToken.setCustomClaim('https://shop.example/guest', guest.user_id);
  api.accessToken.setCustomClaim('https://shop.example/cart', guest.metadata.cart);
};`;

describe('transfer rehearse', () => {
  it('prints the verdict first, then what the Action did and what differs', async () => {
    const machine = await machineWithGuest('ea');
    const { stdout, stderr } = await machine.done(...rehearsal, '--action', machine.file('merge.js', merge));
    expect(stdout.replaceAll(/anon@[0-9a-f-]{36}/g, 'GUEST')).toBe(`✔ The guest came along by ticket.

Actions
  ✔ merge.js (post-login)
    printed       merging tea
    app_metadata  cart = tea
    ID token      https://shop.example/guest = GUEST
    access token  https://shop.example/cart = tea

User jane@example.com  1 difference
  + app_metadata.cart  "tea"

Compared with the same login without the guest:
ID token  1 difference
  + claims.https://shop.example/guest  "GUEST"
Access token  1 difference
  + claims.https://shop.example/cart  "tea"

This was a rehearsal: the tenant and its users are unchanged.
`);
    expect(stderr).toBe('');
  });

  it('prints everything as JSON, without a token', async () => {
    const machine = await machineWithGuest('preview');
    const { stdout, json } = await machine.done(...rehearsal, '--action', machine.file('merge.js', merge), '--json');
    const { client_id } = await documentNamed(machine.store, 'client', 'web');
    const guest = expect.stringMatching(/^anon\|/);
    expect(json).toMatchObject({
      ...{ carried: true, verdict: 'The guest came along by query parameter.', reasons: [], via: 'query' },
      ...{ edition: 'preview', app: { client_id, name: 'web' }, guest_id: guest },
      api: { audience: 'https://api.shop.example', name: 'shop' },
      user: {
        ...{ email: jane, is_new: false, before: { email: jane }, after: { logins_count: 1 } },
        changes: [{ path: 'app_metadata.cart', after: 'tea' }],
      },
      actions: [{ action: 'merge.js', trigger: 'post-login', ok: true, failure: null, denied: null }],
      ...{ refused: null, refused_without_guest: null },
      id_token: { claims: { email: jane }, changes: [{ path: 'claims.https://shop.example/guest', after: guest }] },
      access_token: { changes: [{ path: 'claims.https://shop.example/cart', after: 'tea' }] },
    });
    expect(json.access_token.claims.scope.split(' ')).toContain('write:orders');
    expect(stdout).not.toContain('eyJ');
  });

  it.each(['query', 'header', 'cookie'])('carries the guest by %s where it is asked to', async (via) => {
    const machine = await machineWithGuest('ea');
    expect((await machine.done(...rehearsal, '--via', via, '--field', 'via')).stdout).toBe(`${via}\n`);
  });

  it('rehearses a sign-up', async () => {
    const machine = await machineWithGuest('ea');
    const line = ['transfer', 'rehearse', '--user', 'New@Example.com', '--new-user'];
    const { stdout } = await machine.done(...line, '--action', machine.file('merge.js', merge));
    expect(stdout).toContain('User new@example.com  ✔ created\n  + app_metadata.cart  "tea"\n');
    expect((await machine.done(...line, '--json')).json.user).toMatchObject({
      ...{ is_new: true, before: null, after: { email: 'new@example.com', logins_count: 1 }, changes: [] },
    });
  });

  it('leaves the state and the saved session as they were', async () => {
    const machine = await machineWithGuest('ea');
    const before = [await exportState(machine.store), await machine.store.list('login_session')];
    const session = (await machine.done('session', 'show', '--json')).stdout;
    await machine.done(...rehearsal, '--action', machine.file('merge.js', merge));
    await machine.done('transfer', 'rehearse', '--user', 'new@example.com', '--new-user');
    expect([await exportState(machine.store), await machine.store.list('login_session')]).toEqual(before);
    expect((await machine.done('session', 'show', '--json')).stdout).toBe(session);
  });

  it('takes a session that is not saved, from stdin', async () => {
    const machine = await machineWithGuest('ea');
    const { json } = await machine.done('token', 'create', '--no-save', '--json');
    machine.terminal.stdin = json.session_token;
    const { stdout } = await machine.done(...rehearsal, '--session-token', '-', '--app', 'web', '--field', 'guest_id');
    expect(stdout.trim()).toBe(json.decoded.access_token.claims.sub);
  });

  it('asks for no API where the session has none any more', async () => {
    const machine = await machineWithGuest('ea');
    await machine.done('api', 'delete', 'shop', '--yes');
    expect((await machine.done(...rehearsal, '--json')).json).toMatchObject({
      carried: true,
      api: null,
      access_token: null,
    });
  });

  it('says that no Action ran', async () => {
    const machine = await machineWithGuest('ea');
    expect((await machine.done(...rehearsal)).stdout).toContain('Actions  none ran; to try one: --action <file>\n');
  });

  it('parses its options', async () => {
    expect(await parsed(transferRehearseCommand, '--user', jane, '--via', 'cookie')).toEqual([
      { user: jane, via: 'cookie' },
    ]);
    await expect(parsed(transferRehearseCommand)).rejects.toMatchObject({ code: 'usage' });
    await expect(parsed(transferRehearseCommand, '--user', jane, '--via', 'post')).rejects.toMatchObject({
      code: 'usage',
    });
  });
});

describe('before a rehearsal', () => {
  it.each([
    [
      'an unknown user',
      ['--user', 'joe@example.com'],
      1,
      /User 'joe@example\.com' not found\..*anon-cli local user add joe@example\.com/s,
    ],
    ['a new user who exists', ['--user', jane, '--new-user'], 2, /User 'jane@example\.com' already exists\./],
    [
      'a new user without an address',
      ['--user', 'jane', '--new-user'],
      2,
      /--new-user needs an e-mail address, not 'jane'\./,
    ],
    [
      'a missing file',
      ['--user', jane, '--action', './no.js'],
      2,
      /\.\/no\.js is not an Action: its file does not exist/,
    ],
    ['an unknown session', ['--user', jane, '--session', 'cart'], 1, /Session 'cart' not found/],
  ])('%s is refused', async (_, options, code, words) => {
    const machine = await machineWithGuest('ea');
    const ran = await machine.run('transfer', 'rehearse', ...options);
    expect(ran.code).toBe(code);
    expect(ran.stderr.replaceAll(/\s+/g, ' ')).toMatch(words);
    expect(ran.stdout).toBe('');
  });

  it('an application without callbacks is refused', async () => {
    const machine = await machineWithGuest('ea');
    await changeDocument(machine.store, 'client', 'web', { callbacks: [] });
    const { code, stderr } = await machine.run(...rehearsal);
    expect([code, stderr.replaceAll(/\s+/g, ' ')]).toEqual([
      1,
      expect.stringContaining('Add one: anon-cli app callbacks add web http://localhost:3000/callback'),
    ]);
  });

  it('a ticket is refused in edition preview', async () => {
    const machine = await machineWithGuest('preview');
    const { code, stderr } = await machine.run(...rehearsal, '--via', 'ticket');
    expect([code, stderr]).toEqual([7, expect.stringContaining('Edition preview has no transfer tickets.')]);
  });

  it('a real tenant is refused without a call', async () => {
    const machine = await machineWithGuest('ea');
    const tenant = await servedTenant(machine.clock);
    await useRemote(machine, tenant);
    const asked = tenant.requests.length;
    const { code, stderr } = await machine.run(...rehearsal);
    expect([code, stderr]).toEqual([7, expect.stringContaining('this command is for the local tenant only.')]);
    expect(tenant.requests.length).toBe(asked);
    expect((await machine.run(...rehearsal, '--profile', 'local')).code).toBe(0);
  });
});
