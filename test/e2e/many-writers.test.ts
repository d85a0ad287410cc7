import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { homeAfter, newHome, type Run, run } from '../support/bin.ts';
import { jsonOf, serve } from '../support/local-server.ts';

const minutes = 60_000;

async function allAtOnce(home: string, commands: readonly (readonly string[])[], env?: Record<string, string>) {
  const runs = await Promise.all(commands.map((command) => run(home, [...command, '--json'], env ? { env } : {})));
  expect(runs.filter(({ code }) => code !== 0).map(({ stderr }: Run) => stderr)).toEqual([]);
}

/** The environment of a job that uses the tenant of `home`, served at `url`. */
async function signInTo(home: string, url: string): Promise<Record<string, string>> {
  const shown = await jsonOf<Record<string, string>>(home, ['local', 'show', '--reveal-secrets']);
  return {
    AUTH0_DOMAIN: url,
    AUTH0_CLIENT_ID: shown.management_client_id ?? '',
    AUTH0_CLIENT_SECRET: shown.management_client_secret ?? '',
  };
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

it.each(['preview', 'ea'])(
  'no scope is lost when fifty processes each add one for guests (%s)',
  async (edition) => {
    const home = await homeAfter(['local', 'reset', '--yes', '--edition', edition]);
    const scopes = numbers(50).map((number) => `do:${number}`);
    await jsonOf(home, ['api', 'create', 'many', '--audience', 'urn:many', '--scopes', scopes.join(',')]);
    await jsonOf(home, ['app', 'enable', 'web', '--oidc-conformant']);
    const whose = edition === 'ea' ? ['--app', 'web'] : [];
    await allAtOnce(
      home,
      scopes.map((scope) => ['api', 'scopes', 'add', 'many', scope, ...whose]),
    );
    const { guest_scopes } = await jsonOf<{ guest_scopes: string[] }>(home, ['api', 'show', 'many']);
    expect(guest_scopes.sort()).toEqual([...scopes].sort());
  },
  3 * minutes,
);

it(
  'no claim is lost when twenty processes each map one on a tenant over HTTP',
  async () => {
    const home = await homeAfter(['local', 'reset', '--yes', '--edition', 'ea']);
    const { url } = await serve(home);
    const env = await signInTo(home, url);
    const names = numbers(20).map((number) => `claim_${number}`);
    await allAtOnce(
      home,
      names.map((name) => ['claims', 'set', name, `metadata.${name}`, '--api', 'shop']),
      env,
    );
    const { claims } = await jsonOf<{ claims: { name: string }[] }>(home, ['claims', 'list', '--api', 'shop']);
    expect(claims.map(({ name }) => name).sort()).toEqual([...names].sort());
  },
  2 * minutes,
);

it(
  'setting the lifetime and the cookie concurrently always sets both',
  async () => {
    const home = await homeAfter(['local', 'reset', '--yes', '--edition', 'ea']);
    for (const days of [7, 14, 21]) {
      const cookie = days === 14 ? 'on' : 'off';
      await allAtOnce(home, [
        ['tenant', 'set-lifetime', `${days}d`],
        ['tenant', 'set-cookie', cookie],
      ]);
      expect(await jsonOf(home, ['tenant', 'show'])).toMatchObject({
        session_lifetime: days * 86_400,
        session_cookie: cookie === 'on',
      });
    }
  },
  minutes,
);

it(
  'a change works without a writable home, with a warning unless nothing would be saved',
  async () => {
    const owner = await homeAfter(['quickstart']);
    const { url } = await serve(owner);
    const home = newHome();
    mkdirSync(join(home, 'closed'), { mode: 0o500 });
    const env = {
      ...(await signInTo(owner, url)),
      // Root can write to a read-only folder, but not below a file.
      XDG_DATA_HOME: isRoot() ? '/dev/null/data' : join(home, 'closed'),
    };
    const { code, stderr } = await run(home, ['tenant', 'set-lifetime', '7d'], { env });
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(
        /^warning: Another anon-cli process may change this tenant at the same time: .*\n$/,
      ),
    });
    const quiet = await run(home, ['tenant', 'set-lifetime', '8d'], { env: { ...env, ANON_SAVE: '0' } });
    expect(quiet).toMatchObject({ code: 0, stderr: '' });
    chmodSync(join(home, 'closed'), 0o700);
  },
  minutes,
);

function isRoot(): boolean {
  return execFileSync('id', ['-u'], { encoding: 'utf8' }).trim() === '0';
}
