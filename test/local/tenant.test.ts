import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calculateJwkThumbprint, compactDecrypt } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { databasePorts } from '../../src/io/embedded/ports.ts';
import { openLocalTenant } from '../../src/local/open-tenant.ts';
import { readLocalKeys } from '../../src/local/state/read-state.ts';
import { openSqlite } from '../../src/local/store/sqlite/database.ts';
import { managementAudience } from '../../src/wire/oauth.ts';
import { movableClock, sender, withBearer } from '../support/local.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'anon-open-'));
  file = join(folder, 'state.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Sends with a token of the client that may configure the tenant. */
async function manager(tenant: Awaited<ReturnType<typeof openLocalTenant>>) {
  const { clientId, clientSecret } = await tenant.managementCredentials();
  const { body } = await sender(tenant)('POST', '/oauth/token', {
    json: {
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      audience: managementAudience(tenant.issuer),
    },
  });
  return withBearer(sender(tenant), body.access_token);
}

describe('a tenant in a file', () => {
  it('is created on first use and opened the next time', async () => {
    const first = await openLocalTenant(
      { file },
      { clock: movableClock() },
      databasePorts(() => {}),
    );
    const manage = await manager(first);
    await manage('PATCH', '/api/v2/tenants/settings', { json: { friendly_name: 'Kept' } });
    const [key, credentials] = [await first.sessionKeys(), await first.managementCredentials()];
    await first.close();

    const second = await openLocalTenant(
      { file },
      { clock: movableClock() },
      databasePorts(() => {}),
    );
    const { body } = await (await manager(second))('GET', '/api/v2/tenants/settings');
    expect(body.friendly_name).toBe('Kept');
    expect(await second.sessionKeys()).toEqual(key);
    expect(await second.managementCredentials()).toEqual(credentials);
    await second.close();
  });

  it('starts over with new keys and another client after a reset', async () => {
    const tenant = await openLocalTenant(
      { file },
      { clock: movableClock() },
      databasePorts(() => {}),
    );
    const [key, credentials] = [await tenant.sessionKeys(), await tenant.managementCredentials()];
    await tenant.reset();
    expect(await tenant.sessionKeys()).not.toEqual(key);
    expect((await tenant.managementCredentials()).clientId).not.toBe(credentials.clientId);
    expect(await (await manager(tenant))('GET', '/api/v2/clients')).toMatchObject({ status: 200 });
    await tenant.close();
  });

  it('follows a reset to the other edition by another process', async () => {
    const [here, there] = [
      await openLocalTenant(
        { file },
        { clock: movableClock() },
        databasePorts(() => {}),
      ),
      await openLocalTenant(
        { file },
        { clock: movableClock() },
        databasePorts(() => {}),
      ),
    ];
    expect(await here.edition()).toBe('preview');
    await there.reset('ea');
    expect(await here.edition()).toBe('ea');
    const { body } = await (await manager(here))('GET', '/api/v2/tenants/settings');
    expect(body).not.toHaveProperty('anonymous_session_lifetime');
    expect(await sender(here)('POST', '/anonymous/logout', { json: {} })).toMatchObject({ status: 204 });
    await here.close();
    await there.close();
  });

  it('returns the key that decrypts its session tokens', async () => {
    const tenant = await openLocalTenant(
      { file },
      { clock: movableClock() },
      databasePorts(() => {}),
    );
    const manage = await manager(tenant);
    const { body: clients } = await manage('GET', '/api/v2/clients?is_global=false');
    const { body: apis } = await manage('GET', '/api/v2/resource-servers');
    await manage('PATCH', `/api/v2/clients/${clients[0].client_id}`, { json: { can_create_anonymous_sessions: true } });
    await manage('PATCH', `/api/v2/resource-servers/${apis[1].id}`, { json: { allow_anonymous_access: true } });
    const { body } = await sender(tenant)('POST', '/anonymous/token', {
      json: { client_id: clients[0].client_id, audience: apis[1].identifier },
    });
    const [key] = await tenant.sessionKeys();
    await expect(compactDecrypt(body.session_token, key ?? new Uint8Array())).resolves.toBeDefined();
    expect(
      (
        await readLocalKeys(
          { file },
          databasePorts(() => {}),
        )
      )?.sessionKeys,
    ).toEqual(await tenant.sessionKeys());
    await tenant.close();
  });

  it('is refused when the file is not a state file', async () => {
    writeFileSync(file, 'not a database at all, whatever its name says. '.repeat(50));
    const options = { clock: movableClock() };
    await expect(
      openLocalTenant(
        { file },
        options,
        databasePorts(() => {}),
      ),
    ).rejects.toMatchObject({ name: 'StateFileError', reason: 'corrupt' });
    await expect(
      (async () =>
        readLocalKeys(
          { file },
          databasePorts(() => {}),
        ))(),
    ).rejects.toMatchObject({ reason: 'corrupt' });
  });
});

describe('the keys in a state file', () => {
  it('are those that the tenant serves, without the private key', async () => {
    const tenant = await openLocalTenant(
      { file },
      { clock: movableClock() },
      databasePorts(() => {}),
    );
    const { body } = await sender(tenant)('GET', '/.well-known/jwks.json');
    await tenant.close();
    const publicJwk =
      (
        await readLocalKeys(
          { file },
          databasePorts(() => {}),
        )
      )?.publicJwksAt(0)[0] ?? {};
    expect(publicJwk).not.toHaveProperty('d');
    expect(await calculateJwkThumbprint(publicJwk as never)).toBe(await calculateJwkThumbprint(body.keys[0]));
  });

  it('are undefined while the state is empty', async () => {
    await (await openSqlite(file)).close();
    expect(
      await readLocalKeys(
        { file },
        databasePorts(() => {}),
      ),
    ).toBeUndefined();
  });
});
