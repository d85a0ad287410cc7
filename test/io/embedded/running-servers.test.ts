import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { runningServers } from '../../../src/io/embedded/running-servers.ts';
import { holdLock } from '../../../src/io/files/lock.ts';
import { temporaryFolder } from '../../support/folder.ts';

const clock = { now: () => 0, wait: async () => {} };
const facts = {
  ...{ url: 'https://localhost:4400', port: 4400, issuer: 'https://localhost:4400/', edition: 'preview' },
  ...{ state: '/state.db', database: null, detached: true, startedAt: 1 },
};

/** Another program of this user, which a later process may be. */
async function bystander(): Promise<ChildProcess & { readonly pid: number }> {
  const child = spawn(process.execPath, ['-e', "console.log('runs'); setInterval(() => {}, 1000)"]);
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return Object.assign(child, { pid: child.pid ?? 0 });
}

describe('the running servers', () => {
  it('are those with a record whose lock is held', () => {
    const folder = join(temporaryFolder(), 'servers');
    const servers = runningServers({ folder, clock });
    expect(servers.list()).toEqual([]);
    const recorded = servers.record(facts);
    expect(runningServers({ folder, clock }).list()).toEqual([{ pid: process.pid, ...facts }]);
    recorded.remove();
    expect(servers.list()).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('do not include a process that was given the number of one that has ended', async () => {
    const folder = temporaryFolder();
    const { pid, exitCode } = await bystander();
    writeFileSync(join(folder, `${pid}.json`), JSON.stringify({ pid, ...facts }));
    writeFileSync(join(folder, `${pid}.lock`), '');
    const servers = runningServers({ folder, clock });
    await servers.stop({ pid, ...facts });
    expect(exitCode).toBeNull();
    expect(() => process.kill(pid, 0)).not.toThrow();
    writeFileSync(join(folder, `${pid}.json`), JSON.stringify({ pid, ...facts }));
    expect(servers.list()).toEqual([]);
    expect(existsSync(join(folder, `${pid}.json`))).toBe(false);
  });

  it('leave out what somebody else wrote', async () => {
    const folder = temporaryFolder();
    const { pid } = await bystander();
    for (const text of ['', '{}', '[]', JSON.stringify({ ...facts, pid: pid + 1 })]) {
      writeFileSync(join(folder, '7.json'), text);
      const lock = holdLock(join(folder, '7.lock'));
      expect(runningServers({ folder, clock }).list()).toEqual([]);
      lock.release();
    }
    mkdirSync(join(folder, 'x.json'));
    expect(runningServers({ folder, clock }).list()).toEqual([]);
  });

  it('get one signal from several commands: a second one would cut off the requests in progress', async () => {
    const folder = temporaryFolder();
    const { pid } = await bystander();
    const lock = holdLock(join(folder, `${pid}.lock`));
    const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
    onTestFinished(() => kill.mockRestore());
    let waits = 0;
    const waiting = {
      now: () => 0,
      wait: async () => {
        waits += 1;
        if (waits === 10) lock.release();
      },
    };
    const stop = () => runningServers({ folder, clock: waiting }).stop({ pid, ...facts });
    await Promise.all([stop(), stop(), stop()]);
    expect(kill.mock.calls).toEqual([[pid, 'SIGTERM']]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('get another signal where the command that sent the first has given up', async () => {
    const folder = temporaryFolder();
    const { pid } = await bystander();
    const lock = holdLock(join(folder, `${pid}.lock`));
    const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
    onTestFinished(() => kill.mockRestore());
    const interrupted = { now: () => 0, wait: async () => Promise.reject(new Error('Ctrl-C')) };
    const stopBy = (clock: typeof interrupted) => runningServers({ folder, clock }).stop({ pid, ...facts });
    await expect(stopBy(interrupted)).rejects.toThrow('Ctrl-C');
    await stopBy({ now: () => 0, wait: async () => lock.release() as never });
    expect(kill).toHaveBeenCalledTimes(2);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('are given ten seconds to end', async () => {
    const folder = temporaryFolder();
    let now = 0;
    const waiting = {
      now: () => now,
      wait: async (ms: number) => {
        now += ms;
      },
    };
    const { pid } = await bystander();
    // The lock of this process, and the number of one that ends at once: nothing frees the lock.
    const lock = holdLock(join(folder, `${pid}.lock`));
    const stopping = runningServers({ folder, clock: waiting }).stop({ pid, ...facts });
    await expect(stopping).rejects.toMatchObject({ code: 'failed', message: `Process ${pid} does not end.` });
    expect(now).toBeGreaterThan(10_000);
    lock.release();
  });
});
