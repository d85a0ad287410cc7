import { describe, expect, it } from 'vitest';
import { homeAfter, newHome, run } from '../support/bin.ts';

const twenty = Array.from({ length: 20 }, (_, index) => index + 1);

/** Runs all commands at once and fails with the exit code and stderr of each that failed or wrote anything but `notes`. */
async function together(home: string, commands: readonly (readonly string[])[], notes = /^$/): Promise<void> {
  const results = await Promise.all(commands.map((args) => run(home, args)));
  const failed = results.filter(({ code, stderr }) => code !== 0 || !notes.test(stderr));
  expect(failed.map(({ code, stderr }) => ({ code, stderr }))).toEqual([]);
}

async function jsonOf(home: string, ...args: string[]) {
  return JSON.parse((await run(home, [...args, '--json'])).stdout);
}

describe('twenty concurrent processes', () => {
  it('do not lose session updates', async () => {
    const home = await homeAfter(['quickstart']);
    await together(
      home,
      twenty.map((number) => ['token', 'update', '--meta', `k${number}=${number}`]),
    );
    const { session_token } = await jsonOf(home, 'token', 'decode');
    expect(session_token.claims.metadata).toEqual({
      language: 'en',
      country: 'US',
      ...Object.fromEntries(twenty.map((number) => [`k${number}`, String(number)])),
    });
  });

  it('create twenty applications', async () => {
    const home = newHome();
    await run(home, ['tenant', 'show']);
    await together(
      home,
      twenty.map((number) => ['app', 'create', `app-${number}`]),
    );
    const names = (await jsonOf(home, 'app', 'list')).map(({ name }: { name: string }) => name);
    expect(names.sort()).toEqual(['web', ...twenty.map((number) => `app-${number}`)].sort());
  });

  it('create only one tenant in an empty home', async () => {
    const home = newHome();
    const results = await Promise.all(twenty.map(() => run(home, ['app', 'list', '--json'])));
    expect(results.filter(({ code }) => code !== 0)).toEqual([]);
    const ids = results.map(({ stdout }) => JSON.parse(stdout).map((app: { client_id: string }) => app.client_id));
    expect(new Set(ids.flat()).size).toBe(1);
    expect(ids.every((list) => list.length === 1)).toBe(true);
  });

  it('add twenty profiles', async () => {
    const home = newHome();
    await together(
      home,
      twenty.map((number) => ['login', `p${number}`, '--domain', 'acme.eu.auth0.com', '--no-check']),
      // Each login selects its profile, and reports it if another login has selected its own in the meantime.
      /^(warning: Commands now use profile p\d+\. To use this profile: --profile p\d+\n)?$/,
    );
    expect(await jsonOf(home, 'profile', 'list')).toHaveLength(21);
  });
});

describe('fifty concurrent processes', () => {
  it('create, update and renew sessions without losing any', async () => {
    const home = await homeAfter(['quickstart']);
    for (const name of ['cart', 'other']) await run(home, ['token', 'create', '--session', name]);
    const numbers = Array.from({ length: 17 }, (_, index) => index);
    const kept = ['cart', 'other', 'default'];
    const nameOf = (number: number) => kept[number % kept.length] ?? '';
    await together(
      home,
      numbers.flatMap((number) => [
        ['token', 'create', '--session', `guest-${number}`, '--meta', `of=${number}`],
        ['token', 'update', '--session', nameOf(number), '--meta', `k${number}=1`],
        ...(number > 0 ? [['token', 'renew', '--session', nameOf(number)]] : []),
      ]),
    );
    const sessions: { name: string; metadata: Record<string, string> }[] = await jsonOf(home, 'session', 'list');
    const created = numbers.map((number) => `guest-${number}`);
    expect(sessions.map(({ name }) => name)).toEqual([...kept, ...created].sort());
    for (const number of numbers) {
      expect(sessions.find(({ name }) => name === nameOf(number))?.metadata).toHaveProperty(`k${number}`, '1');
      expect(sessions.find(({ name }) => name === `guest-${number}`)?.metadata).toEqual({ of: String(number) });
    }
  });
});
