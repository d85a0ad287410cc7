import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { editionOf } from '../../../src/local/state/edition.ts';
import { freshMachine, openMachine } from '../../support/command.ts';

const refusal = {
  code: 7,
  stdout: '',
  stderr:
    'error: The local tenant speaks edition preview, not ea.\n' +
    'hint:  Start it over in edition ea: anon-cli local reset --edition ea\n',
};

describe('a local tenant that is not there yet', () => {
  it.each([
    ['quickstart', '--edition', 'ea'],
    ['local', 'show', '--edition', 'ea'],
    ['app', 'list', '--edition', 'ea'],
    ['tenant', 'show', '--edition', 'ea'],
  ])('speaks the edition that %s %s %s asks for', async (...command) => {
    const { done, store } = await freshMachine({ seeded: false }).then(async (machine) => {
      await machine.done(...command);
      return machine;
    });
    expect(editionOf(store).name).toBe('ea');
    expect((await done('local', 'show', '--json')).json.edition).toBe('ea');
    expect((await done('profile', 'list', '--json')).json[0].edition).toBe('ea');
  });

  it('speaks the one of ANON_EDITION', async () => {
    const { done, env } = await freshMachine({ seeded: false });
    env.ANON_EDITION = 'ea';
    expect((await done('quickstart', '--json')).json.access_token).toMatch(/^ey/);
    expect((await done('local', 'show', '--json')).json.edition).toBe('ea');
  });
});

describe('an edition that the local tenant does not speak', () => {
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

  it('is refused where a token of the tenant is looked into, verified or watched', async () => {
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

  it('offers a shell no names, and says nothing', async () => {
    const { run, env } = await openMachine();
    const complete = ['complete', 'zsh', '--', 'app', 'show', ''];
    expect((await run(...complete)).stdout).toContain('web');
    env.ANON_EDITION = 'ea';
    expect(await run(...complete)).toMatchObject({ code: 0, stderr: '' });
    expect((await run(...complete)).stdout).not.toContain('web');
  });

  it('is what the hint makes of it', async () => {
    const { done, env } = await openMachine();
    env.ANON_EDITION = 'ea';
    expect((await done('local', 'reset', '--yes')).stdout).toContain('in edition ea');
    expect((await done('app', 'list', '--json')).json).toMatchObject([{ name: 'web' }]);
  });
});

describe('what profiles.json says of the local tenant', () => {
  it('is never believed over its state', async () => {
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

  it('is that nobody knows, where the state cannot be read', async () => {
    const { done, statePath } = await openMachine();
    writeFileSync(statePath, 'no state');
    expect((await done('profile', 'list', '--json')).json[0].edition).toBeNull();
    expect((await done('profile', 'list')).stdout).toContain('unknown');
  });
});
