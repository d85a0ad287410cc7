import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { tokenTransferCommand } from '../../../../src/cli/commands/token/transfer.ts';
import {
  changeDocument,
  documentNamed,
  freshMachine,
  openMachine,
  parsed,
  servedTenant,
  useRemote,
} from '../../../support/command.ts';

const redirect = 'http://localhost:3000/callback';
const ticketShape = /^eyJ[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/;

async function machineWithSession() {
  const machine = await openMachine({ edition: 'ea' });
  await machine.done('token', 'create', '--meta', 'language=en');
  return machine;
}

describe('token transfer', () => {
  it('prints only the ticket in a pipe', async () => {
    const { done, clock } = await machineWithSession();
    const { stdout, stderr } = await done('token', 'transfer');
    expect(stdout.trimEnd()).toMatch(ticketShape);
    expect(stderr).toBe('');
    expect(clock.waits).toEqual([]);
  });

  it('prints its expiry and guest as JSON', async () => {
    const { done, store } = await machineWithSession();
    expect((await done('token', 'transfer', '--json')).json).toEqual({
      anon_transfer_token: expect.stringMatching(ticketShape),
      expires_in: 30,
      expires_at: '2026-06-01T12:00:30.000Z',
      client_id: (await documentNamed(store, 'client', 'web')).client_id,
    });
  });

  it('prints the /authorize URL for a redirect URI, with a new state and nonce', async () => {
    const { done, store } = await machineWithSession();
    const { json } = await done('token', 'transfer', '--redirect-uri', redirect, '--json');
    const url = new URL(json.authorize_url);
    expect(url.origin + url.pathname).toBe('https://localhost:4400/authorize');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      response_type: 'code',
      client_id: (await documentNamed(store, 'client', 'web')).client_id,
      redirect_uri: redirect,
      scope: 'openid profile email',
      state: json.state,
      nonce: json.nonce,
      anon_transfer_token: json.anon_transfer_token,
    });
    const again = await done(
      'token',
      'transfer',
      '--redirect-uri',
      redirect,
      '--login-scope',
      'openid,email',
      '--json',
    );
    expect(new URL(again.json.authorize_url).searchParams.get('scope')).toBe('openid email');
    for (const member of ['state', 'nonce']) {
      expect(json[member]).toMatch(/^[\w-]{22}$/);
      expect(again.json[member]).not.toBe(json[member]);
    }
    const { stdout } = await done('token', 'transfer', '--redirect-uri', redirect);
    expect(stdout).toMatch(/^https:\/\/localhost:4400\/authorize\?\S+\n$/);
  });

  it('adds a code challenge with --pkce, and prints its verifier', async () => {
    const { done } = await machineWithSession();
    const { json } = await done('token', 'transfer', '--redirect-uri', redirect, '--pkce', '--json');
    const { searchParams } = new URL(json.authorize_url);
    expect(searchParams.get('code_challenge_method')).toBe('S256');
    expect(searchParams.get('code_challenge')).toBe(
      createHash('sha256').update(json.code_verifier).digest('base64url'),
    );
    expect(json.code_verifier).toMatch(/^[\w-]{43}$/);
    const { stdout } = await done('token', 'transfer', '--redirect-uri', redirect, '--pkce');
    expect(stdout).toMatch(/^https:\S+\n[\w-]{43}\n$/);
  });

  it('counts down the seconds on stderr, at a terminal', async () => {
    const machine = await machineWithSession();
    machine.terminal.interactive = true;
    const { stdout, stderr } = await machine.done('token', 'transfer', '--redirect-uri', redirect, '--pkce');
    expect(stdout).toMatch(
      /^✔ Transfer ticket for web, valid once and for 30 seconds\n {2}state +\S{22}\n {2}nonce +\S{22}\n {2}code verifier +\S{43}\n\nhttps:\S+\n$/,
    );
    expect(machine.clock.waits).toEqual(Array(30).fill(1000));
    const lines = stderr.split('\r\u001b[2K');
    expect(lines[1]).toBe('valid for 30 s, once; Ctrl-C to leave');
    expect(lines[30]).toBe('valid for 1 s, once; Ctrl-C to leave');
    expect(lines[31]).toBe('The ticket has expired. For another: anon-cli token transfer\n');
    await machine.done('token', 'transfer', '--json');
    expect(machine.clock.waits).toHaveLength(30);
  });

  it('ends on Ctrl-C after the ticket is printed', async () => {
    const machine = await machineWithSession();
    machine.terminal.interactive = true;
    const printed = machine.printed('Transfer ticket');
    const running = machine.run('token', 'transfer');
    await printed;
    machine.interrupt();
    const { code, stdout, stderr } = await running;
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(ticketShape);
    expect(stderr).not.toContain('The ticket has expired');
  });

  it('uses the given session and the given application', async () => {
    const { run, done, terminal, store } = await machineWithSession();
    const { json } = await done('token', 'create', '--json');
    terminal.stdin = json.session_token;
    const { stdout } = await done('token', 'transfer', '--session-token', '-', '--app', 'web', '--field', 'client_id');
    expect(stdout.trim()).toBe((await documentNamed(store, 'client', 'web')).client_id);
    terminal.stdin = 'no token';
    expect(await run('token', 'transfer', '--session-token', '-')).toMatchObject({ code: 3, stdout: '' });
  });

  it('sends one request, with the session token and the transfer audience', async () => {
    const machine = await openMachine();
    const tenant = await servedTenant(machine.clock, { edition: 'ea' });
    const { client_id } = await documentNamed(tenant.store, 'client', 'web');
    await changeDocument(tenant.store, 'client', 'web', { anonymous_sessions: { active: true } });
    await useRemote(machine, tenant);
    machine.terminal.stdin = 'ANONYMOUS_SESSION_eyJ.of.another.tenant.x';
    const { code, stderr } = await machine.run('token', 'transfer', '--session-token', '-', '--app', String(client_id));
    expect(code).toBe(3);
    expect(stderr).toMatch(/^error: invalid_session_token \(400\)/);
    const asked = tenant.requests.filter(({ path }) => path === '/anonymous/token');
    expect(asked.map(({ body }) => JSON.parse(body))).toEqual([
      { client_id, audience: 'urn:auth0:anon_transfer', session_token: 'ANONYMOUS_SESSION_eyJ.of.another.tenant.x' },
    ]);
  });

  it('is refused in edition preview, with an alternative, also if only the tenant can tell', async () => {
    const machine = await freshMachine();
    const { run, done, open } = machine;
    await useRemote(machine, await servedTenant(machine.clock));
    await open();
    const refused = (words: string) => ({
      code: 7,
      stdout: '',
      stderr: expect.stringMatching(
        `^error: Edition preview has no transfer tickets\\.${words}\nhint:  .*anonymous_session_token=`,
      ),
    });
    expect(await run('token', 'transfer')).toMatchObject(refused(''));
    await done('token', 'create');
    const words = ' The tenant reported: "[^"]+"';
    expect(await run('token', 'transfer', '--edition', 'ea')).toMatchObject(refused(words));
  });

  it.each([
    [['--pkce'], '--pkce needs --redirect-uri.'],
    [['--redirect-uri', 'callback'], "'callback' is not a redirect URI."],
    [['--redirect-uri', `${redirect}#there`], "A redirect URI can't have a fragment"],
    [['--session-token', '-', '--client-secret', '-'], 'Only one option can read stdin'],
    [['--session', '../x'], "Invalid session name '../x'."],
  ])('refuses %j', async (options, text) => {
    const { run } = await openMachine({ edition: 'ea' });
    const result = await run('token', 'transfer', ...options);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toContain(text);
  });

  it('needs a session', async () => {
    const { run } = await openMachine({ edition: 'ea' });
    const { code, stdout, stderr } = await run('token', 'transfer');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain("Session 'default' not found in profile 'local'.");
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
      'For a session that is not saved, pass its token with --session-token -. Create it: anon-cli token create',
    );
  });

  it('names the given session if it does not exist, and no other', async () => {
    const { done, run } = await openMachine({ edition: 'ea' });
    await done('token', 'create');
    expect((await run('token', 'transfer', '--session', 'cart')).stderr).toMatch(
      /^error: Session 'cart' not found in profile 'local'\.\nhint: {2}For a session that is not saved, [^.]*\.\s+To see all:\s+anon-cli session list/,
    );
  });

  it('parses its options', async () => {
    expect(await parsed(tokenTransferCommand, '--redirect-uri', redirect, '--pkce')).toEqual([
      { redirectUri: redirect, pkce: true, loginScope: 'openid profile email' },
    ]);
    await expect(parsed(tokenTransferCommand, 'x')).rejects.toMatchObject({ code: 'usage' });
  });
});
