import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { SecretKey, SecretStore } from '../../../src/domain/profile/profile.ts';
import { openKeyring } from '../../../src/io/store/keyring.ts';
import { testKeyring } from '../../support/keyring.ts';

function inMemory(): SecretStore & { readonly content: Map<SecretKey, string> } {
  const content = new Map<SecretKey, string>();
  return {
    content,
    get: async (key) => content.get(key),
    async put(key, value) {
      content.set(key, value);
    },
    async remove(key) {
      content.delete(key);
    },
  };
}

function opened(keyring = testKeyring()) {
  const files = inMemory();
  const warnings: string[] = [];
  const open = openKeyring(keyring.options);
  return { keyring, open, files, warnings, secrets: open.secrets(files, (message) => void warnings.push(message)) };
}

describe('secrets in the keyring', () => {
  it('can be read again until they are removed', async () => {
    const { keyring, secrets, files } = opened();
    await secrets.put('credentials/acme', 'the secret');
    expect(await secrets.get('credentials/acme')).toBe('the secret');
    expect(await secrets.get('credentials/other')).toBeUndefined();
    await secrets.remove('credentials/acme');
    await secrets.remove('credentials/acme');
    expect(await secrets.get('credentials/acme')).toBeUndefined();
    expect(keyring.entries()).toEqual({});
    expect(files.content.size).toBe(0);
  });

  it.each([
    ['empty', ''],
    ['longer than an entry', 'x'.repeat(10_000)],
    ['made of multi-byte characters', '😀ü"\\\n'.repeat(700)],
    ['just as long as an entry', 'x'.repeat(900)],
  ])('may be %s', async (_, value) => {
    const { keyring, secrets } = opened();
    await secrets.put('session/acme', value);
    expect(await secrets.get('session/acme')).toBe(value);
    await secrets.put('session/acme', 'short');
    expect(await secrets.get('session/acme')).toBe('short');
    expect(Object.keys(keyring.entries())).toEqual(['session/acme']);
    await secrets.remove('session/acme');
    expect(keyring.entries()).toEqual({});
  });

  it('with a missing or replaced part are undefined', async () => {
    const { keyring, secrets } = opened();
    await secrets.put('session/acme', 'x'.repeat(3000));
    await secrets.put('session/other', 'y'.repeat(3000));
    const entries = keyring.entries();
    const change = (changed: Record<string, string | undefined>) =>
      keyring.write({ ...entries, ...changed } as Record<string, string>);
    change({ 'session/acme#1': entries['session/other#1'] });
    expect(await secrets.get('session/acme')).toBeUndefined();
    change({ 'session/acme#2': undefined });
    expect(await secrets.get('session/acme')).toBeUndefined();
    change({ 'session/acme': 'what another program put there' });
    expect(await secrets.get('session/acme')).toBeUndefined();
    change({});
    expect(await secrets.get('session/acme')).toBe('x'.repeat(3000));
  });
});

describe('a keyring', () => {
  it('is usable when it returns what was put into it, and keeps nothing of the test', async () => {
    const { keyring, open } = opened();
    expect(await open.answers()).toBe(true);
    expect(keyring.entries()).toEqual({});
  });

  it.each([
    ['refuses', 'refusing', {}],
    ['is not installed', 'answering', { module: '/no/such/module' }],
    ['cannot even be started', 'answering', { program: '/no/such/program.cjs' }],
  ] as const)('that %s does not answer', async (_, mood, options) => {
    const keyring = testKeyring();
    keyring.become(mood);
    expect(await openKeyring({ ...keyring.options, ...options }).answers()).toBe(false);
  });

  it('that hangs is given up once, and files replace it', async () => {
    const keyring = testKeyring(400);
    keyring.become('hanging');
    const { open, secrets, files, warnings } = opened(keyring);
    expect(await open.answers()).toBe(false);
    await secrets.put('credentials/acme', 'the secret');
    expect(await secrets.get('credentials/acme')).toBe('the secret');
    expect(files.content.get('credentials/acme')).toBe('the secret');
    await secrets.remove('credentials/acme');
    expect(await secrets.get('credentials/acme')).toBeUndefined();
    expect(await secrets.get('credentials/other')).toBeUndefined();
    expect(warnings).toEqual([
      expect.stringContaining('its entry anon-cli, credentials/acme was not removed'),
      'The keyring does not respond: secrets saved in it are ignored.',
    ]);
    expect(keyring.asked()).toBeLessThanOrEqual(1);
  });

  it('that was unavailable has older values than the files until the next write', async () => {
    const keyring = testKeyring();
    const first = opened(keyring);
    await first.secrets.put('session/acme', 'old');
    keyring.become('refusing');
    const away = openKeyring(keyring.options).secrets(first.files, () => {});
    await away.put('session/acme', 'newer');
    keyring.become('answering');
    const back = openKeyring(keyring.options).secrets(first.files, () => {});
    expect(await back.get('session/acme')).toBe('newer');
    await back.put('session/acme', 'newest');
    expect(first.files.content.size).toBe(0);
    expect(await back.get('session/acme')).toBe('newest');
  });

  it.runIf(process.platform === 'linux')(
    'is not the one of the kernel, which forgets: without a secret service there is none',
    () => {
      const { options } = testKeyring();
      const { stdout } = spawnSync(process.execPath, [options.program], {
        input: JSON.stringify({ service: 'anon-cli-test', account: 'nobody', operation: 'get' }),
        env: { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/no/such/bus' },
        encoding: 'utf8',
      });
      expect(stdout).toBe('{"ok":false}');
    },
  );
});
