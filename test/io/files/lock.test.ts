import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { interrupted } from '../../../src/errors.ts';
import { withLock } from '../../../src/io/files/lock.ts';
import { childProgram } from '../../support/child.ts';
import { failureOf, steppingClock } from '../../support/domain.ts';
import { modeOf, temporaryFolder } from '../../support/folder.ts';

const newPath = () => join(temporaryFolder(), 'a.lock');

/** A clock for tests that must not wait. */
const impatient = {
  now: () => 0,
  wait: () => Promise.reject(new Error('it is taken')),
};

describe('a lock', () => {
  it('returns the result of the work, and is free again', async () => {
    const path = newPath();
    expect(await withLock(path, impatient, async () => 'done')).toBe('done');
    expect(await withLock(path, impatient, async () => 'again')).toBe('again');
    expect(modeOf(path)).toBe('600');
  });

  it('is free again when the work fails, and throws its error', async () => {
    const path = newPath();
    const work = () => Promise.reject(new Error('the work failed'));
    await expect(withLock(path, impatient, work)).rejects.toThrow('the work failed');
    expect(await withLock(path, impatient, async () => 'done')).toBe('done');
  });

  it('lets the second holder in when the first is done', async () => {
    const path = newPath();
    const order: string[] = [];
    let endFirst = () => {};
    const holding = withLock(path, impatient, async () => {
      await new Promise<void>((resolve) => {
        endFirst = resolve;
      });
      order.push('first');
    });
    const waits: number[] = [];
    const clock = {
      now: () => 0,
      async wait(ms: number) {
        waits.push(ms);
        if (waits.length === 3) endFirst();
        await new Promise(setImmediate);
      },
    };
    await Promise.all([holding, withLock(path, clock, async () => void order.push('second'))]);
    expect(order).toEqual(['first', 'second']);
    expect(waits.length).toBeGreaterThanOrEqual(3);
    expect(waits.every((ms) => ms >= 15 && ms <= 30)).toBe(true);
  });

  it('that cannot be created is a failure that names its file', async () => {
    const path = temporaryFolder();
    expect(await failureOf(() => withLock(path, impatient, async () => 'done'))).toMatchObject({
      code: 'state_unusable',
      message: `${path} cannot be written: it is a folder.`,
    });
  });

  it('is no longer waited for after three minutes', async () => {
    const path = newPath();
    const error = await withLock(path, impatient, () => {
      const clock = steppingClock();
      const slow = { now: clock.now, wait: () => clock.wait(60_000) };
      return failureOf(() => withLock(path, slow, async () => 'never'));
    });
    expect(error).toMatchObject({
      code: 'state_unusable',
      message: 'Another anon-cli process has been busy for too long.',
    });
  });

  it('is not waited for when the user stops the command', async () => {
    const path = newPath();
    const stopped = { now: () => 0, wait: () => Promise.reject(interrupted()) };
    const error = await withLock(path, impatient, () => failureOf(() => withLock(path, stopped, async () => 'never')));
    expect(error.code).toBe('interrupted');
  });

  it('replaces another file at its path', async () => {
    const path = newPath();
    writeFileSync(path, 'this is not a database, and it is longer than a header. '.repeat(40));
    expect(await withLock(path, impatient, async () => 'done')).toBe('done');
    expect(readFileSync(path, 'latin1')).not.toContain('this is not a database');
  });

  it('at another path is another lock', async () => {
    const path = newPath();
    expect(await withLock(path, impatient, () => withLock(newPath(), impatient, async () => 'done'))).toBe('done');
  });

  it('is free when the process that held it was killed', async () => {
    const path = newPath();
    const start = await childProgram(new URL('holding-lock.ts', import.meta.url));
    const holder = start(path);
    await once(holder.stdout ?? holder, 'data');
    await expect(withLock(path, impatient, async () => 'done')).rejects.toThrow('it is taken');
    const ended = once(holder, 'exit');
    holder.kill('SIGKILL');
    await ended;
    expect(await withLock(path, impatient, async () => 'done')).toBe('done');
  });
});
