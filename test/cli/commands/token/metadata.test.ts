import { describe, expect, it } from 'vitest';
import { openMachine, servedTenant, useRemote } from '../../../support/command.ts';

const metadataOf = 'decoded.session_token.claims.metadata';
const card = '4111 1111 1111 1111';

describe('a value of --meta', () => {
  it('can be the text of a file, or its JSON', async () => {
    const { done, file } = await openMachine();
    const note = file('note.txt', 'from a file = with\ntwo lines\n\n');
    const cart = file('cart.json', '{"items":3}\n');
    const { stdout } = await done(
      'token',
      'create',
      '--meta',
      `note=@${note}`,
      '--meta',
      `cart:=@${cart}`,
      '--field',
      metadataOf,
    );
    expect(JSON.parse(stdout)).toEqual({ note: 'from a file = with\ntwo lines', cart: { items: 3 } });
  });

  it('can come from stdin, as text or as JSON', async () => {
    const { done, terminal } = await openMachine();
    terminal.stdin = 'piped in\r\n';
    expect((await done('token', 'create', '--meta', 'note=-', '--field', metadataOf)).stdout).toBe(
      '{"note":"piped in"}\n',
    );
    terminal.stdin = '[1,2]\n';
    expect((await done('token', 'update', '--meta', 'list:=-', '--field', `${metadataOf}.list`)).stdout).toBe(
      '[1,2]\n',
    );
  });

  it('loses all trailing line breaks and no others', async () => {
    const { done, run, terminal } = await openMachine();
    terminal.stdin = `\n a\r\n\nb\r\r\n${'\r\n\n'.repeat(100_000)}`;
    const { stdout } = await done('token', 'create', '--meta', 'note=-', '--field', `${metadataOf}.note`);
    expect(stdout).toBe('\n a\r\n\nb\r\n');
    terminal.stdin = `${'\r\n'.repeat(60_000)}!`;
    expect((await run('token', 'create', '--meta', 'note=-')).stderr).toContain('over the limit of 1024');
  });

  it.each([
    ['a=\\@home', '@home'],
    ['a=\\-', '-'],
    ['a=-1', '-1'],
    ['a=me@home', 'me@home'],
    ['a=\\\\@x', '\\\\@x'],
    ['a=\\n', '\\n'],
    ['a:="@x"', '@x'],
    ['a=b=@c', 'b=@c'],
  ])('is otherwise literal text: %s', async (assignment, value) => {
    const { done } = await openMachine();
    expect((await done('token', 'create', '--meta', assignment, '--field', `${metadataOf}.a`)).stdout).toBe(
      `${value}\n`,
    );
  });

  it('that cannot be read is refused before any call, without repeating the input', async () => {
    const { run } = await openMachine();
    expect(await run('token', 'create', '--meta', 'handle=@jane.doe')).toMatchObject({
      code: 2,
      stdout: '',
      stderr:
        'error: The file of --meta handle=@… cannot be read: no such file.\n' +
        'hint:  For a text that begins with @, write handle=\\@…\n',
    });
    expect(await run('token', 'create', '--meta', 'a=-', '--meta', 'b=-')).toMatchObject({
      code: 2,
      stderr: 'error: Only one --meta can read stdin.\n',
    });
    expect(await run('token', 'create', '--meta', 'a=-', '--meta-file', '-')).toMatchObject({
      code: 2,
      stderr: 'error: Only one option can read stdin, not --meta and --meta-file.\n',
    });
  });
});

describe('the size of the metadata', () => {
  it('is reported against the limit, for all metadata of the session', async () => {
    const { done } = await openMachine();
    const created = await done('token', 'create', '--meta', 'language=en');
    expect(created.stdout).toMatch(
      /^✔ Guest session of web for shop\n {2}metadata {2}17 of 1024 bytes\n\nSession token/,
    );
    const updated = await done('token', 'update', '--meta', 'name=Zoë', '--json');
    expect(updated.json).toMatchObject({ metadata_bytes: 31, metadata_max_bytes: 1024 });
    expect((await done('token', 'update')).stdout).toContain('\n  metadata  31 of 1024 bytes\n\n');
  });

  describe('with an encrypted session token', () => {
    /** A machine that has no key to a session of `language=en`. */
    async function sealedMachine(edition: 'preview' | 'ea' = 'preview') {
      const machine = await openMachine();
      const tenant = await servedTenant(machine.clock, { edition });
      await useRemote(machine, tenant);
      await machine.open();
      const created = await machine.done('token', 'create', '--meta', 'language=en', '--json');
      expect(created.json).toMatchObject({
        metadata_bytes: 17,
        decoded: { session_token: { seal: { state: 'sealed' } } },
      });
      return { ...machine, tenant, sessionToken: created.json.session_token };
    }

    it('is computed from the saved and the sent metadata', async () => {
      const { done } = await sealedMachine();
      const updated = await done('token', 'update', '--meta', 'plan=pro', '--json');
      expect(updated.json).toMatchObject({ metadata_bytes: 30, metadata_max_bytes: 1024 });
      expect((await done('token', 'update', '--unset', 'plan')).stdout).toContain('\n  metadata  17 of 1024 bytes\n\n');
    });

    it('is reported after a renewal or replacement', async () => {
      const { done } = await sealedMachine('ea');
      expect((await done('token', 'update', '--json')).json.metadata_bytes).toBe(17);
      const replaced = await done('token', 'update', '--meta', 'plan=pro', '--replace', '--json');
      expect(replaced.json.metadata_bytes).toBe(30);
    });

    it('is checked before the call', async () => {
      const { run, tenant } = await sealedMachine();
      const before = tenant.requests.filter(({ path }) => path === '/anonymous/token').length;
      expect(await run('token', 'update', '--meta', `a=${'x'.repeat(1001)}`)).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(
          /^error: With this update, the session's metadata is 1025 bytes as JSON, 1 over /,
        ),
      });
      expect(tenant.requests.filter(({ path }) => path === '/anonymous/token')).toHaveLength(before);
      expect((await run('token', 'update', '--meta', `a=${'x'.repeat(1000)}`, '--json')).code).toBe(0);
    });

    it('is not reported if it is unknown: for a session that is not saved, or has no metadata', async () => {
      const { done, sessionToken } = await sealedMachine();
      const other = ['token', 'update', '--meta', 'plan=pro', '--session-token', sessionToken, '--json'];
      expect((await done(...other)).json).not.toHaveProperty('metadata_bytes');
      expect((await done('token', 'create', '--json')).json).not.toHaveProperty('metadata_bytes');
    });
  });
});

describe('metadata that looks sensitive', () => {
  it('causes a warning with its path, and is sent', async () => {
    const { done } = await openMachine();
    const { stdout, stderr } = await done(
      'token',
      'create',
      '--meta',
      `pay.card=${card}`,
      '--meta',
      'user.password=hunter2',
      '--field',
      metadataOf,
    );
    expect(JSON.parse(stdout)).toEqual({ pay: { card }, user: { password: 'hunter2' } });
    expect(stderr).toBe(
      "warning: In the metadata, 'pay.card' looks like a card number, 'user.password' looks like a password. " +
        'Session tokens contain the metadata, and Actions may log it: keep such data in your own store, and put only its id here.\n',
    );
    expect(stderr).not.toContain('hunter2');
  });

  it('causes a warning without control characters', async () => {
    const { done } = await openMachine();
    const { stderr } = await done('token', 'create', '--meta', `a\u001b[31m\u202e=ghp_${'a'.repeat(36)}`);
    expect(stderr).toContain("warning: In the metadata, 'a\\u001b[31m\\u202e' looks like an API key.");
  });

  it('is an error with --strict before anything is sent, also from a file and in an update', async () => {
    const machine = await openMachine();
    const tenant = await servedTenant(machine.clock);
    await useRemote(machine, tenant);
    const path = machine.file('metadata.json', JSON.stringify({ card }));
    for (const command of ['create', 'update']) {
      expect(await machine.run('token', command, '--strict', '--meta-file', path)).toMatchObject({
        code: 2,
        stdout: '',
        stderr: expect.stringMatching(
          /^error: In the metadata, 'card' looks like a card number\.\nhint: {2}Session tokens contain the metadata/,
        ),
      });
    }
    expect(tenant.requests).toEqual([]);
  });

  it('is not an error with --strict if it looks harmless', async () => {
    const { done } = await openMachine();
    const { stderr } = await done('token', 'create', '--strict', '--meta', 'language=en', '--meta', 'items:=3');
    expect(stderr).toBe('');
  });
});
