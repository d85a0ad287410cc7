import { describe, expect, it } from 'vitest';
import type { Machine, Ran } from '../../../support/command.ts';
import { machineWithGuest, rehearsal } from '../../../support/rehearsing-machine.ts';

/** The exit code, the first line of stdout, and stderr on one line. */
function told({ code, stdout, stderr }: Ran): [number, string, string] {
  return [code, stdout.split('\n')[0] ?? '', stderr.replaceAll(/\s+/g, ' ').trim()];
}

function withAction(machine: Machine, body: string): string[] {
  const file = machine.file('post-login.js', `exports.onExecutePostLogin = async (event, api) => {\n${body}\n};`);
  return [...rehearsal, '--action', file];
}

describe('a guest who does not come along ends the command with 5', () => {
  const verdict = 'The guest did not come along';

  it('because the session has expired', async () => {
    const machine = await machineWithGuest('ea');
    machine.clock.forward(31 * 86_400);
    for (const via of ['ticket', 'query', 'header', 'cookie']) {
      expect(told(await machine.run(...rehearsal, '--via', via))).toEqual([
        ...[5, `✘ ${verdict}: the session has expired.`],
        `error: ${verdict}: the session has expired. hint: Create another: anon-cli token create`,
      ]);
    }
  });

  it("because it is another application's", async () => {
    const machine = await machineWithGuest('preview');
    await machine.done('app', 'create', 'kiosk', '--enable');
    await machine.done('app', 'callbacks', 'add', 'kiosk', 'https://kiosk.example/callback');
    expect(told(await machine.run(...rehearsal, '--app', 'kiosk'))).toEqual([
      ...[5, `✘ ${verdict}: the session belongs to the application web, not to kiosk.`],
      expect.stringContaining('To log in to that application: --app web'),
    ]);
  });

  it('because the cookie is disabled', async () => {
    const machine = await machineWithGuest('ea');
    await machine.done('tenant', 'set-cookie', 'off');
    expect(told(await machine.run(...rehearsal, '--via', 'cookie'))).toEqual([
      ...[5, `✘ ${verdict}: the tenant's cookie is disabled, so logins do not read it.`],
      expect.stringContaining('Enable it: anon-cli tenant set-cookie on'),
    ]);
  });

  it('because the application is disabled, and gets no ticket', async () => {
    const machine = await machineWithGuest('ea');
    await machine.done('app', 'disable', 'web');
    expect(told(await machine.run(...rehearsal))).toEqual([
      5,
      `✘ ${verdict}: the tenant issued no ticket (unauthorized_client: Anonymous sessions are not enabled for this client).`,
      expect.stringContaining('To see what is closed: anon-cli doctor --app web'),
    ]);
  });

  it('because the token was changed', async () => {
    const machine = await machineWithGuest('ea');
    const { json } = await machine.done('token', 'create', '--no-save', '--json');
    machine.terminal.stdin = `${json.session_token.slice(0, -4)}AAAA`;
    const line = [...rehearsal, '--session-token', '-', '--via', 'header', '--json'];
    const { code, json: printed, stderr } = await machine.run(...line);
    expect(code).toBe(5);
    expect(printed).toMatchObject({ carried: false, guest_id: null, reasons: [{ reason: 'session_unknown' }] });
    expect(JSON.parse(stderr).error).toMatchObject({ code: 'guest_not_carried', exit_code: 5 });
  });
});

describe('a refused login ends the command with 1', () => {
  it('where the Action throws: with the place in its file', async () => {
    const machine = await machineWithGuest('ea');
    const ran = await machine.run(...withAction(machine, `if (event.anonymous_session) throw new Error('no stock');`));
    const sentence = 'Action post-login.js failed: no stock (post-login.js:2).';
    expect(told(ran)).toEqual([1, '✔ The guest came along by ticket.', `error: ${sentence}`]);
    expect(ran.stdout).toContain(
      `✘ ${sentence}\n\nActions\n  ✘ post-login.js (post-login)\n    failed  no stock (post-login.js:2)\n`,
    );
    expect(ran.stdout).not.toContain('Compared with');
  });

  it('where the Action denies it: with what it printed', async () => {
    const machine = await machineWithGuest('preview');
    const ran = await machine.run(
      ...withAction(machine, `console.warn('full');\napi.access.deny('full', 'Too many items');`),
    );
    const sentence = 'Action post-login.js denied the login: Too many items.';
    expect(told(ran)).toEqual([1, '✔ The guest came along by query parameter.', `error: ${sentence}`]);
    expect(ran.stdout).toMatch(/printed \(warn\) +full\n +denied +.*Too many items/);
    const { json } = await machine.run(...withAction(machine, `api.access.deny('full', 'Too many items');`), '--json');
    expect(json).toMatchObject({
      ...{ carried: true, refused: { at: 'authorization', error: 'full', error_description: 'Too many items' } },
      ...{ actions: [{ ok: false, denied: { code: 'full', reason: 'Too many items' } }], id_token: null },
    });
  });

  it('where the API refuses users', async () => {
    const machine = await machineWithGuest('ea');
    const [shop] = (await machine.store.list('resource_server')).filter(({ name }) => name === 'shop');
    const policy = {
      subject_type_authorization: { ...(shop?.subject_type_authorization as object), user: { policy: 'deny_all' } },
    };
    await machine.store.write((writer) => writer.put('resource_server', String(shop?.id), { ...shop, ...policy }));
    const [code, first, stderr] = told(await machine.run(...rehearsal));
    expect([code, first]).toEqual([
      1,
      expect.stringMatching(/^✘ The guest did not come along: the login was refused before \(access_denied: /),
    ]);
    expect(stderr).toMatch(/^error: The login was refused: access_denied: /);
  });
});

it('warns of an Action that locks out everybody but guests', async () => {
  const machine = await machineWithGuest('ea');
  const line = withAction(machine, `api.user.setAppMetadata('cart', event.anonymous_session.metadata.cart);`);
  const { stdout, stderr } = await machine.done(...line);
  expect(stderr.replaceAll(/\s+/g, ' ')).toBe(
    'warning: Without a guest, the same login is refused. Do the Actions rely on event.anonymous_session? ',
  );
  expect(stdout).toContain('Tokens  not compared: without the guest, the login is refused (access_denied: ');
  const { json } = await machine.done(...line, '--json');
  expect(json).toMatchObject({
    refused: null,
    refused_without_guest: { error: 'access_denied' },
    id_token: { changes: null },
  });
});

it.each([
  ['joe@example.com', 'To create the user: anon-cli local user add joe@example.com, or --new-user'],
  ['auth0|joe', /^Run: anon-cli local user list$/],
])('says how to get the user %s', async (user, hint) => {
  const machine = await machineWithGuest('ea');
  const { code, stderr } = await machine.run('transfer', 'rehearse', '--user', user, '--json');
  expect([code, JSON.parse(stderr).error.hint]).toEqual([1, expect.stringMatching(hint)]);
});
