import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { editionOf } from '../../../src/local/state/edition.ts';
import { freshMachine, openMachine } from '../../support/command.ts';

const refusal = {
  code: 7,
  stdout: '',
  stderr:
    'error: The local tenant uses edition preview, not ea.\n' +
    'hint:  To reset it to edition ea: anon-cli local reset --edition ea\n',
};

describe('a local tenant that does not exist yet', () => {
  it.each([
    ['quickstart', '--edition', 'ea'],
    ['local', 'show', '--edition', 'ea'],
    ['app', 'list', '--edition', 'ea'],
    ['tenant', 'show', '--edition', 'ea'],
  ])('uses the edition that %s %s %s asks for', async (...command) => {
    const { done, store } = await freshMachine({ seeded: false }).then(async (machine) => {
      await machine.done(...command);
      return machine;
    });
    expect((await editionOf(store)).name).toBe('ea');
    expect((await done('local', 'show', '--json')).json.edition).toBe('ea');
    expect((await done('profile', 'list', '--json')).json[0].edition).toBe('ea');
  });

  it('uses the edition in ANON_EDITION', async () => {
    const { done, env } = await freshMachine({ seeded: false });
    env.ANON_EDITION = 'ea';
    expect((await done('quickstart', '--json')).json.access_token).toMatch(/^ey/);
    expect((await done('local', 'show', '--json')).json.edition).toBe('ea');
  });
});

describe("an edition other than the local tenant's", () => {
  it.each([
    ['quickstart'],
    ['local', 'show'],
    ['local', 'start', '--port', '0'],
    ['app', 'list'],
    ['app', 'show', 'web'],
    ['app', 'enable', 'web', '--yes'],
    ['api', 'list'],
    ['api', 'enable', 'shop', '--scopes', 'read:catalog'],
    ['tenant', 'show'],
    ['claims', 'list'],
    ['token', 'create'],
    ['token', 'transfer'],
    ['doctor'],
    ['doctor', '--matrix'],
    ['setup', '--app', 'web', '--api', 'shop', '--scopes', 'read:catalog', '--yes'],
    ['profile', 'set', 'app', 'web'],
  ])('is refused with the command that resets it: %s %s', async (...command) => {
    const { run, env } = await openMachine();
    expect(await run(...command, '--edition', 'ea')).toMatchObject(refusal);
    env.ANON_EDITION = 'ea';
    expect(await run(...command)).toMatchObject(refusal);
    env.ANON_EDITION = 'preview';
    expect((await run(...command, '--edition', 'ea')).code).toBe(7);
  });

  it('is refused when a token of the tenant is decoded, verified or watched', async () => {
    const { run, done } = await openMachine();
    const { json } = await done('token', 'create', '--json');
    for (const command of [
      ['token', 'decode', json.access_token],
      ['token', 'decode'],
      ['token', 'diff', json.access_token, json.access_token],
      ['token', 'verify', json.access_token],
      ['token', 'update'],
      ['token', 'renew'],
    ]) {
      const { code, stderr } = await run(...command, '--edition', 'ea');
      expect({ command, code, stderr }).toEqual({ command, code: 7, stderr: expect.stringContaining(refusal.stderr) });
    }
    expect((await done('token', 'decode', json.session_token, '--json', '--edition', 'ea')).json).toMatchObject({
      seal: { state: 'sealed' },
    });
  });

  it('gives no completions and no message', async () => {
    const { run, env } = await openMachine();
    const complete = ['complete', 'zsh', '--', 'app', 'show', ''];
    expect((await run(...complete)).stdout).toContain('web');
    env.ANON_EDITION = 'ea';
    expect(await run(...complete)).toMatchObject({ code: 0, stderr: '' });
    expect((await run(...complete)).stdout).not.toContain('web');
  });

  it('is what the command in the hint switches to', async () => {
    const { done, env } = await openMachine();
    env.ANON_EDITION = 'ea';
    expect((await done('local', 'reset', '--yes')).stdout).toContain('in edition ea');
    expect((await done('app', 'list', '--json')).json).toMatchObject([{ name: 'web' }]);
  });
});

describe('what profiles.json has about the local tenant', () => {
  it('never overrides its state', async () => {
    const { done, run, profilesPath } = await openMachine();
    await done('profile', 'set', 'app', 'web');
    const kept = JSON.parse(readFileSync(profilesPath, 'utf8'));
    kept.profiles.local.edition = 'ea';
    writeFileSync(profilesPath, JSON.stringify(kept));
    expect((await done('tenant', 'show', '--json')).json.edition).toBe('preview');
    expect((await done('app', 'list', '--json')).json).toMatchObject([{ name: 'web', enabled: true }]);
    for (const command of [['show'], ['use', 'local'], ['set', 'app', 'web']]) {
      expect((await done('profile', ...command, '--json')).json.edition).toBe('preview');
    }
    expect((await done('profile', 'list', '--json')).json[0].edition).toBe('preview');
    expect((await run('profile', 'set', 'edition', 'ea')).stderr).toContain('anon-cli local reset --edition');
  });

  it('is an unknown edition if the state cannot be read', async () => {
    const { done, statePath } = await openMachine();
    writeFileSync(statePath, 'no state');
    expect((await done('profile', 'list', '--json')).json[0].edition).toBeNull();
    expect((await done('profile', 'list')).stdout).toContain('unknown');
  });
});
