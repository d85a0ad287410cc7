import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { copyOf, homeAfter, newHome, run } from '../support/bin.ts';
import { runHere } from '../support/run-here.ts';

const usedHome = () => homeAfter(['quickstart']);
// Without the compile cache, whose files are not part of the state that these tests read.
const hooked = {
  NODE_OPTIONS: `--require ${resolve('test/support/kill-at.cjs')}`,
  NODE_DISABLE_COMPILE_CACHE: '1',
};
/** Enough to cover every kind of operation, and few enough to keep the suite fast. */
const mostPoints = 14;

/** Numbers of file and database operations of a command, evenly spread over all of them. */
async function pointsOf(before: string, args: readonly string[]): Promise<number[]> {
  const home = copyOf(before);
  const file = join(home, 'count');
  await run(home, args, { env: { ...hooked, COUNT_FILE: file } });
  const count = Number(readFileSync(file, 'utf8'));
  expect(count).toBeGreaterThan(4);
  const step = Math.max(1, count / mostPoints);
  return Array.from({ length: Math.min(count, mostPoints) }, (_, index) => Math.floor(1 + index * step));
}

/** Kills the command at `point`, then reads everything that it may have been writing. */
async function stateAfterKill(before: string, args: readonly string[], point: number) {
  const home = copyOf(before);
  const killed = await run(home, args, { env: { ...hooked, KILL_AT: String(point) } });
  const looks = [];
  for (const look of [
    ['tenant', 'show'],
    ['profile', 'list'],
  ]) {
    const { code, stderr } = await runHere(home, look);
    looks.push({ look: look.join(' '), code, stderr });
  }
  return { signal: killed.signal, looks };
}

const readable = {
  signal: 'SIGKILL',
  looks: ['tenant show', 'profile list'].map((look) => ({ look, code: 0, stderr: '' })),
};

describe('a killed process leaves a readable state', () => {
  it.each([
    ['during quickstart, in an empty home', async () => newHome(), ['quickstart']],
    ['during tenant set-lifetime', usedHome, ['tenant', 'set-lifetime', '60d']],
    ['during profile set', usedHome, ['profile', 'set', 'app', 'web']],
    ['during local reset', usedHome, ['local', 'reset', '--yes']],
  ])('%s', async (_, homeBefore, args) => {
    const before = await homeBefore();
    const points = await pointsOf(before, args);
    for (let index = 0; index < points.length; index += 4) {
      const some = points.slice(index, index + 4);
      const states = await Promise.all(some.map((point) => stateAfterKill(before, args, point)));
      expect(states.map((state, at) => ({ point: some[at], ...state }))).toEqual(
        some.map((point) => ({ point, ...readable })),
      );
    }
  });

  it('and token update leaves the old session or the new one', async () => {
    const before = await usedHome();
    const args = ['token', 'update', '--meta', 'cart=full'];
    for (const point of await pointsOf(before, args)) {
      const home = copyOf(before);
      await run(home, args, { env: { ...hooked, KILL_AT: String(point) } });
      const { stdout, stderr, code } = await runHere(home, [
        'token',
        'decode',
        '--field',
        'session_token.claims.metadata',
      ]);
      expect({ point, code, stderr }).toEqual({ point, code: 0, stderr: '' });
      const metadata = JSON.parse(stdout);
      expect([undefined, 'full']).toContain(metadata.cart);
      expect(metadata).toMatchObject({ language: 'en', country: 'US' });
    }
  });
});

describe('a killed session rename', () => {
  it('leaves the session with the old name or the new one, and usable', async () => {
    const before = await usedHome();
    const args = ['session', 'rename', 'default', 'cart'];
    const names = new Set<string>();
    const check = async (point: number) => {
      const home = copyOf(before);
      const { signal } = await run(home, args, { env: { ...hooked, KILL_AT: String(point) } });
      const { stdout, stderr, code } = await runHere(home, ['session', 'list', '--json']);
      expect({ point, signal, code, stderr }).toEqual({ point, signal: 'SIGKILL', code: 0, stderr: '' });
      const sessions: { name: string; current: boolean }[] = JSON.parse(stdout);
      expect({ point, sessions }).toMatchObject({ point, sessions: [{ current: true }] });
      expect(sessions).toHaveLength(1);
      for (const { name } of sessions) names.add(name);
      expect(await runHere(home, ['session', 'rename', sessions[0]?.name ?? '', 'other'])).toMatchObject({
        code: 0,
        stderr: '',
      });
    };
    const points = await pointsOf(before, args);
    for (let index = 0; index < points.length; index += 4) {
      await Promise.all(points.slice(index, index + 4).map(check));
    }
    expect([...names].sort()).toEqual(['cart', 'default']);
  });
});

describe('processes that are killed at random while others save sessions', () => {
  it('leave every session readable, and lose none', async () => {
    const home = await usedHome();
    await run(home, ['token', 'create', '--session', 'cart', '--meta', 'of=cart']);
    const commands = (number: number) => [
      ['token', 'create', '--session', `guest-${number}`],
      ['token', 'update', '--session', 'cart', '--meta', `k${number}=1`],
      ['token', 'renew', '--session', 'default'],
      ['session', 'rename', `guest-${number}`, `renamed-${number}`],
    ];
    // Each process is killed at a later operation than the previous one, to cover all of them.
    const all = Array.from({ length: 7 }, (_, number) => commands(number)).flat();
    await Promise.all(
      all.map((args, index) => run(home, args, { env: { ...hooked, KILL_AT: String(2 + index * 2) } })),
    );
    const { stdout, stderr, code } = await runHere(home, ['session', 'list', '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const sessions: { name: string; metadata: object }[] = JSON.parse(stdout);
    expect(sessions.find(({ name }) => name === 'cart')?.metadata).toMatchObject({ of: 'cart' });
    for (const { name } of sessions) {
      expect(await runHere(home, ['token', 'get', '--session', name])).toMatchObject({ code: 0, stderr: '' });
    }
  });
});
