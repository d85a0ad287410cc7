import { describe, expect, it } from 'vitest';
import { tokenWatchCommand } from '../../../../src/cli/commands/token/watch.ts';
import {
  changeDocument,
  documentNamed,
  type Machine,
  openMachine,
  parsed,
  servedAnswer,
  servedTenant,
  useRemote,
} from '../../../support/command.ts';
import { openGates } from '../../../support/local.ts';

/** Access tokens of five minutes. */
const short = { token_lifetime_for_anonymous_access: 300, token_lifetime_for_anonymous_access_tokens: 300 };

async function machineWithSession(edition: 'preview' | 'ea' = 'preview'): Promise<Machine> {
  const machine = await openMachine({ edition });
  await changeDocument(machine.store, 'resource_server', 'shop', short);
  await machine.done('token', 'create');
  return machine;
}

/** Watches until `text` was printed, then Ctrl-C. */
async function watchedUntil(machine: Machine, text: string, ...options: string[]) {
  const printed = machine.printed(text);
  const running = machine.run('token', 'watch', ...options);
  await printed;
  machine.interrupt();
  return running;
}

describe('token watch', () => {
  it('prints one event per line in a pipe, and renews a minute before the expiry', async () => {
    const machine = await machineWithSession();
    const { code, stdout, stderr } = await watchedUntil(machine, '12:08:00 UTC  renewed');
    expect(code).toBe(130);
    expect(stderr).toBe('error: Interrupted.\n');
    expect(stdout.split('\n').slice(0, 3)).toEqual([
      '2026-06-01 12:00:00 UTC  started  access token ends in 5 min 0 s  session ends in 30 d 0 h 0 min 0 s',
      '2026-06-01 12:04:00 UTC  renewed  access token ends in 5 min 0 s  session ends in 30 d 0 h 0 min 0 s',
      '2026-06-01 12:08:00 UTC  renewed  access token ends in 5 min 0 s  session ends in 30 d 0 h 0 min 0 s',
    ]);
  });

  it('prints one JSON object per event, and saves renewed tokens', async () => {
    const machine = await machineWithSession('ea');
    const { access_token: before } = (await machine.done('token', 'decode', '--json')).json;
    const { stdout } = await watchedUntil(machine, '"renewed"', '--json');
    const [started, renewed] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(started).toEqual({
      event: 'started',
      at: '2026-06-01T12:00:00.000Z',
      guest_id: before.claims.sub,
      access_token_expires_at: '2026-06-01T12:05:00.000Z',
      session_expires_at: '2026-07-01T12:00:00.000Z',
      renewals: 0,
    });
    expect(renewed).toMatchObject({
      event: 'renewed',
      at: '2026-06-01T12:04:00.000Z',
      access_token_expires_at: '2026-06-01T12:09:00.000Z',
      session_expires_at: '2026-07-01T12:00:00.000Z',
    });
    const { access_token: after } = (await machine.done('token', 'decode', '--json')).json;
    expect(after.claims.exp).toBeGreaterThan(before.claims.exp);
    expect(stdout).not.toContain('eyJ');
  });

  it('redraws one block on a terminal every second', async () => {
    const machine = await machineWithSession();
    machine.terminal.interactive = true;
    const { stdout } = await watchedUntil(machine, 'renewed       1 time\n');
    const blocks = stdout.split('\u001b[5A\u001b[J');
    expect(blocks[0]).toMatch(
      /^Session default of profile local {2}Ctrl-C to leave\n {2}guest +anon\|\S+\n {2}access token {2}ends in 5 min 0 s\n {2}session +ends in 30 d .*\n {2}renewed +0 times\n$/,
    );
    expect(blocks[2]).toContain('ends in 4 min 59 s\n');
    expect(blocks.length).toBeGreaterThan(240);
  });

  it('redraws all rows of it if it is wider than the terminal', async () => {
    const machine = await machineWithSession();
    Object.assign(machine.terminal, { interactive: true, columns: 40 });
    const { stdout } = await watchedUntil(machine, 'ends in 4 min 58 s');
    const [first = '', ...others] = stdout.split(/(?=\p{Cc}\[\d+A)/u);
    expect(others.length).toBeGreaterThan(1);
    // The guest's id is not broken; the terminal shows it in two rows.
    const lines = first.split('\n').slice(0, -1);
    expect(lines.filter((line) => line.length > 40)).toEqual([expect.stringMatching(/^anon\|[\da-f-]{36}$/)]);
    for (const block of others) expect(block.startsWith(`\u001b[${lines.length + 1}A\u001b[J`)).toBe(true);
  });

  it('distinguishes a session that never expires from an unknown lifetime', async () => {
    const machine = await openMachine();
    await machine.done('tenant', 'set-lifetime', 'never');
    await machine.done('token', 'create');
    const { stdout } = await watchedUntil(machine, 'started');
    expect(stdout).toMatch(/session never ends$/m);
  });

  it.each([
    ['--no-save', []],
    ['ANON_SAVE=0', ['ANON_SAVE']],
  ])('saves nothing with %s, and continues to renew', async (option, [variable]) => {
    const machine = await machineWithSession();
    const before = (await machine.done('session', 'export')).stdout;
    if (variable) machine.env[variable] = '0';
    const { stdout } = await watchedUntil(machine, '12:08:00 UTC  renewed', ...(variable ? [] : [option]));
    expect(stdout.split('\n').map((line) => line.slice(11, 32))).toEqual([
      '12:00:00 UTC  started',
      '12:04:00 UTC  renewed',
      '12:08:00 UTC  renewed',
      '',
    ]);
    expect((await machine.done('session', 'export')).stdout).toBe(before);
  });

  it('ends with a session that expired while the machine was asleep, and marks it', async () => {
    const machine = await machineWithSession();
    machine.clock.forward(31 * 86_400);
    const { code, stdout, stderr } = await machine.run('token', 'watch');
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: 'error: The session has expired.\nhint:  Create a new one: anon-cli token create\n',
    });
    expect(stdout.split('\n').map((line) => line.slice(25, 32))).toEqual(['started', 'ended  ', '']);
  });

  it('ends with the session, which is never extended in edition ea', async () => {
    const machine = await openMachine({ edition: 'ea' });
    await changeDocument(machine.store, 'resource_server', 'shop', short);
    await machine.done('tenant', 'set-lifetime', '7m');
    await machine.done('token', 'create');
    const { code, stdout, stderr } = await machine.run('token', 'watch');
    expect(code).toBe(3);
    expect(stderr).toBe('error: The session has expired.\nhint:  Create a new one: anon-cli token create\n');
    expect(stdout.split('\n').map((line) => line.slice(11, 32))).toEqual([
      '12:00:00 UTC  started',
      '12:04:00 UTC  renewed',
      '12:07:00 UTC  ended  ',
      '',
    ]);
  });

  it('sends at most one request per second, even if access tokens arrive expired', async () => {
    const machine = await openMachine();
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = `${part({ alg: 'RS256' })}.${part({})}.AAAA`;
    const tokens = { access_token: token, session_token: token, token_type: 'Bearer', expires_in: 0 };
    let left = 4;
    const { url } = await servedAnswer(async (request) => {
      if (new URL(request.url).pathname !== '/anonymous/token') return new Response(null, { status: 404 });
      left -= 1;
      return left >= 0 ? Response.json(tokens) : Response.json({ error: 'session_expired' }, { status: 400 });
    });
    machine.env.AUTH0_DOMAIN = url;
    await machine.done('token', 'create', '--app', 'abc', '--api', 'urn:shop');
    const { stdout } = await machine.run('token', 'watch');
    expect(stdout.split('\n').map((line) => line.slice(11, 32).trimEnd())).toEqual([
      '12:00:00 UTC  started',
      '12:00:00 UTC  renewed',
      '12:00:01 UTC  renewed',
      '12:00:02 UTC  renewed',
      '12:00:03 UTC  ended',
      '',
    ]);
  });

  it('tries again after a temporary failure, and reports it', async () => {
    const machine = await openMachine();
    let failures = 1;
    const tenant = await servedTenant(machine.clock, {
      answer: (request) => {
        const refuse = machine.clock.now() > Date.UTC(2026, 5, 1, 12, 1) && request.method === 'POST' && failures-- > 0;
        return refuse
          ? new Response('{"error":"server_error","error_description":"down"}', { status: 500 })
          : undefined;
      },
    });
    await openGates(tenant.store, {
      client: String((await documentNamed(tenant.store, 'client', 'web')).client_id),
      resource_server: String((await documentNamed(tenant.store, 'resource_server', 'shop')).id),
    });
    await changeDocument(tenant.store, 'resource_server', 'shop', short);
    await useRemote(machine, tenant);
    await machine.done('token', 'create');
    const { code, stdout } = await watchedUntil(machine, 'renewed');
    expect(code).toBe(130);
    expect(stdout).toMatch(
      /12:04:00 UTC {2}renewal failed {2}access token ends in 1 min 0 s {2}server_error \(500\): down\n/,
    );
  });

  it('ends after a permanent failure', async () => {
    const machine = await machineWithSession();
    await changeDocument(machine.store, 'client', 'web', { can_create_anonymous_sessions: false });
    expect(await machine.run('token', 'watch')).toMatchObject({ code: 5 });
  });

  it('needs a session', async () => {
    const { run } = await openMachine();
    expect(await run('token', 'watch')).toMatchObject({
      code: 1,
      stderr: "error: Session 'default' not found in profile 'local'.\nhint:  Create it: anon-cli token create\n",
    });
  });

  it('parses its option', async () => {
    expect(await parsed(tokenWatchCommand, '--client-secret', '-')).toEqual([{ clientSecret: '-', save: true }]);
  });
});
