import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSession } from '../../../src/library/create-session.ts';
import { decodeToken } from '../../../src/library/decode-token.ts';
import { startLocalTenant } from '../../../src/library/local/start.ts';
import type { LocalTenant } from '../../../src/library/local/tenant.ts';
import { verifyToken } from '../../../src/library/verify-token.ts';
import { failureOf } from '../../support/domain.ts';

let tenant: LocalTenant;
beforeAll(async () => {
  tenant = await startLocalTenant({ edition: 'ea', listen: false });
});
afterAll(() => tenant.stop());

/** A program without types. */
// biome-ignore lint/suspicious/noExplicitAny: such programs pass anything
type Anything = any;

const metadata = (value: unknown): Anything => ({ metadata: { cart: [{ count: value }] } });
const circular: Record<string, unknown> = {};
circular.self = circular;

describe('arguments of a program without types are refused', () => {
  it.each<[string, (wrong: Anything) => unknown, Anything, string]>([
    ['startLocalTenant', startLocalTenant, null, 'startLocalTenant takes an object.'],
    ['startLocalTenant', startLocalTenant, { https: 'no' }, 'https of startLocalTenant must be true or false.'],
    ['startLocalTenant', startLocalTenant, { listen: 0 }, 'listen of startLocalTenant must be true or false.'],
    ['startLocalTenant', startLocalTenant, { autoLogin: true }, 'autoLogin of startLocalTenant must be a text.'],
    ['startLocalTenant', startLocalTenant, { clock: { frozen: 'no' } }, 'frozen of clock must be true or false.'],
    [
      'startLocalTenant',
      startLocalTenant,
      { listen: false, port: 4400 },
      'With listen: false nothing listens, so port must be left out.',
    ],
    [
      'startLocalTenant',
      startLocalTenant,
      { seed: { guests: { anna: metadata(Number.NaN) } } },
      'seed.guests.anna.metadata.cart[0].count is NaN, which JSON does not have.',
    ],
    [
      'startLocalTenant',
      startLocalTenant,
      { seed: new URL('https://example.com/world.yaml') },
      'seed must be the path or file: URL of a file, or an object.',
    ],
    ['mint', (wrong) => tenant.mint(wrong), undefined, 'mint takes an object.'],
    [
      'mint',
      (wrong) => tenant.mint(wrong),
      { kind: 'access_token', expired: 'no' },
      'expired of mint must be true or false.',
    ],
    ['mint', (wrong) => tenant.mint(wrong), { kind: 'session_token', format: 'xml' }, 'format must be jwt or jwe.'],
    [
      'mint',
      (wrong) => tenant.mint(wrong),
      { kind: 'access_token', expired: true, claims: { exp: 1 } },
      'expired sets the claim exp: leave one of them out.',
    ],
    [
      'mint',
      (wrong) => tenant.mint(wrong),
      { kind: 'access_token', notYetValid: true, claims: { nbf: 1 } },
      'notYetValid sets the claim nbf: leave one of them out.',
    ],
    ['mint', (wrong) => tenant.mint(wrong), { kind: 'access_token', claims: 'x' }, 'claims of mint must be an object.'],
    [
      'mint',
      (wrong) => tenant.mint(wrong),
      { kind: 'access_token', header: { n: 10n } },
      'header.n is a bigint, which JSON does not have.',
    ],
    ['createGuest', (wrong) => tenant.createGuest(wrong), null, 'createGuest takes an object.'],
    [
      'createGuest',
      (wrong) => tenant.createGuest(wrong),
      metadata(new Map()),
      'metadata.cart[0].count is a Map, which JSON does not have.',
    ],
    [
      'createGuest',
      (wrong) => tenant.createGuest(wrong),
      { metadata: circular },
      'metadata.self contains itself, which JSON does not have.',
    ],
    [
      'createUser',
      (wrong) => tenant.createUser(wrong),
      { email: 'a@example.com', userMetadata: { f: () => 1 } },
      'userMetadata.f is a function, which JSON does not have.',
    ],
    [
      'createUser',
      (wrong) => tenant.createUser(wrong),
      { email: 'a@example.com', id: 'auth0|a' },
      'The id is what follows auth0| in the id of the user.',
    ],
    ['faults.add', (wrong) => tenant.faults.add(wrong), undefined, 'faults.add takes an object.'],
    [
      'faults.add',
      (wrong) => tenant.faults.add(wrong),
      { kind: 'drop', method: 5 },
      'method of faults.add must be a text.',
    ],
    ['faults.limit', (wrong) => tenant.faults.limit(wrong), null, 'faults.limit takes an object.'],
    ['requests.all', (wrong) => tenant.requests.all(wrong), { pth: '/' }, "requests.all does not take 'pth'."],
    [
      'requests.all',
      (wrong) => tenant.requests.all(wrong),
      { status: '200' },
      'status of requests.all must be a number.',
    ],
    [
      'requests.next',
      (wrong) => tenant.requests.next(wrong),
      { session_: 'x' },
      "requests.next does not take 'session_'.",
    ],
    [
      'requests.next',
      (wrong) => tenant.requests.next({}, wrong),
      { timeout: 10 },
      "requests.next does not take 'timeout'.",
    ],
    [
      'requests.next',
      (wrong) => tenant.requests.next({}, wrong),
      { timeoutMs: Number.NaN },
      'timeoutMs of requests.next must be a number.',
    ],
    ['requests.next', (wrong) => tenant.requests.next({}, wrong), { timeoutMs: -1 }, 'timeoutMs must not be negative.'],
    [
      'createSession',
      createSession,
      { domain: 'localhost', clientId: 'a', audience: 'b', ...metadata(Number.POSITIVE_INFINITY) },
      'metadata.cart[0].count is Infinity, which JSON does not have.',
    ],
    [
      'verifyToken',
      (wrong) => verifyToken('', wrong),
      { domain: 'localhost', audience: 'a', scope: 'read:a' },
      "verifyToken does not take 'scope'.",
    ],
    [
      'verifyToken',
      (wrong) => verifyToken('', wrong),
      { domain: 'localhost', audience: 'a', scopes: 'read:a' },
      'scopes of verifyToken must be a list.',
    ],
    [
      'verifyToken',
      (wrong) => verifyToken('', wrong),
      { domain: 'localhost', audience: 'a', guest: 'false' },
      'guest of verifyToken must be true or false.',
    ],
    [
      'verifyToken',
      (wrong) => verifyToken('', wrong),
      { domain: 'localhost', audience: 'a', clockToleranceSeconds: Number.NaN },
      'clockToleranceSeconds of verifyToken must be a number.',
    ],
    ['decodeToken', (wrong) => decodeToken('', wrong), { now: new Date() }, 'now of decodeToken must be a number.'],
  ])('by %s', async (_, call, wrong, message) => {
    expect(await failureOf(() => call(wrong))).toMatchObject({ code: 'usage', message });
  });

  it.each<[string, Anything, string]>([
    ['another trigger', ['postlogin', './a.js'], 'The trigger must be post-login or pre-user-registration.'],
    ['no file', ['post-login'], 'addAction needs the path of a file, or a file: URL.'],
    [
      'an address',
      ['post-login', new URL('https://example.com/a.js')],
      'addAction needs the path of a file, or a file: URL.',
    ],
    ['a misspelt option', ['post-login', './a.js', { secret: {} }], "addAction does not take 'secret'."],
    ['an empty name', ['post-login', './a.js', { name: '' }], 'name is empty: leave it out for that of the file.'],
    ['a secret that is no text', ['post-login', './a.js', { secrets: { A: 5 } }], 'The secret A must be a text.'],
  ])('by addAction: %s', async (_, [trigger, file, options], message) => {
    expect(await failureOf(() => tenant.addAction(trigger, file, options))).toMatchObject({ code: 'usage', message });
  });

  it('by restore, and the tenant stays as it is', async () => {
    const snapshot = tenant.snapshot();
    const { documents, used } = snapshot.state as { documents: object[]; used: object[] };
    for (const state of [null, {}, { documents }, { documents: [], used }, { documents: [null], used }]) {
      expect(await failureOf(() => tenant.restore({ ...snapshot, state }))).toMatchObject({
        code: 'usage',
        message: 'The state in this snapshot is damaged.',
      });
    }
    expect(tenant.snapshot()).toEqual(snapshot);
    expect((await tenant.createGuest()).tokenType).toBe('Bearer');
  });
});

describe('a file', () => {
  it('may be given as the URL of a module', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'anon-cli-url-'));
    const world = join(folder, 'a world.yaml');
    writeFileSync(world, 'apps: { shop: { client-id: pinned } }\n');
    try {
      await using seeded = await startLocalTenant({ seed: pathToFileURL(world), listen: false });
      expect(seeded.clientId).toBe('pinned');
      const missing = join(folder, 'no such.js');
      const error = await failureOf(() => seeded.addAction('post-login', pathToFileURL(missing)));
      expect(error.message).toMatch(`${missing} is not an Action`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
