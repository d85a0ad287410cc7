import { generateKeyPairSync } from 'node:crypto';
import { jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import type { EditionName } from '../../src/wire/edition/edition.ts';
import { freshMachine, type Machine, servedAnswer, servedTenant, useRemote } from '../support/command.ts';

const hour = 3_600_000;

/** A machine whose clock is `offsetMs` behind that of a tenant where guests may have tokens. */
async function skewed(offsetMs: number, edition: EditionName = 'preview') {
  const machine = await freshMachine();
  const tenant = await servedTenant({ now: () => machine.clock.now() + offsetMs }, { edition });
  await useRemote(machine, tenant);
  await machine.done('app', 'enable', 'web');
  await machine.done(
    'api',
    'enable',
    'shop',
    '--scopes',
    'read:catalog',
    ...(edition === 'ea' ? ['--app', 'web'] : []),
  );
  await machine.done('profile', 'set', 'app', 'web');
  await machine.done('profile', 'set', 'api', 'shop');
  return { machine, tenant, host: new URL(tenant.issuer).host };
}

const tokenRequests = (requests: readonly { path: string }[]) =>
  requests.filter(({ path }) => path === '/anonymous/token').length;

const checkOf = (json: { checks: { check: string }[] }, name: string) =>
  json.checks.find(({ check }) => check === name);

describe.each([
  ['2 h behind', 2 * hour],
  ['2 h ahead of', -2 * hour],
  ['1 h 30 min behind', 1.5 * hour],
] as const)('with a clock that is %s the tenant', (words, offsetMs) => {
  it('doctor reports it, in text and in JSON', async () => {
    const { machine, host } = await skewed(offsetMs);
    const { json } = await machine.done('doctor', '--json');
    expect(checkOf(json, 'clock')).toMatchObject({ state: 'warning', finding: `your clock is ${words} ${host}'s` });
    expect(Math.abs(json.clock_offset_seconds - offsetMs / 1000)).toBeLessThanOrEqual(1);
    expect((await machine.done('doctor')).stdout).toContain(`your clock is ${words} ${host}'s`);
    expect((await machine.done('doctor', '--probe', '--json')).json.checks.at(-1)).toMatchObject({
      check: 'probe',
      state: 'open',
    });
  });

  it.each(['preview', 'ea'] as const)('a session is saved with its real lifetime: %s', async (edition) => {
    const { machine, tenant } = await skewed(offsetMs, edition);
    await machine.done('tenant', 'set-lifetime', '3d');
    // Sealed, it would not say how long it lives.
    if (edition === 'preview') await machine.done('tenant', 'set-format', 'jwt');
    await machine.done('token', 'create');
    const shown = await machine.done('session', 'show', '--json');
    expect(Math.abs(shown.json.session_expires_in - 3 * 86_400)).toBeLessThanOrEqual(2);
    const made = tokenRequests(tenant.requests);
    expect((await machine.done('token', 'get', '--json')).json).toMatchObject({ origin: 'kept' });
    expect(tokenRequests(tenant.requests)).toBe(made);
  });

  it('a new token is shown with its whole lifetime left', async () => {
    const { machine } = await skewed(offsetMs);
    const { json } = await machine.done('token', 'create', '--json');
    const { exp } = json.decoded.access_token.times;
    expect(Math.abs(exp.seconds_from_now - json.expires_in)).toBeLessThanOrEqual(2);
  });

  it('token verify uses the tenant’s clock, and reports it', async () => {
    const { machine, host } = await skewed(offsetMs);
    const token = (await machine.done('token', 'create', '--field', 'access_token')).stdout.trim();
    expect(await machine.run('token', 'verify', token)).toMatchObject({
      code: 0,
      stderr: `warning: Your clock is ${words} ${host}'s; times are checked by the tenant's clock.\n`,
    });
  });
});

it('token verify asks for the time if the keys are cached and a token seems not yet valid', async () => {
  const { machine } = await skewed(2 * hour);
  const token = (await machine.done('token', 'create', '--field', 'access_token')).stdout.trim();
  expect(await machine.run('token', 'verify', token)).toMatchObject({ code: 0 });
  expect(await machine.run('token', 'verify', token)).toMatchObject({ code: 0 });
  expect(await machine.run('token', 'verify', token, '--offline')).toMatchObject({ code: 3 });
});

it('a clock that is a few seconds off is ignored', async () => {
  const { machine, host } = await skewed(20_000);
  const { json, stderr } = await machine.done('doctor', '--json');
  expect(json.clock_offset_seconds).toBe(0);
  expect(checkOf(json, 'clock')).toMatchObject({ state: 'open', finding: `your clock agrees with ${host}'s` });
  expect(stderr).toBe('');
});

it('doctor reports an unknown offset if no answer has a date', async () => {
  const machine = await freshMachine();
  const { url } = await servedAnswer(async (request) =>
    Response.json({ issuer: `https://${new URL(request.url).host}/` }, { headers: { date: 'just now' } }),
  );
  await machine.done('login', 'undated', '--no-check', '--domain', url);
  const { stdout } = await machine.run('doctor', '--json');
  const json = JSON.parse(stdout);
  expect(json.clock_offset_seconds).toBeNull();
  expect(checkOf(json, 'clock')).toMatchObject({ state: 'unknown' });
});

it('a login with a private key signs with the tenant’s time, and explains why', async () => {
  const machine: Machine = await freshMachine();
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const path = machine.file('key.pem', String(privateKey.export({ type: 'pkcs8', format: 'pem' })));
  const now = () => machine.clock.now() + 2 * hour;
  const { url } = await servedAnswer(async (request) => {
    const headers = { date: new Date(now()).toUTCString() };
    if (!request.url.endsWith('/oauth/token')) return Response.json({ sessions: {} }, { headers });
    const { client_assertion } = (await request.json()) as { client_assertion: string };
    try {
      await jwtVerify(client_assertion, publicKey, { currentDate: new Date(now()), clockTolerance: 10 });
    } catch {
      const body = { error: 'invalid_client', error_description: 'client_assertion is expired' };
      return Response.json(body, { status: 401, headers });
    }
    return Response.json({ access_token: 'opaque', expires_in: 600, token_type: 'Bearer' }, { headers });
  });
  const { stderr } = await machine.done('login', 'acme', '--domain', url, '--client-id', 'tool', '--private-key', path);
  expect(stderr).toContain(
    `Your clock is 2 h behind ${new URL(url).host}'s; client assertions use the tenant's clock.`,
  );
});

it('AUTH0_ACCESS_TOKEN has not expired as long as the tenant accepts it, whatever this machine’s clock shows', async () => {
  const { machine, tenant, host } = await skewed(-2 * hour);
  const answer = await fetch(`${tenant.url}/oauth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      grant_type: 'client_credentials',
      client_id: tenant.credentials.clientId,
      client_secret: tenant.credentials.clientSecret,
      audience: `${tenant.issuer}api/v2/`,
    }),
  });
  const { access_token } = (await answer.json()) as { access_token: string };
  machine.keepSecret(access_token);
  machine.env.AUTH0_DOMAIN = tenant.url;
  machine.env.AUTH0_ACCESS_TOKEN = access_token;
  // By the tenant's clock an hour is left, by this machine's it ended an hour ago.
  machine.clock.forward(86_400 - 3600);
  const { stderr } = await machine.done('app', 'list');
  expect(stderr).toContain(
    `Your clock is 2 h ahead of ${host}'s; by the tenant's clock the access token has not expired.`,
  );
  machine.clock.forward(3600);
  expect(await machine.run('app', 'list')).toMatchObject({ code: 4, stderr: expect.stringContaining('has expired') });
});
