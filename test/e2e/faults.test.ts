import { describe, expect, it } from 'vitest';
import { exitCodes } from '../../src/cli/exit-code.ts';
import { type EditionName, editionNames } from '../../src/wire/edition/edition.ts';
import { freshMachine, type Machine, useRemote } from '../support/command.ts';
import { type Fault, type FaultyTenant, faults, faultyTenant } from '../support/faulty-tenant.ts';

/** The usual commands on a tenant, each once; some have different arguments in edition ea. */
function story(edition: EditionName): readonly (readonly string[])[] {
  const ea = edition === 'ea';
  return [
    ['tenant', 'show'],
    ['tenant', 'set-lifetime', '60d'],
    ea ? ['tenant', 'set-cookie', 'off'] : ['tenant', 'set-format', 'jwt'],
    ['app', 'list'],
    ['app', 'create', 'kiosk'],
    ['app', 'enable', 'web'],
    ['api', 'create', 'news', '--audience', 'urn:news', '--scopes', 'read:news'],
    ['api', 'enable', 'shop', ...(ea ? ['--app', 'web'] : []), '--scopes', 'read:catalog', '--token-lifetime', '1h'],
    ['api', 'scopes', 'add', 'shop', 'write:cart'],
    ['api', 'scopes', 'remove', 'shop', 'read:catalog'],
    ['api', 'list'],
    ['token', 'create', '--app', 'web', '--api', 'shop'],
    ['token', 'update', ...(ea ? [] : ['--meta', 'language=en'])],
    ['app', 'disable', 'kiosk'],
    ['api', 'disable', 'news'],
  ];
}

/** The most requests that a command of the story makes: a fault at a later request would never occur. */
const mostRequests = 5;
/** The same for `setup` and `doctor --fix`, which make more requests. */
const mostOfMany = 12;

/** Every second request number: even in one edition and odd in the other, so that together they cover all. */
function upTo(most: number, edition: EditionName): number[] {
  return Array.from({ length: most }, (_, nth) => nth).filter((nth) => nth % 2 === editionNames.indexOf(edition));
}

const documented: readonly number[] = exitCodes.map(({ code }) => code);

describe.each(editionNames)('in edition %s', (edition) => {
  describe.each(Object.keys(faults) as Fault[])('with %s', (fault) => {
    it('every command succeeds or ends with a documented exit code, and no write is repeated or lost', {
      timeout: 60_000,
    }, async () => {
      let met = 0;
      for (const nth of upTo(mostRequests, edition)) met += await toldWith(edition, fault, nth);
      // Without a fault the test would prove nothing.
      expect(met).toBeGreaterThanOrEqual(story(edition).length);
    });

    it('so do setup and doctor --fix, and guests get tokens afterwards', { timeout: 60_000 }, async () => {
      let met = 0;
      for (const nth of upTo(mostOfMany, edition)) met += await openedWith(edition, fault, nth);
      expect(met).toBeGreaterThan(mostOfMany / 2);
    });
  });
});

/** Runs the story with the fault at request `nth` of each command. Returns how many commands met it. */
async function toldWith(edition: EditionName, fault: Fault, nth: number): Promise<number> {
  const machine = await freshMachine({ seeded: false });
  const tenant = await faultyTenant(machine.clock, { edition });
  await useRemote(machine, tenant);
  let met = 0;
  for (const command of story(edition)) {
    tenant.calm();
    tenant.inject(fault, nth);
    const { code, stdout, stderr } = await machine.run(...command);
    const told = `anon-cli ${command.join(' ')} with ${fault} at request ${nth}: ${stderr}`;
    const hit = tenant.requests.find((request) => request.fault === fault);
    if (hit) met += 1;
    expect(documented, told).toContain(code);
    if (!hit) expect(code, told).toBe(0);
    if (code !== 0) expectOneError({ code, stdout, stderr }, told);
    expect(repeated(tenant), told).toEqual([]);
    // Running the command again completes it, whether or not the tenant applied the first attempt.
    if (code !== 0) await again(machine, tenant, command, told);
  }
  tenant.calm();
  await expectAllDone(machine, edition);
  return met;
}

/** Opens all gates with `setup`, closes one, and opens it with `doctor --fix`. */
async function openedWith(edition: EditionName, fault: Fault, nth: number): Promise<number> {
  const machine = await freshMachine({ seeded: false });
  const tenant = await faultyTenant(machine.clock, { edition });
  await useRemote(machine, tenant);
  const names = ['--app', 'web', '--api', 'shop', '--scopes', 'read:catalog', '--yes'];
  let met = 0;
  for (const command of [
    ['setup', ...names],
    ['doctor', ...names, '--fix'],
  ]) {
    tenant.calm();
    tenant.inject(fault, nth);
    const { code, stderr } = await machine.run(...command);
    const told = `anon-cli ${command.join(' ')} with ${fault} at request ${nth}: ${stderr}`;
    if (tenant.requests.some((request) => request.fault === fault)) met += 1;
    else expect(code, told).toBe(0);
    expect(documented, told).toContain(code);
    expect(stderr, told).not.toMatch(/\bat .*:\d+:\d+|<html|undefined|\[object/);
    expect(repeated(tenant), told).toEqual([]);
    if (code !== 0) await again(machine, tenant, command, told);
    tenant.calm();
    expect((await machine.done('token', 'create', '--json')).json.scope).toBe('read:catalog');
    await machine.done('api', 'disable', 'shop');
  }
  return met;
}

function expectOneError({ stdout, stderr }: { code: number; stdout: string; stderr: string }, told: string): void {
  expect(stdout, told).toBe('');
  const lines = stderr.trimEnd().split('\n');
  expect(
    lines.filter((line) => line.startsWith('error: ')),
    told,
  ).toHaveLength(1);
  expect(stderr, told).not.toMatch(/\bat .*:\d+:\d+|<html|undefined|\[object/);
}

/** Writes that the tenant applied more than once. */
function repeated({ handled }: FaultyTenant): string[] {
  const writes = handled
    .filter(({ method, path, status }) => method !== 'GET' && path !== '/oauth/token' && status < 300)
    .map(({ method, path, body }) => `${method} ${path} ${body}`);
  return writes.filter((write, index) => writes.indexOf(write) !== index);
}

/** Runs a command again, as its error suggests, unless it created something and only the response was lost. */
async function again(machine: Machine, tenant: FaultyTenant, command: readonly string[], told: string): Promise<void> {
  const created = tenant.handled.some(
    ({ method, path, status }) => method === 'POST' && path.startsWith('/api/v2/') && status === 201,
  );
  tenant.calm();
  if (created && command[1] === 'create') return;
  const { code, stderr } = await machine.run(...command);
  expect(code, `${told}\nand again: ${stderr}`).toBe(0);
}

async function expectAllDone({ done }: Machine, edition: EditionName): Promise<void> {
  expect((await done('tenant', 'show', '--json')).json).toMatchObject({
    session_lifetime: 5_184_000,
    ...(edition === 'ea' ? { session_cookie: false } : { session_token_format: 'jwt' }),
  });
  const apps = (await done('app', 'list', '--json')).json as { name: string; enabled: boolean }[];
  expect(apps.map(({ name, enabled }) => `${name} ${enabled}`).sort()).toEqual(['kiosk false', 'web true']);
  const apis = (await done('api', 'list', '--json')).json as {
    name: string;
    enabled: boolean;
    guest_scopes: string[];
  }[];
  expect(apis.map(({ name, enabled, guest_scopes: scopes }) => `${name} ${enabled} ${scopes}`).sort()).toEqual([
    'news false ',
    'shop true write:cart',
  ]);
  // The tenant accepts the saved session.
  await done('token', 'update');
}
