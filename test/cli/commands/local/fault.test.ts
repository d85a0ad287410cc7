import { describe, expect, it } from 'vitest';
import { freshMachine, type Machine, openMachine, servedTenant, useRemote } from '../../../support/command.ts';

const fault = (machine: Machine, ...args: string[]) => machine.done('local', 'fault', ...args);

describe('local fault add', () => {
  it('adds a fault, which list shows, until it is removed', async () => {
    const machine = await freshMachine();
    const args = ['--route', '/anonymous/token', '--status', '429', '--retry-after', '2', '--count', '3'];
    expect((await fault(machine, 'add', ...args)).stdout).toBe(
      '✔ Added fault 429: status 429, try again after 2s, for /anonymous/token, at most 3\n' +
        'To end it: anon-cli local fault remove 429\n',
    );
    const { json } = await fault(machine, 'list', '--json');
    expect(json).toEqual([
      {
        ...{ id: expect.stringMatching(/^[0-9a-f-]{36}$/), name: '429', kind: 'status', status: 429, retry_after: 2 },
        ...{ body: null, latency_ms: null, route: '/anonymous/token', method: null, client_id: null, rate: null },
        ...{ seed: 1, count: 3, after: null, seen: 0, hit: 0, created_at: '2026-06-01T12:00:00.000Z' },
      },
    ]);
    expect((await fault(machine, 'remove', json[0].id)).stdout).toBe('✔ Removed fault 429\n');
    expect((await fault(machine, 'list', '--json')).json).toEqual([]);
  });

  it.each([
    [['--latency', '800ms'], 'latency: 800 ms late, for all endpoints'],
    [['--latency', '2s', '--name', 'slow'], 'slow: 2s late, for all endpoints'],
    [
      ['--reset', '--rate', '20%', '--after', '10'],
      'reset: resets the connection, for all endpoints, 20% of the requests, after the first 10',
    ],
    [['--truncate', '--method', 'post'], 'truncate: truncates the response, for POST all endpoints'],
    [['--drop', '--route', '/api/v2/*'], 'drop: never answers, for /api/v2/*'],
    [['--drop', '--route', '/api/v2/clients/abc'], 'drop: never answers, for /api/v2/clients/abc'],
    [['--status', '200', '--body', '@body.txt'], '200: status 200 with its own body, for all endpoints'],
    [['--status', '500', '--body', '-'], '500: status 500 with its own body, for all endpoints'],
  ])('describes it: %j', async (args, text) => {
    const machine = await freshMachine();
    machine.terminal.stdin = '<html>\n';
    const given = args.map((arg) => arg.replace('body.txt', machine.file('body.txt', '{"a":')));
    expect((await fault(machine, 'add', ...given)).stdout).toContain(`Added fault ${text}\n`);
    const { json } = await fault(machine, 'list', '--json');
    expect(json[0].body).toBe(args.includes('-') ? '<html>\n' : args.includes('--body') ? '{"a":' : null);
  });

  it('is for an application, by name or client id', async () => {
    const machine = await freshMachine();
    const [{ client_id: id }] = (await machine.done('app', 'list', '--json')).json;
    await fault(machine, 'add', '--drop', '--app', 'web');
    await fault(machine, 'add', '--drop', '--app', id);
    const { json } = await fault(machine, 'list', '--json');
    expect(json).toMatchObject([
      { name: 'drop', client_id: id },
      { name: 'drop-2', client_id: id },
    ]);
    expect((await fault(machine, 'list')).stdout).toContain('drop\tnever answers\tall endpoints from web\t');
    const { code, stderr } = await machine.run('local', 'fault', 'add', '--drop', '--app', 'wbe');
    expect([code, stderr]).toEqual([1, expect.stringContaining("Did you mean 'web'?")]);
  });

  it.each([
    [[], 'A fault needs exactly one of --status, --latency, --reset, --truncate and --drop.'],
    [['--drop', '--status', '500'], 'exactly one'],
    [['--drop', '--body', 'x'], '--body is for faults with --status.'],
    [['--drop', '--retry-after', '2'], '--retry-after is for faults with --status.'],
    [['--drop', '--route', '/anonymous/tokn'], 'Did you mean /anonymous/token?'],
    [['--drop', '--route', 'anonymous/token'], 'Did you mean /anonymous/token?'],
    [['--drop', '--route', '/nowhere/at/all/*'], "The local tenant has no endpoint '/nowhere/at/all/*'."],
    [['--drop', '--method', 'BREW'], "'BREW' is not a valid method."],
    [['--status', '99'], "'99' is not a valid HTTP status."],
    [['--latency', '0ms'], "'0ms' is not a valid latency."],
    [['--latency', '0'], "'0' is not a valid latency.\nhint:  Give 1ms to 1h: --latency 800ms"],
    [['--latency', '800'], "'800' is not a valid latency.\nhint:  Give its unit: 800ms or 800s"],
    [['--latency', 'soon'], "'soon' is not a valid duration."],
    [['--drop', '--rate', '1.5'], "'1.5' is not a valid rate."],
    [['--drop', '--rate', '101%'], "'101%' is not a valid rate."],
    [['--drop', '--count', '-1'], 'not a valid number of requests'],
    [['--drop', '--count', '0'], "'0' is not a valid number of requests.\nhint:  Give 1 to 1000000000: --count 3"],
    [['--drop', '--after', 'x'], 'hint:  Give 0 to 1000000000: --after 10'],
    [['--drop', '--seed', '42'], '--seed is for faults with --rate.'],
    [['--status', '204', '--body', 'x'], 'A response with status 204 has no body.'],
    [['--drop', '--seed', 'x'], "'x' is not a valid seed."],
    [['--drop', '--name', 'a b'], "'a b' is not a valid name for a fault."],
  ])('refuses %j', async (args, problem) => {
    const machine = await freshMachine();
    const { code, stderr } = await machine.run('local', 'fault', 'add', ...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(problem)]);
    expect((await fault(machine, 'list', '--json')).json).toEqual([]);
  });

  it('refuses the name of a file as a body', async () => {
    const machine = await freshMachine();
    const path = machine.file('body.json', '{}');
    const { code, stderr } = await machine.run('local', 'fault', 'add', '--status', '503', '--body', path);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`To send what is in it: --body @${path}`)]);
    await fault(machine, 'add', '--status', '503', '--body', 'none.json');
    expect((await fault(machine, 'list', '--json')).json).toMatchObject([{ body: 'none.json' }]);
  });

  it('refuses a second fault with the same name', async () => {
    const machine = await freshMachine();
    await fault(machine, 'add', '--drop', '--name', 'flaky');
    const { code, stderr } = await machine.run('local', 'fault', 'add', '--reset', '--name', 'flaky');
    expect([code, stderr]).toEqual([2, expect.stringContaining("Fault 'flaky' already exists.")]);
  });
});

describe('local fault', () => {
  it('lists what faults do and how often they hit, and clears them', async () => {
    const machine = await openMachine();
    await fault(machine, 'add', '--status', '429', '--route', '/anonymous/token', '--count', '1');
    await fault(machine, 'add', '--latency', '5ms', '--route', '/oauth/token');
    // The command tries again.
    await machine.done('token', 'create');
    expect((await fault(machine, 'list')).stdout).toBe(
      '429\tstatus 429\t/anonymous/token, at most 1\t1 of 1\nlatency\t5 ms late\t/oauth/token\t\n',
    );
    expect((await fault(machine, 'clear')).stdout).toBe('✔ Removed 2 faults\n');
    expect((await fault(machine, 'clear')).stdout).toBe('No changes: the local tenant has no faults.\n');
    const { code, stderr } = await machine.run('local', 'fault', 'remove', 'latency');
    expect([code, stderr]).toEqual([1, expect.stringContaining("Fault 'latency' not found.")]);
  });

  it('is not carried by an export, and ends with an import', async () => {
    const machine = await freshMachine();
    await fault(machine, 'add', '--drop');
    const { json } = await machine.done('local', 'export', '--output', '-', '--json');
    expect(JSON.stringify(json)).not.toContain('drop');
    await machine.done('local', 'import', machine.file('tenant.json', JSON.stringify(json)), '--yes');
    expect((await fault(machine, 'list', '--json')).json).toEqual([]);
  });

  it.each([
    ['fault', 'add', '--drop'],
    ['fault', 'list'],
    ['fault', 'remove', 'drop'],
    ['fault', 'clear'],
    ['limit', '30/m'],
  ])('is refused for another tenant: local %s %s', async (...args) => {
    const machine = await freshMachine();
    await useRemote(machine, await servedTenant(machine.clock));
    const { code, stderr } = await machine.run('local', ...args, '--profile', 'remote');
    expect([code, stderr]).toEqual([7, expect.stringContaining('this command is for the local tenant only')]);
  });
});

describe('local limit', () => {
  it('sets, shows and removes limits', async () => {
    const machine = await freshMachine();
    const limit = (...args: string[]) => machine.done('local', 'limit', ...args);
    expect((await limit()).stdout).toBe('The local tenant has no limits.\n');
    await limit('30/m', '--route', '/anonymous/token');
    expect((await limit('5/s')).stdout).toBe(
      '/anonymous/token\t30 requests per minute\nall endpoints\t5 requests per second\n',
    );
    expect((await limit('--route', '/anonymous/token', '--json')).json).toEqual({
      limits: [{ route: '/anonymous/token', requests: 30, period_seconds: 60 }],
    });
    expect((await limit('--route', '/oauth/token')).stdout).toBe('The local tenant has no limit for /oauth/token.\n');
    expect((await limit('off', '--route', '/oauth/token')).stdout).toMatch(
      /^No changes: the local tenant has no limit for \/oauth\/token\.\n\/anonymous\/token\t/,
    );
    expect((await limit('off', '--route', '/anonymous/token')).stdout).toBe(
      '✔ Removed 1 limit\nall endpoints\t5 requests per second\n',
    );
    expect((await limit('off', '--json')).json).toEqual({ limits: [] });
    expect((await limit('off')).stdout).toBe('No changes: the local tenant has no limits.\n');
    expect((await fault(machine, 'list', '--json')).json).toEqual([]);
  });

  it('holds for commands', async () => {
    const machine = await openMachine();
    await machine.done('local', 'limit', '1/h', '--route', '/anonymous/token');
    const { code, stderr } = await machine.run('token', 'create', '--count', '2', '--max-wait', '0');
    expect([code, stderr]).toEqual([1, expect.stringContaining('Global limit has been reached')]);
  });

  it.each(['30', '0/s', '30/d', 'of'])('refuses %s', async (text) => {
    const machine = await freshMachine();
    const { code, stderr } = await machine.run('local', 'limit', text);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`'${text}' is not a valid limit.`)]);
  });
});
