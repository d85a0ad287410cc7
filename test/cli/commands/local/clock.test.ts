import { describe, expect, it } from 'vitest';
import { clockNote } from '../../../../src/cli/render/clock-note.ts';
import { freshMachine, type Machine, openMachine, servedTenant, useRemote } from '../../../support/command.ts';

const days = (count: number) => count * 86_400;
const note = "By the local tenant's clock, which is 31d ahead.\n";

async function clockOf(machine: Machine, ...args: string[]) {
  return (await machine.done('local', 'clock', ...args, '--json')).json;
}

describe('local clock', () => {
  it('that is set back leaves no saved token from the future to token get', async () => {
    const machine = await openMachine();
    await machine.done('local', 'clock', '+31d');
    await machine.done('token', 'create');
    const get = async () => (await machine.done('token', 'get')).stdout;
    const before = await get();
    expect(await get()).toBe(before);
    await machine.done('local', 'clock', 'reset');
    const after = await get();
    expect(after).not.toBe(before);
    expect(await get()).toBe(after);
    machine.terminal.stdin = after;
    expect((await machine.run('token', 'verify', '--guest')).code).toBe(0);
  });

  it('shows the time of the tenant and of the machine', async () => {
    const machine = await freshMachine();
    expect(await clockOf(machine)).toEqual({
      now: '2026-06-01T12:00:00.000Z',
      machine_now: '2026-06-01T12:00:00.000Z',
      offset_seconds: 0,
      frozen: false,
    });
    await machine.done('local', 'clock', '+31d');
    const { stdout, stderr } = await machine.done('local', 'clock');
    expect(stdout).toBe(
      "The local tenant's clock\n" +
        '  tenant      2026-07-02T12:00:00Z\n' +
        '  machine     2026-06-01T12:00:00Z\n' +
        '  difference  31d ahead\n' +
        '  state       running\n',
    );
    expect(stderr).toBe('');
  });

  it('moves it, sets it, stops it, lets it go on and resets it', async () => {
    const machine = await freshMachine();
    expect(await clockOf(machine, '+31d')).toMatchObject({ offset_seconds: days(31) });
    expect(await clockOf(machine, '-2h')).toMatchObject({ offset_seconds: days(31) - 7200 });
    expect(await clockOf(machine, 'set', '2027-01-01T00:00Z')).toMatchObject({ now: '2027-01-01T00:00:00.000Z' });
    machine.clock.forward(60);
    expect(await clockOf(machine, 'freeze')).toMatchObject({ now: '2027-01-01T00:01:00.000Z', frozen: true });
    machine.clock.forward(60);
    expect(await clockOf(machine)).toMatchObject({ now: '2027-01-01T00:01:00.000Z', frozen: true });
    expect(await clockOf(machine, 'run')).toMatchObject({ now: '2027-01-01T00:01:00.000Z', frozen: false });
    machine.clock.forward(60);
    expect(await clockOf(machine)).toMatchObject({ now: '2027-01-01T00:02:00.000Z' });
    expect(await clockOf(machine, 'freeze', '2030-01-01')).toMatchObject({ now: '2030-01-01T00:00:00.000Z' });
    expect(await clockOf(machine, 'reset')).toMatchObject({ offset_seconds: 0, frozen: false });
  });

  it.each([
    [['31d'], "'31d' is not a change of the clock.", 'Give a sign: anon-cli local clock +31d'],
    [['+31w'], "'+31w' is not a change of the clock.", 'Give a whole number and one unit, s, m, h, d or y:'],
    [['-2.5h'], "'-2.5h' is not a change of the clock.", 'Give a whole number and one unit'],
    [['tomorrow'], "'tomorrow' is not a change of the clock.", 'Examples: anon-cli local clock +31d, -2h'],
    [[''], "'' is not a change of the clock.", 'Examples:'],
    [['set'], 'set needs a time.', 'Give a date'],
    [['set', '2027-01-01T00:00'], "'2027-01-01T00:00' is not a time.", 'a time and its zone: 2027-01-01T00:00Z'],
    [['set', '2027-02-30'], "'2027-02-30' is not a time.", 'Give a date'],
    [['freeze', 'now'], "'now' is not a time.", 'Give a date'],
    [['run', 'now'], "'now' is one argument too many.", 'Examples:'],
    [['+31d', '+1d'], "'+1d' is one argument too many.", 'Examples:'],
    [['set', '1969-12-31'], "The local tenant's clock must stay in the years 1970 to 9999.", ''],
    [['-57y'], "The local tenant's clock must stay in the years 1970 to 9999.", ''],
    [['+8000y'], "The local tenant's clock must stay in the years 1970 to 9999.", ''],
  ])('refuses %j', async (args, message, hint) => {
    const machine = await freshMachine();
    const { code, stderr } = await machine.run('local', 'clock', ...args);
    expect(code).toBe(2);
    expect(stderr.replaceAll(/\n +/g, ' ')).toContain(`error: ${message}\n`);
    expect(stderr.replaceAll(/\n +/g, ' ')).toContain(hint);
    expect(await clockOf(machine)).toMatchObject({ offset_seconds: 0 });
  });

  it('is not carried by an export, and a reset sets it back', async () => {
    const machine = await freshMachine();
    const file = `${machine.folder}/tenant.json`;
    await machine.done('local', 'clock', '+31d');
    await machine.done('local', 'export', '--output', file);
    await machine.done('local', 'reset', '--yes');
    expect(await clockOf(machine)).toMatchObject({ offset_seconds: 0 });
    await machine.done('local', 'clock', '+1d');
    await machine.done('local', 'import', file, '--yes');
    expect(await clockOf(machine)).toMatchObject({ offset_seconds: 0 });
  });

  it.each([
    [0, false, "is the machine's"],
    [31_536_000 + 5, false, 'is 1y 5s ahead'],
    [-7200, false, 'is 2h behind'],
    [90, true, 'stands still at 2027-01-01T00:00:00Z'],
  ])('is named in one line: %s seconds, frozen %s', (offset_seconds, frozen, text) => {
    const now = '2027-01-01T00:00:00.000Z';
    expect(clockNote({ now, machine_now: now, offset_seconds, frozen })).toBe(
      `By the local tenant's clock, which ${text}.`,
    );
  });
});

describe('commands of the local tenant judge by its clock, and say so:', () => {
  async function moved(...change: string[]): Promise<Machine> {
    const machine = await openMachine();
    await machine.done('token', 'create');
    await machine.done('local', 'clock', ...(change.length > 0 ? change : ['+31d']));
    return machine;
  }

  it('token verify', async () => {
    const machine = await moved();
    const { code, stdout, stderr } = await machine.run('token', 'verify');
    expect(code).toBe(3);
    expect(stderr.startsWith(note)).toBe(true);
    expect(stdout).toMatch(/exp +.*expired/);
    await machine.done('local', 'clock', 'reset');
    expect(await machine.run('token', 'verify')).toMatchObject({ code: 0, stderr: '' });
  });

  it('token verify of a token that this machine would refuse', async () => {
    const machine = await openMachine();
    await machine.done('local', 'clock', '+31d');
    await machine.done('token', 'create');
    const valid = await machine.run('token', 'verify', '--json');
    expect([valid.code, valid.json.valid]).toEqual([0, true]);
    expect(JSON.parse(valid.stderr)).toEqual({ warnings: [note.trim()] });
  });

  it('token decode, for tokens of the local tenant alone', async () => {
    const machine = await moved();
    const { stdout, stderr } = await machine.done('token', 'decode');
    expect(stderr).toBe(note);
    expect(stdout).toContain('expired');
    const foreign = `${part({ alg: 'RS256' })}.${part({ iss: 'https://acme.eu.auth0.com/', exp: 1_780_315_260 })}.c2ln`;
    const other = await machine.done('token', 'decode', foreign);
    expect(other.stderr).toBe('');
    expect(other.stdout).toContain('in 1 minute');
  });

  it('session list, session show and status', async () => {
    const machine = await moved();
    for (const command of [['session', 'list'], ['session', 'show'], ['status']]) {
      const { stdout, stderr } = await machine.done(...command);
      expect(stderr).toBe(note);
      expect(stdout).toContain('expired');
    }
    expect((await machine.done('session', 'forget', '--expired', '--json')).json).toEqual({ forgotten: ['default'] });
  });

  it('token get, token renew and token create', async () => {
    const machine = await moved('+2d');
    const said = "By the local tenant's clock, which is 2d ahead.\n";
    const { stderr, json } = await machine.done('token', 'get', '--json');
    expect([json.origin, JSON.parse(stderr).warnings]).toEqual(['renewed', [said.trim()]]);
    const again = (await machine.done('token', 'get', '--json')).json;
    expect([again.origin, again.access_token]).toEqual(['kept', json.access_token]);
    expect(again.expires_in).toBe(json.expires_in);
    expect((await machine.done('token', 'renew')).stderr).toBe(said);
    expect((await machine.done('token', 'create', '--session', 'new')).stderr).toBe(said);
    await machine.done('local', 'clock', '+40d');
    const refused = await machine.run('token', 'renew');
    expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining('42d ahead')]);
  });

  it('doctor', async () => {
    const machine = await moved();
    const { json } = await machine.done('doctor', '--json');
    expect(json.clock_offset_seconds).toBe(days(31));
    expect(json.checks.find(({ check }: { check: string }) => check === 'clock')).toMatchObject({
      state: 'open',
      finding: "the local tenant's clock is 31 days ahead of this machine's; tokens are judged by it",
    });
    await machine.done('local', 'clock', 'freeze', '2027-01-01');
    expect((await machine.done('doctor')).stdout.replaceAll(/\s+/g, ' ')).toContain(
      "the local tenant's clock stands still at 2027-01-01T00:00:00.000Z",
    );
  });

  it('transfer rehearse', async () => {
    const machine = await openMachine();
    await machine.done('token', 'create');
    const rehearse = () => machine.run('transfer', 'rehearse', '--user', 'jane@example.com', '--new-user');
    expect((await rehearse()).code).toBe(0);
    await machine.done('local', 'clock', '+31d');
    const { code, stdout, stderr } = await rehearse();
    expect([code, stderr.startsWith(note)]).toEqual([5, true]);
    expect(`${stdout}${stderr}`).toContain('expired');
  });

  it('token watch, which counts by it and ends with the session', async () => {
    const machine = await openMachine({ edition: 'ea' });
    await machine.done('token', 'create');
    await machine.done('local', 'clock', '+30d');
    const { code, stdout } = await machine.run('token', 'watch');
    expect(code).toBe(3);
    expect(stdout).toContain('2026-07-01 12:00:00 UTC');
  });

  it("and nothing is said, and nothing differs, while it is the machine's", async () => {
    const machine = await openMachine();
    await machine.done('token', 'create');
    await machine.done('local', 'clock', '+31d');
    await machine.done('local', 'clock', 'reset');
    for (const command of [
      ['token', 'verify'],
      ['token', 'decode'],
      ['session', 'list'],
      ['status'],
      ['token', 'get'],
    ]) {
      expect((await machine.done(...command)).stderr).toBe('');
    }
  });

  it("but never another tenant's sessions", async () => {
    const machine = await openMachine();
    await useRemote(machine, await servedTenant(machine.clock));
    await machine.open();
    await machine.done('token', 'create');
    await machine.done('local', 'clock', '+31d', '--profile', 'local');
    const { stdout, stderr } = await machine.done('session', 'list');
    expect(stderr).toBe('');
    expect(stdout).not.toContain('expired');
  });
});

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
