import { describe, expect, it } from 'vitest';
import type { NewFault } from '../../../../src/local/faults/fault.ts';
import { type Machine, openMachine, servedTenant, useRemote } from '../../../support/command.ts';
import { withFault } from '../../../support/faults.ts';

interface Met {
  readonly code: number;
  readonly stderr: string;
  /** How long the command waited, in milliseconds. */
  readonly waits: readonly number[];
}

/** What `token create` does with the faults: at the tenant in its process. */
async function here(...faults: Partial<NewFault>[]): Promise<Met> {
  const machine = await openMachine();
  for (const fault of faults) await withFault({ store: machine.store, clock: machine.clock.now }, fault);
  return create(machine);
}

/** The same over sockets, with short time limits. */
async function there(...faults: Partial<NewFault>[]): Promise<Met> {
  const machine = await openMachine();
  const tenant = await servedTenant(machine.clock);
  await useRemote(machine, tenant);
  await machine.done('app', 'enable', 'web');
  await machine.done('api', 'enable', 'shop', '--scopes', 'read:catalog');
  await machine.done('profile', 'set', 'app', 'web');
  await machine.done('profile', 'set', 'api', 'shop');
  for (const fault of faults) await withFault({ store: tenant.store, clock: machine.clock.now }, fault);
  return create(machine, '--timeout', '1s');
}

async function create(machine: Machine, ...options: string[]): Promise<Met> {
  const before = machine.clock.waits.length;
  const { code, stderr } = await machine.run('token', 'create', ...options);
  return { code, stderr, waits: machine.clock.waits.slice(before) };
}

describe.each([
  ['in the process of a command', here],
  ['over sockets', there],
])('a faulty tenant %s', (_, met) => {
  it('that answers 429: the command waits as long as it should, and tries again', async () => {
    const { code, waits } = await met({ status: 429, retry_after: 2, count: 2 });
    expect([code, waits]).toEqual([0, [2000, 2000]]);
  });

  it('that answers an error: the command reports it', async () => {
    const { code, stderr } = await met({ status: 503, name: 'flaky' });
    expect([code, stderr]).toEqual([6, expect.stringContaining("The fault 'flaky' of this tenant answers")]);
  });

  it('that answers something else than JSON: the command says so', async () => {
    const { code, stderr } = await met({ status: 200, body: '<html>' });
    expect([code, stderr]).toEqual([1, expect.stringContaining('with 200 and an HTML page, not JSON')]);
  });

  it.each([
    ['reset', /did not answer: the connection was closed\./],
    ['truncate', /did not answer: the connection was closed\./],
  ] as const)('that breaks the connection with %s: the command ends', async (kind, text) => {
    const { code, stderr } = await met({ kind });
    expect([code, stderr]).toEqual([6, expect.stringMatching(text)]);
  });

  it('that never answers: the command gives up at its time limit', async () => {
    const { code, stderr } = await met({ kind: 'drop' });
    expect([code, stderr]).toEqual([6, expect.stringMatching(/did not answer within (30 seconds|1 second)\./)]);
  });

  it('that is slow: the command waits', async () => {
    const { code } = await met({ kind: 'latency', latency_ms: 20 });
    expect(code).toBe(0);
  });

  it('that is too slow: the command gives up at its time limit', async () => {
    const { code, stderr } = await met({ kind: 'latency', latency_ms: 31_000 });
    expect([code, stderr]).toEqual([6, expect.stringMatching(/did not answer within (30 seconds|1 second)\./)]);
  });
});

it('a slow tenant in the process of a command takes the time of the clock', async () => {
  expect((await here({ kind: 'latency', latency_ms: 800 })).waits).toEqual([800]);
  expect((await here({ kind: 'drop' })).waits).toEqual([30_000]);
});

it('commands about the local tenant itself meet no faults', async () => {
  const machine = await openMachine();
  await withFault({ store: machine.store, clock: machine.clock.now }, { kind: 'drop', route: '*' });
  await machine.done('local', 'user', 'add', 'jane@example.com');
  expect((await machine.done('local', 'env', '--field', 'audience')).stdout).toBe('https://api.shop.example\n');
  expect((await machine.run('app', 'list')).code).toBe(6);
});
