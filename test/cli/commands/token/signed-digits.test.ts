import { createSign } from 'node:crypto';
import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { freshMachine, openMachine, servedTenant, useRemote } from '../../../support/command.ts';
import { openGates } from '../../../support/local.ts';
import { part, rsa } from '../../../support/tokens.ts';

const noon = Date.UTC(2026, 5, 1, 12) / 1000;

/** Signed as it stands: JSON that JavaScript would write otherwise. */
function signed(payload: string, header: object = { alg: 'RS256', typ: 'JWT' }): string {
  const text = `${part(header)}.${part(payload)}`;
  return `${text}.${createSign('sha256').update(text).sign(rsa.privateKey, 'base64url')}`;
}

const numbers = [
  '12345678901234567890',
  '9007199254740993',
  '-9223372036854775808',
  '1e400',
  '-0',
  '1.0',
  '1E5',
  '0.30000000000000004440892098500626',
  '10000000000000000000000000',
];

describe('the numbers in a token are shown to the last digit', () => {
  it.each(numbers)('%s', async (number) => {
    const { done, file } = await freshMachine();
    const key = file('key.json', JSON.stringify(rsa.publicJwk));
    const token = signed(`{"iss":"x","exp":${noon + 60},"n":${number},"deep":{"list":[1,${number}]}}`);
    const pasted = file('token.txt', token);
    expect((await done('token', 'decode', `@${pasted}`)).stdout).toMatch(
      new RegExp(`\n {2}n +${number.replaceAll('.', '\\.')}\n`),
    );
    expect((await done('token', 'decode', `@${pasted}`, '--field', 'claims.n')).stdout).toBe(`${number}\n`);
    expect((await done('token', 'decode', `@${pasted}`, '--field', 'claims.deep')).stdout).toBe(
      `{"list":[1,${number}]}\n`,
    );
    expect((await done('token', 'decode', `@${pasted}`, '--json')).stdout).toContain(`"n": ${number},`);
    expect((await done('token', 'verify', `@${pasted}`, '--jwks', key, '--json')).stdout).toContain(`"n": ${number},`);
    expect((await done('token', 'verify', `@${pasted}`, '--jwks', key, '--field', 'claims.n')).stdout).toBe(
      `${number}\n`,
    );
    const other = file('other.txt', signed(`{"iss":"x","exp":${noon + 60},"n":7,"deep":{"list":[1,${number}]}}`));
    const { stdout } = await done('token', 'diff', `@${pasted}`, `@${other}`);
    expect(stdout).toContain(`claims.n  ${number} → 7\n`);
    expect(stdout).toContain('1 difference\n');
    expect((await done('token', 'diff', `@${pasted}`, `@${pasted}`, '--field', 'same')).stdout).toBe('true\n');
  });

  it('also two numbers that are equal in JavaScript', async () => {
    const { done, file } = await freshMachine();
    const one = file('one', signed('{"n":9007199254740993}'));
    const two = file('two', signed('{"n":9007199254740992}'));
    const { stdout } = await done('token', 'diff', `@${one}`, `@${two}`);
    expect(stdout).toContain('claims.n  9007199254740993 → 9007199254740992\n');
  });

  it('and a duplicate member is reported', async () => {
    const { done, file } = await freshMachine();
    const path = file('token', signed('{"role":"guest","role":"admin","exp":1}'));
    expect((await done('token', 'decode', `@${path}`)).stdout).toContain(
      "\n  ! the payload has two members named 'role'; this shows the last, other readers may use the first.\n",
    );
    expect((await done('token', 'decode', `@${path}`, '--json')).json.notes).toEqual([
      "the payload has two members named 'role'; this shows the last, other readers may use the first",
    ]);
  });
});

describe('metadata of a session token', () => {
  it.each(['preview', 'ea'] as const)(
    'keeps every digit when saved, exported, imported and sent again, in edition %s',
    async (edition) => {
      const number = '12345678901234567890';
      const machine = await freshMachine();
      const tenant = await servedTenant(machine.clock, {
        edition,
        tokens: (answer) => ({
          ...answer,
          session_token: signed(
            `{"user_id":"anon|1","session_id":"s","exp":${noon + 86_400},"metadata":{"order":${number},"rate":1.0}}`,
          ),
        }),
      });
      const [client] = (await tenant.store.list('client')).filter(({ name }) => name === 'web');
      const [server] = (await tenant.store.list('resource_server')).filter(({ name }) => name === 'shop');
      await openGates(tenant.store, { client: String(client?.client_id), resource_server: String(server?.id) });
      await useRemote(machine, tenant);
      const { done } = machine;
      await done('token', 'create', '--app', 'web', '--api', 'shop');
      expect((await done('session', 'show')).stdout).toContain(`{"order":${number},"rate":1.0}`);
      expect((await done('session', 'show', '--field', 'metadata')).stdout).toBe(`{"order":${number},"rate":1.0}\n`);
      const exported = (await done('session', 'export')).stdout;
      expect(exported).toContain(`"order": ${number},\n`);
      expect(exported).toContain('"rate": 1.0\n');
      machine.terminal.stdin = exported;
      await done('session', 'import', '--session', 'copy');
      machine.terminal.stdin = undefined;
      expect((await done('session', 'export', 'copy')).stdout).toContain(`"order": ${number},\n`);
      await done('token', 'update', '--session', 'copy', '--replace', '--meta', 'language=en');
      const asked = tenant.requests.filter(({ path }) => path === '/anonymous/token').at(-1);
      expect(asked?.body).toContain(`"metadata":{"order":${number},"rate":1.0,"language":"en"}`);
    },
  );
});

describe('a time that seems to have another unit', () => {
  const ms = noon * 1000;
  it.each<[string, string, string]>([
    ['exp', String(ms + 60_000), 'milliseconds (2026-06-01 12:01:00 UTC)'],
    ['iat', String(ms), 'milliseconds (2026-06-01 12:00:00 UTC)'],
    ['nbf', String(ms), 'milliseconds (2026-06-01 12:00:00 UTC)'],
    ['exp', `${ms + 60_000}.5`, 'milliseconds (2026-06-01 12:01:00 UTC)'],
    ['exp', String((ms + 60_000) * 1000), 'microseconds (2026-06-01 12:01:00 UTC)'],
    ['iat', `${ms}000000`, 'nanoseconds (2026-06-01 12:00:00 UTC)'],
    ['auth_time', String(ms), 'milliseconds (2026-06-01 12:00:00 UTC)'],
  ])('is reported, without a five-digit year: %s %s', async (claim, value, meant) => {
    const { done, run, file } = await freshMachine();
    const token = file(
      'token',
      signed(JSON.stringify({ exp: noon + 60, ...{ [claim]: 0 } }).replace(new RegExp(`("${claim}":)0`), `$1${value}`)),
    );
    const { stdout } = await done('token', 'decode', `@${token}`);
    expect(stdout).toContain(`${value} ! looks like ${meant}, but tokens count seconds\n`);
    const { json, stdout: text } = await done('token', 'decode', `@${token}`, '--json');
    expect(json.times).not.toHaveProperty(claim);
    expect(json.notes).toEqual([`${claim} looks like ${meant}, but tokens count seconds`]);
    expect(text).toContain(`"${claim}": ${value}`);
    const key = file('key.json', JSON.stringify(rsa.publicJwk));
    const verified = await run('token', 'verify', `@${token}`, '--jwks', key);
    if (claim !== 'auth_time') expect(verified.stdout.replaceAll(/\s+/g, ' ')).toContain(`looks like ${meant}`);
    for (const shown of [stdout, text, verified.stdout]) expect(shown).not.toMatch(/\+0\d{5}|5\d{4}-\d\d-\d\d/);
  });

  it.each([
    ['exp', `"${noon + 60}"`, 'is a string, not a number of seconds'],
    ['iat', `"2026-06-01T12:00:00Z"`, 'is a string, not a number of seconds'],
    ['exp', `${noon + 60}.5`, 'is not a whole number of seconds, which some verifiers reject'],
  ])('is reported if it is not a time: %s %s', async (claim, value, doubt) => {
    const { done, run, file } = await freshMachine();
    const token = file('token', signed(`{"${claim}":${value}}`));
    expect((await done('token', 'decode', `@${token}`)).stdout).toContain(`! ${doubt}\n`);
    const key = file('key.json', JSON.stringify(rsa.publicJwk));
    const { stdout } = await run('token', 'verify', `@${token}`, '--jwks', key);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(doubt);
  });

  it('is valid if an API accepts it, but causes a warning', async () => {
    const { run, file } = await freshMachine();
    const key = file('key.json', JSON.stringify(rsa.publicJwk));
    const doubt = `${ms + 60_000} looks like milliseconds (2026-06-01 12:01:00 UTC), but tokens count seconds; an API accepts the token until the year `;
    const verify = ['token', 'verify', `@${file('token', signed(`{"exp":${ms + 60_000}}`))}`, '--jwks', key];
    const human = await run(...verify);
    expect(human).toMatchObject({ code: 0, stderr: expect.stringContaining(`warning: exp: ${doubt}`) });
    const json = await run(...verify, '--json');
    expect(json.json.checks).toContainEqual({ check: 'exp', ok: true, detail: expect.stringContaining(doubt) });
    expect(JSON.parse(json.stderr).warnings).toEqual([expect.stringContaining(doubt)]);
    const past = await run('token', 'verify', `@${file('past', signed(`{"exp":${ms - 60_000}}`))}`, '--jwks', key);
    expect(past).toMatchObject({ code: 0, stderr: expect.stringContaining('2026-06-01 11:59:00 UTC') });
  });

  it('causes no warning if the times are plausible', async () => {
    const { done, file } = await openMachine();
    const token = await new SignJWT({ exp: 253_402_300_799, iat: noon })
      .setProtectedHeader({ alg: 'RS256' })
      .sign(rsa.privateKey);
    const { json } = await done('token', 'decode', `@${file('t', token)}`, '--json');
    expect(json).not.toHaveProperty('notes');
    expect(json.times.exp.at).toBe('9999-12-31T23:59:59.000Z');
  });

  it('is not used as the expiry of a session', async () => {
    const machine = await freshMachine();
    const tenant = await servedTenant(machine.clock, {
      tokens: (answer) => ({
        ...answer,
        session_token: signed(`{"user_id":"anon|1","exp":${ms + 1000},"metadata":{}}`),
      }),
    });
    const [client] = (await tenant.store.list('client')).filter(({ name }) => name === 'web');
    const [server] = (await tenant.store.list('resource_server')).filter(({ name }) => name === 'shop');
    await openGates(tenant.store, { client: String(client?.client_id), resource_server: String(server?.id) });
    await useRemote(machine, tenant);
    await machine.done('token', 'create', '--app', 'web', '--api', 'shop');
    const { json } = await machine.done('session', 'show', '--json');
    expect(json).toMatchObject({ never_expires: false, session_expires_in: null });
  });
});
