import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { describe, expect, it, onTestFinished } from 'vitest';
import { worldSchema } from '../../../src/domain/world/schema.ts';
import { readWorld } from '../../../src/domain/world/world.ts';
import { startLocalTenant } from '../../../src/library/local/start.ts';
import type {
  LocalWorld,
  LocalWorldAction,
  LocalWorldApi,
  LocalWorldApp,
  LocalWorldGuest,
  LocalWorldUser,
} from '../../../src/library/local/world.ts';
import { verifyToken } from '../../../src/library/verify-token.ts';
import { failureOf } from '../../support/domain.ts';

const shop = 'https://shop.example/api';

const world: LocalWorld = {
  apps: { backend: { 'client-id': 'backend', 'client-secret': 's3cret', enabled: true, 'oidc-conformant': true } },
  apis: { [shop]: { open: true, scopes: ['read:catalog'] } },
  users: { 'jane@example.com': { password: 'Correct-horse1', id: 'jane' } },
  guests: { anna: { id: 'anna', metadata: { language: 'de' } }, old: { age: '40d' } },
};

/** A folder that is removed after the test. */
function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'anon-world-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

describe('startLocalTenant with a world', () => {
  it.each(['preview', 'ea'] as const)('has it, and its guests with their tokens, in edition %s', async (edition) => {
    await using tenant = await startLocalTenant({ edition, seed: world });
    expect([tenant.clientId, tenant.audience]).toEqual(['backend', shop]);
    const { anna, old } = tenant.guests;
    expect(anna).toMatchObject({
      guestId: edition === 'ea' ? 'anon@anna' : 'anon|anna',
      clientId: 'backend',
      audience: shop,
    });
    const expected = { domain: tenant.url, audience: shop, guest: true };
    expect(await verifyToken(anna?.accessToken ?? '', expected)).toMatchObject({ valid: true });
    expect(await verifyToken(old?.accessToken ?? '', expected)).toMatchObject({ valid: false });
    expect(await verifyToken((await tenant.createGuest()).accessToken, expected)).toMatchObject({ valid: true });
  });

  it('is in a file, with the clock of the world', async () => {
    const path = folder();
    const file = join(path, 'world.yaml');
    writeFileSync(file, 'clock: { frozen-at: 2030-01-01 }\nguests: { anna: {} }');
    const problem = await failureOf(() => startLocalTenant({ seed: file, listen: false }));
    expect(problem.message).toBe(
      `${file}:2:11: The tenant would refuse this guest: Anonymous sessions are not enabled for this client. Let the application have guests: enabled: true`,
    );
    writeFileSync(file, 'clock: { frozen-at: 2030-01-01 }\n');
    await using tenant = await startLocalTenant({ seed: file, listen: false });
    expect(tenant.clock.now()).toEqual(new Date('2030-01-01T00:00:00Z'));
    expect(decodeJwt((await tenant.createGuest()).accessToken).iat).toBe(Date.UTC(2030, 0, 1) / 1000);
  });

  it('reads the variables that its file names, as local seed does', async () => {
    const file = join(folder(), 'world.yaml');
    writeFileSync(file, `apps: { web: { client-id: "\${NO_SUCH_CLIENT:-pinned}", enabled: true } }\n`);
    await using tenant = await startLocalTenant({ seed: file, listen: false });
    expect(tenant.clientId).toBe('pinned');
  });

  it('makes guests by the clock of the options', async () => {
    const clock = { now: '2031-01-01', frozen: true };
    await using tenant = await startLocalTenant({ seed: world, clock, edition: 'ea', listen: false });
    expect(decodeJwt(tenant.guests.anna?.accessToken ?? '').iat).toBe(Date.UTC(2031, 0, 1) / 1000);
  });

  it.each<[object, string | RegExp]>([
    [{ seed: { apps: { web: { enabld: true } } } }, "seed:1:17: Unknown key 'enabld' in web. Did you mean 'enabled'?"],
    [{ seed: { edition: 'ea' }, edition: 'preview' }, 'seed:1:12: This world is for edition ea, not preview.'],
    [{ seed: { tenant: { cookie: true } } }, /Edition preview has no cookie/],
    [{ seed: { clock: { offset: '+1d' } }, clock: { frozen: true } }, /the option clock must be left out/],
    [{ seed: 1 }, 'seed must be the path or file: URL of a file, or an object.'],
    [{ seed: '/nowhere/world.yaml' }, /nowhere/],
  ])('is refused: %j', async (options, message) => {
    const error = await failureOf(() => startLocalTenant({ listen: false, ...options }));
    expect(error).toMatchObject({ message: typeof message === 'string' ? message : expect.stringMatching(message) });
  });
});

describe('the type of a world', () => {
  const app: Required<LocalWorldApp> = {
    ...{ 'client-id': 'a', 'client-secret': 's', type: 'spa', enabled: true, 'oidc-conformant': true },
    ...{ origins: [], callbacks: [], 'logout-urls': [] },
  };
  const api: Required<LocalWorldApi> = {
    ...{ name: 'a', 'defined-scopes': [], open: true, 'token-lifetime': '1d', scopes: [], apps: {} },
  };
  const user: Required<LocalWorldUser> = {
    ...{ password: 'Correct-horse1', name: 'Jane', id: 'jane', 'email-verified': true },
    ...{ 'user-metadata': {}, 'app-metadata': {} },
  };
  const action: Required<LocalWorldAction> = { file: 'a.js', name: 'a', secrets: {} };
  const guest: Required<LocalWorldGuest> = { app: 'a', api: 'a', id: 'a', scopes: [], metadata: {}, age: '1d' };
  const whole: Required<LocalWorld> = {
    ...{ edition: 'ea', clock: { offset: '+1d' }, keys: { seed: 1 } },
    tenant: { lifetime: '30d', format: 'jwe', cookie: true },
    apps: { a: app },
    apis: { a: api },
    claims: { language: 'metadata.language' },
    users: { 'jane@example.com': user },
    actions: { 'post-login': [action], 'pre-user-registration': [] },
    guests: { a: guest },
  };

  it('is that of the schema', () => {
    expect(readWorld({ name: 'seed', text: JSON.stringify(whole) })).toMatchObject({ written: {} });
    const { $schema: _, ...entries } = worldSchema.entries;
    expect(Object.keys(whole).sort()).toEqual(Object.keys(entries).sort());
  });
});
