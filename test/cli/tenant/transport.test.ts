import type { RequestListener } from 'node:http';
import { describe, expect, it } from 'vitest';
import { transportOf } from '../../../src/cli/tenant/transport.ts';
import { authorityFile } from '../../support/authority-file.ts';
import {
  freshMachine,
  type Machine,
  openMachine,
  servedAnswer,
  servedTenant,
  useRemote,
} from '../../support/command.ts';
import { failureOf } from '../../support/domain.ts';
import { busy, fine, htmlPage, reset, tenant, truncated } from '../../support/http-faults.ts';
import { answering } from '../../support/http-server.ts';

describe('how a command talks to its tenant', () => {
  it('is set by options', () => {
    expect(transportOf({ caFile: 'ca.pem', maxWait: '5m', debug: true, json: true }, {})).toEqual({
      caFile: 'ca.pem',
      maxWaitMs: 300_000,
      timeoutMs: undefined,
      debug: true,
      spins: false,
      silent: true,
    });
  });

  it('is set by the environment, overridden by options', () => {
    const env = { ANON_CA_FILE: 'env.pem', ANON_DEBUG: '1' };
    expect(transportOf({}, env)).toMatchObject({ caFile: 'env.pem', debug: true });
    expect(transportOf({ caFile: 'option.pem' }, env)).toMatchObject({ caFile: 'option.pem' });
  });

  it.each(['', '0', 'false'])('is not logged with ANON_DEBUG=%s', (text) => {
    expect(transportOf({}, { ANON_DEBUG: text, ANON_CA_FILE: '' })).toEqual({
      caFile: undefined,
      maxWaitMs: 60_000,
      timeoutMs: undefined,
      debug: false,
      spins: true,
      silent: false,
    });
  });

  it.each([
    ['0', 0],
    ['90', 90_000],
    ['1d', 86_400_000],
  ])('waits for %s', (maxWait, maxWaitMs) => {
    expect(transportOf({ maxWait }, {})).toMatchObject({ maxWaitMs });
  });

  it.each([
    ['soon', "'soon' is not a valid duration."],
    ['-1', "'-1' is not a valid duration."],
    ['2d', '--max-wait must be at most 1 day.'],
  ])('does not wait for %s', async (maxWait, message) => {
    expect(await failureOf(() => transportOf({ maxWait }, {}))).toMatchObject({ code: 'usage', message });
  });
});

describe('--timeout', () => {
  it.each([
    ['1', 1000],
    ['90s', 90_000],
    ['2m', 120_000],
  ])('bounds an exchange to %s', (timeout, timeoutMs) => {
    expect(transportOf({ timeout }, {})).toMatchObject({ timeoutMs });
    expect(transportOf({}, { ANON_TIMEOUT: timeout })).toMatchObject({ timeoutMs });
    expect(transportOf({ timeout }, { ANON_TIMEOUT: '7' })).toMatchObject({ timeoutMs });
  });

  it('has its default if the variable is empty', () => {
    expect(transportOf({}, { ANON_TIMEOUT: '' })).toMatchObject({ timeoutMs: undefined });
  });

  it.each([
    [{ timeout: 'soon' }, {}, "'soon' is not a valid duration."],
    [{ timeout: '0' }, {}, '--timeout must be between 1 second and 1 day.'],
    [{ timeout: '2d' }, {}, '--timeout must be between 1 second and 1 day.'],
    [{}, { ANON_TIMEOUT: '0s' }, 'ANON_TIMEOUT must be between 1 second and 1 day.'],
  ])('refuses %j with %j', async (options, env, message) => {
    expect(await failureOf(() => transportOf(options, env))).toMatchObject({ code: 'usage', message });
  });

  it('ends a command whose tenant does not answer, and reports after how long', async () => {
    const machine = await freshMachine();
    const { url } = await servedAnswer(() => new Promise(() => {}));
    await machine.done('login', 'silent', '--no-check', '--domain', url, '--app', 'a', '--api', 'b');
    const { code, stderr } = await machine.run('token', 'create', '--app', 'a', '--api', 'b', '--timeout', '1s');
    expect({ code, stderr }).toEqual({ code: 6, stderr: expect.stringContaining('did not answer within 1 second.') });
  });
});

async function busyTenant(machine: Machine): Promise<{ asked: number }> {
  const seen = { asked: 0 };
  const { url } = await servedAnswer(async () => {
    seen.asked += 1;
    return new Response('{}', { status: 429, headers: { 'retry-after': '7' } });
  });
  await machine.done('login', 'busy', '--no-check', '--domain', url);
  return seen;
}

const tokenCreate = ['token', 'create', '--app', 'a', '--api', 'b', '--profile', 'busy'];

describe('a command on a tenant that limits the rate', () => {
  it('reports that it waits', async () => {
    const machine = await openMachine();
    await busyTenant(machine);
    const { code, stderr, stdout } = await machine.run(...tokenCreate, '--max-wait', '10s');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.split('\n')).toEqual([
      'waiting 7 s: rate limit',
      "error: The tenant's rate limit was reached.",
      'hint:  Try again in 7 seconds, or let the command wait: --max-wait 14s',
      '',
    ]);
  });

  it('does not wait with --max-wait 0, and does not report waits with --json', async () => {
    const machine = await openMachine();
    const seen = await busyTenant(machine);
    expect((await machine.run(...tokenCreate, '--max-wait', '0', '--json')).jsonError.code).toBe('rate_limited');
    expect(seen.asked).toBe(1);
    expect((await machine.run(...tokenCreate, '--json')).jsonError.code).toBe('rate_limited');
    expect(seen.asked).toBe(10);
  });
});

describe('a command on a tenant that only fails', () => {
  it.each<[string, RequestListener, number, RegExp]>([
    ['503s', busy, 6, /\(503\)/],
    ['resets', reset, 6, /did not answer: the connection was closed\.$/m],
    ['truncated JSON', truncated, 6, /did not answer: the connection was closed\.$/m],
    ['an HTML page', htmlPage, 6, /with 502 and an HTML page, not JSON\.$/m],
  ])('with %s gives up after four requests, in one line and with its exit code', async (_, fault, code, message) => {
    const asked: string[] = [];
    const machine = await machineAt(await answering(tenant(Array(9).fill(fault), asked)));
    const { stdout, stderr, ...ran } = await machine.run('tenant', 'show', '--edition', 'preview');
    expect({ code: ran.code, stdout }).toEqual({ code, stdout: '' });
    expect(stderr).toMatch(/^error: .*\n(hint: .*\n)?$/);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('<h1>');
    expect(asked).toHaveLength(4);
  });

  it.each([
    ['503s', busy],
    ['resets', reset],
    ['truncated JSON', truncated],
    ['HTML pages', htmlPage],
  ])('succeeds on a tenant that sometimes fails with %s', async (_, fault) => {
    const machine = await machineAt(await answering(tenant([fault, fault, fine])));
    expect((await machine.done('tenant', 'show', '--edition', 'preview')).stdout).toContain('Acme');
  });
});

async function machineAt(domain: string): Promise<Machine> {
  const machine = await freshMachine({ seeded: false });
  machine.terminal.stdin = 'a-client-secret';
  await machine.done(
    ...['login', 'acme', '--no-check', '--domain', domain, '--client-id', 'c', '--client-secret', '-'],
  );
  machine.terminal.stdin = undefined;
  return machine;
}

describe('--ca-file', () => {
  it('that is unusable ends a command before any request', async () => {
    const machine = await openMachine();
    const seen = await busyTenant(machine);
    const { code, jsonError } = await machine.run(...tokenCreate, '--ca-file', '/nowhere/ca.pem', '--json');
    expect(code).toBe(2);
    expect(jsonError.message).toBe('The certificate file /nowhere/ca.pem cannot be read: no such file.');
    machine.env.ANON_CA_FILE = machine.file('ca.pem', 'nothing');
    expect((await machine.run(...tokenCreate, '--json')).jsonError.message).toContain('contains no certificate');
    expect(seen.asked).toBe(0);
  });

  it('changes nothing for a tenant without TLS', async () => {
    const machine = await openMachine();
    await useRemote(machine, await servedTenant(machine.clock));
    await machine.done('tenant', 'show', '--ca-file', authorityFile());
  });
});

describe('--debug', () => {
  it('logs every request to the embedded tenant', async () => {
    const machine = await openMachine();
    const { stderr } = await machine.done('tenant', 'show', '--debug');
    expect(stderr).toMatch(
      /^debug: POST \/oauth\/token 200 0 ms( id=\S+)?\ndebug: GET \/api\/v2\/tenants\/settings 200 0 ms( id=\S+)?\n$/,
    );
  });

  it('is a member of the JSON object on stderr with --json', async () => {
    const machine = await openMachine();
    machine.env.ANON_DEBUG = '1';
    const { json, stderr } = await machine.done('tenant', 'show', '--json');
    expect(json).toBeTypeOf('object');
    expect(JSON.parse(stderr)).toEqual({
      debug: [expect.stringMatching(/^POST \/oauth\/token 200 /), expect.stringMatching(/^GET \/api\/v2\//)],
    });
  });

  it('logs no secret, token or metadata value in a whole run', async () => {
    // Every run is searched for what it may not tell.
    const machine = await openMachine();
    await useRemote(machine, await servedTenant(machine.clock));
    machine.env.ANON_DEBUG = '1';
    machine.keepSecret('a-metadata-value');
    const lines: string[] = [];
    for (const command of [
      'app enable web',
      'api enable shop --scopes read:catalog,write:cart',
      'token create --app web --api shop --meta note=a-metadata-value',
      'token update --meta note=a-metadata-value',
      'tenant show',
      'app list',
      'api show shop',
    ]) {
      lines.push(...(await machine.done(...command.split(' '))).stderr.split('\n'));
    }
    expect(lines.filter((line) => line.startsWith('debug: POST /anonymous/token 200 '))).toHaveLength(2);
    expect(lines.filter((line) => line.startsWith('debug: PATCH /api/v2/'))).toHaveLength(2);
  });
});
