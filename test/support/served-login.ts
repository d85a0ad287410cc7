import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ManagementClient } from 'auth0';
import { Agent, fetch as undiciFetch } from 'undici';
import { onTestFinished } from 'vitest';
import type { EditionName } from '../../src/wire/edition/edition.ts';
import { databaseConnection } from '../../src/wire/login.ts';
import { preparedHome, run } from './bin.ts';
import { testAuthority } from './https-tenant.ts';
import { jsonOf, type Served, serve } from './local-server.ts';

export const audience = 'https://api.shop.example';

export const jane = { email: 'jane@example.com', password: 'Correct-Horse-9' } as const;

/** The claims of ID tokens that the Action of {@link servedLogin} sets, for a login with a guest. */
export const guestClaim = 'https://shop.example/guest';
export const cartClaim = 'https://shop.example/cart';

/** HTTPS on a free port. */
const tls = ['--port', '0', '--json'];

const action = `exports.onExecutePostLogin = async (event, api) => {
  const guest = event.anonymous_session;
  if (!guest) return;
  api.user.setAppMetadata('cart', guest.metadata.cart);
  api.idToken.setCustomClaim('${guestClaim}', guest.user_id);
  api.idToken.setCustomClaim('${cartClaim}', guest.metadata.cart);
};`;

export interface ServedLogin extends Served {
  /** As SDKs take it: `localhost:PORT`. */
  readonly domain: string;
  /** fetch that trusts the tenant's certificate authority. */
  readonly fetch: typeof fetch;
  /** The official SDK of the Management API, signed in as the client that every tenant has. */
  readonly management: ManagementClient;
  /** The sample application: public, open to guests. */
  readonly clientId: string;
  /** A new confidential application, open to guests, with these callbacks and logout URLs; `members` come on top. */
  createApp(urls: AppUrls, members?: object): Promise<CreatedApp>;
}

interface AppUrls {
  readonly callbacks: string[];
  readonly allowed_logout_urls?: string[];
}

export interface CreatedApp {
  readonly clientId: string;
  readonly clientSecret: string;
}

/**
 * The real program, serving over HTTPS until the test ends: a tenant whose guests may have `read:catalog`, with the user
 * {@link jane} and a post-login Action. Its certificate authority is {@link testAuthority}.
 */
export async function servedLogin(edition: EditionName): Promise<ServedLogin> {
  const home = await preparedHome(`logins ${edition}`, (made) => prepare(made, edition));
  const served = await serve(home, [], tls);
  const saved = JSON.parse(readFileSync(idsIn(home), 'utf8')) as SavedIds;
  const fetch = trustingFetch((await testAuthority()).certificate);
  const management = managementClient(served, saved, fetch);
  return {
    ...served,
    domain: `localhost:${served.port}`,
    fetch,
    management,
    clientId: saved.clientId,
    createApp: (urls, members) => createApp(management, edition, { ...urls, ...members }),
  };
}

async function createApp(management: ManagementClient, edition: EditionName, members: object): Promise<CreatedApp> {
  const opened = edition === 'ea' ? { anonymous_sessions: { active: true } } : { can_create_anonymous_sessions: true };
  const { client_id: clientId = '', client_secret: clientSecret = '' } = await management.clients.create({
    name: 'server',
    app_type: 'regular_web',
    oidc_conformant: true,
    grant_types: ['authorization_code', 'refresh_token', 'implicit'],
    ...opened,
    ...members,
  });
  if (edition === 'ea') {
    await management.clientGrants.create({
      client_id: clientId,
      audience,
      scope: ['read:catalog'],
      subject_type: 'anonymous_user',
    });
  }
  return { clientId, clientSecret };
}

async function prepare(home: string, edition: EditionName): Promise<void> {
  const data = join(home, '.local', 'share', 'anon-cli');
  mkdirSync(data, { recursive: true });
  cpSync(dirname((await testAuthority()).path), join(data, 'tls'), { recursive: true });
  const file = join(home, 'merge-cart.js');
  writeFileSync(file, action);
  for (const args of [
    ['local', 'reset', '--yes', '--edition', edition],
    ['setup', '--app', 'web', '--api', 'shop', '--scopes', 'read:catalog', '--no-session', '--yes'],
    ['local', 'action', 'add', 'post-login', file],
  ]) {
    const { code, stderr } = await run(home, args);
    if (code !== 0) throw new Error(`${args.join(' ')} failed with ${code}: ${stderr}`);
  }
  const ids = await idsOf(home);
  writeFileSync(idsIn(home), JSON.stringify(ids));
  const served = await serve(home, [], tls);
  const management = managementClient(served, ids, trustingFetch((await testAuthority()).certificate));
  await management.users.create({ connection: databaseConnection, ...jane, name: 'Jane Doe', email_verified: true });
  // Without it, users get no refresh token for the API.
  await management.resourceServers.update(audience, { allow_offline_access: true });
  await served.stop();
}

/** What each copy of a prepared home has in common. Reading it from the program takes as long as a login. */
interface SavedIds {
  readonly clientId: string;
  readonly managementId: string;
  readonly managementSecret: string;
}

function idsIn(home: string): string {
  return join(home, 'ids.json');
}

async function idsOf(home: string): Promise<SavedIds> {
  const { client_id: clientId } = await jsonOf<{ client_id: string }>(home, ['app', 'show', 'web']);
  const shown = await jsonOf<{ management_client_id: string; management_client_secret: string }>(home, [
    ...['local', 'show', '--reveal-secrets'],
  ]);
  return { clientId, managementId: shown.management_client_id, managementSecret: shown.management_client_secret };
}

function managementClient({ port }: Served, ids: SavedIds, fetch: typeof globalThis.fetch): ManagementClient {
  const { managementId: clientId, managementSecret: clientSecret } = ids;
  return new ManagementClient({ domain: `localhost:${port}`, clientId, clientSecret, fetch, maxRetries: 0 });
}

function trustingFetch(certificate: string): typeof fetch {
  const dispatcher = new Agent({ connect: { ca: certificate } });
  onTestFinished(() => dispatcher.close());
  return ((url: string, init?: object) => undiciFetch(url, { ...init, dispatcher })) as typeof fetch;
}
