import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Rehearsal, type Rehearsed, rehearse } from '../../src/local/rehearse.ts';
import { exportState } from '../../src/local/state/carried-state.ts';
import { newUser } from '../../src/local/users/user.ts';
import { sampleCallbacks } from '../../src/wire/sample.ts';
import type { JsonObject } from '../../src/wire/schema.ts';
import { testActionRunner } from './actions.ts';
import { temporaryFolder } from './folder.ts';
import { openTenant, sequenceOfBytes, type TestTenant } from './local.ts';

/** The e-mail address of the only user of {@link tenantWithUser}. */
export const jane = 'jane@example.com';

/** A tenant that is open to guests, with a user. */
export async function tenantWithUser(options: Parameters<typeof openTenant>[0] = {}): Promise<TestTenant> {
  const tenant = await openTenant({ app: { callbacks: sampleCallbacks }, ...options });
  const { clock, store } = tenant;
  const doors = { random: sequenceOfBytes('users'), nowSeconds: Math.floor(clock() / 1000) };
  const user = await newUser(doors, { email: jane, name: 'Jane' });
  await store.write((writer) => writer.put('user', String(user.user_id), user));
  return tenant;
}

/** Rehearses a login of the sample application's user, by ticket, changed by `members`. */
export async function rehearsed(tenant: TestTenant, members: Partial<Rehearsal> = {}): Promise<Rehearsed> {
  const { store, clock, app } = tenant;
  const { sessionToken = (await tenant.session({ metadata: { cart: 'tea' } })).session_token } = members;
  return rehearse(
    await exportState(store),
    { clock, runAction: testActionRunner().run },
    {
      ...{ clientId: app.client_id, sessionToken, via: 'ticket', action: undefined, user: jane, isNew: false },
      ...{ redirectUri: 'http://localhost:0/rehearsal', audience: undefined, scope: ['openid', 'profile', 'email'] },
      ...members,
    },
  );
}

/** The file of an Action whose function has this body. */
export function actionFile(body: string, handler = 'onExecutePostLogin'): string {
  const file = join(temporaryFolder(), 'merge.js');
  writeFileSync(file, `exports.${handler} = async (event, api) => {\n${body}\n};`);
  return file;
}

/** Merges the cart of a guest. */
export const mergeCart = `
  const guest = event.anonymous_session;
  if (!guest) return;
  console.log('merging', guest.metadata.cart);
  api.user.setAppMetadata('cart', guest.metadata.cart);
  api.idToken.setCustomClaim('https://shop.example/guest', guest.user_id);
  api.accessToken.setCustomClaim('https://shop.example/cart', guest.metadata.cart);`;

export function toTry(body: string): Rehearsal['action'] {
  return { name: 'merge.js', file: actionFile(body) };
}

/** Saves an Action in the state. */
export async function addAction(tenant: TestTenant, name: string, members: JsonObject): Promise<void> {
  const action = { id: name, name, trigger: 'post-login', secrets: {}, order: 1, created_at: '', ...members };
  await tenant.store.write((writer) => writer.put('action', name, action));
}
