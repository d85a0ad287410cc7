import type { Context } from 'hono';
import { databaseConnection } from '../../wire/login.ts';
import { checkPayload } from '../../wire/management-error.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { otherIdentifiers, type UserPatch, userCreate, userPatch } from '../../wire/user.ts';
import { managementRefusal } from '../http/refusal.ts';
import type { TenantScope } from '../scope.ts';
import type { Store, StoreReader, StoreWriter, Where } from '../store/store.ts';
import { hashPassword, passwordProblem } from '../users/password.ts';
import { findUser, findUserByEmail, isoTime, newUser, shownUser, withMetadata } from '../users/user.ts';
import { choiceFilter, fieldPicker, listing, queryRefusal, type Selection } from './listing.ts';
import type { ManagementVariables } from './management-access.ts';
import { patched, readPayload } from './payload.ts';

type UserContext = Context<ManagementVariables>;

export async function listUsers({ store }: TenantScope, c: UserContext): Promise<Response> {
  const url = new URL(c.req.url);
  const page = await listing(store, url, 'users', { ...userSelection(url.searchParams), shown: shownUser });
  // The only list of the service whose pages have a length.
  return c.json(Array.isArray(page) || !Array.isArray(page.users) ? page : { ...page, length: page.users.length });
}

/** Addresses are saved in lower case, and the service compares exactly: another spelling finds nobody. */
export async function listUsersByEmail({ store }: TenantScope, c: UserContext): Promise<Response> {
  const query = new URL(c.req.url).searchParams;
  const value = query.get('email');
  if (!value) throw queryRefusal('Missing required property: email', 'email');
  const users = await store.list('user', { lookup: 'email', value });
  return c.json(users.map((user) => fieldPicker(query)(shownUser(user))));
}

export async function showUser({ store }: TenantScope, c: UserContext, id: string): Promise<Response> {
  const user = await existing(store, id);
  return c.json(fieldPicker(new URL(c.req.url).searchParams)(shownUser(user)));
}

export async function createUser({ store, random }: TenantScope, c: UserContext): Promise<Response> {
  const payload = await readPayload(c.req.raw, (body) => checkPayload(userCreate, body));
  checkConnection(payload);
  checkPassword(payload.password);
  const { connection: _, verify_email: __, ...fields } = payload;
  const user = await newUser({ random, nowSeconds: c.env.nowSeconds }, fields);
  await store.write(async (writer) => {
    if (await findUser(writer, String(user.user_id))) throw conflict();
    await checkNewEmail(writer, user);
    writer.put('user', String(user.user_id), user);
  });
  return c.json(shownUser(user), 201);
}

export async function changeUser(scope: TenantScope, c: UserContext, id: string): Promise<Response> {
  const payload = await readPayload(c.req.raw, (body) => checkPayload(userPatch, body));
  checkConnection({ connection: databaseConnection, ...payload });
  checkChange(payload);
  const { user_metadata, app_metadata, password, email } = payload;
  const hash = password === undefined ? undefined : await hashPassword(scope.random, password);
  const now = isoTime(c.env.nowSeconds);
  const user = await scope.store.write(async (writer) => {
    const before = await existing(writer, id);
    const next = {
      ...withMetadata(patched(before, profileIn(payload), { nested: false }), { user_metadata, app_metadata }),
      updated_at: now,
      ...(email !== undefined && { email: email.toLowerCase() }),
      ...(hash !== undefined && { password_hash: hash, last_password_reset: now }),
      // @see https://auth0.com/docs/manage-users/user-accounts/block-and-unblock-users
      ...(hash !== undefined && before.blocked === true && { blocked: payload.blocked ?? false }),
    };
    if (next.email !== before.email) await checkNewEmail(writer, next);
    if (endsSessions(before, next)) await removeAll(writer, 'login_session', id);
    writer.put('user', id, next);
    return next;
  });
  return c.json(shownUser(user));
}

/** Deleting an unknown id succeeds too. @see https://github.com/auth0/node-auth0/issues/451 */
export async function deleteUser({ store }: TenantScope, c: UserContext, id: string): Promise<Response> {
  await store.write(async (writer) => {
    if (!(await findUser(writer, id))) return;
    writer.remove('user', id);
    await removeAll(writer, 'login_session', id);
    await removeAll(writer, 'refresh_token', id);
  });
  return c.body(null, 204);
}

/** What a PATCH replaces; metadata is merged, and the others have rules of their own. */
function profileIn(payload: UserPatch): JsonObject {
  const others = 'connection client_id verify_email verify_phone_number user_metadata app_metadata password email';
  return Object.fromEntries(Object.entries(payload).filter(([member]) => !others.split(' ').includes(member)));
}

/**
 * Whether a change ends the user's sessions: a new password, another address or one that is no longer verified, or a block.
 * Refresh tokens remain valid.
 * @see https://community.auth0.com/t/end-of-life-rollout-for-unwarranted-session-removal-after-management-api-user-updates/190134
 * @see https://community.auth0.com/t/does-blocking-a-user-end-their-session/117905
 * @see https://community.auth0.com/t/revoke-refresh-tokens-when-a-user-changes-or-reset-password-after-account-compromise/150812
 */
function endsSessions(before: JsonObject, next: JsonObject): boolean {
  const isUnverified = before.email_verified === true && next.email_verified !== true;
  const isBlocked = before.blocked !== true && next.blocked === true;
  return before.password_hash !== next.password_hash || before.email !== next.email || isUnverified || isBlocked;
}

async function removeAll(writer: StoreWriter, kind: 'login_session' | 'refresh_token', userId: string): Promise<void> {
  const documents = await writer.list(kind, { lookup: 'user_id', value: userId });
  for (const { id } of documents) writer.remove(kind, String(id));
}

async function existing(reader: StoreReader | Store, id: string): Promise<JsonObject> {
  const user = await findUser(reader, id);
  if (!user) throw managementRefusal(404, 'The user does not exist.', 'inexistent_user');
  return user;
}

async function checkNewEmail(reader: StoreReader, user: JsonObject): Promise<void> {
  if (await findUserByEmail(reader, String(user.email))) throw conflict();
}

function conflict(): Error {
  return managementRefusal(409, 'The user already exists.', 'auth0_idp_error');
}

/** Assumed: the wording for a phone number, and the codes. */
function checkConnection(payload: JsonObject): void {
  if (payload.connection !== databaseConnection) {
    throw managementRefusal(400, 'The connection does not exist.', 'inexistent_connection');
  }
  const other = otherIdentifiers.find((member) => payload[member] != null);
  if (other === 'username') {
    const message = 'Cannot set username for connection without requires_username';
    throw managementRefusal(400, message, 'invalid_body');
  }
  if (other) throw managementRefusal(400, `Cannot set ${other} for this connection`, 'invalid_body');
}

function checkPassword(password: string): void {
  if (passwordProblem(password)) throw managementRefusal(400, 'PasswordStrengthError: Password is too weak');
}

/** Assumed: both wordings. The service refuses to change the address or its verification together with the password. */
function checkChange({ password, email, email_verified: verified }: UserPatch): void {
  if (password === undefined) return;
  const other = email !== undefined ? 'email' : verified !== undefined ? 'email_verified' : undefined;
  if (other)
    throw managementRefusal(400, `Cannot update password and ${other} simultaneously`, 'operation_not_supported');
  checkPassword(password);
}

/** What GET /api/v2/users lists. @throws {Refusal} 400 for a search that is not understood here */
function userSelection(query: URLSearchParams): Selection {
  choiceFilter(query, 'search_engine', ['v1', 'v2', 'v3']);
  return { kind: 'user', where: searched(query), order: order(query) };
}

/** `email:"jane@example.com"` or `email:jane@example.com`, without wildcards, operators or ranges. */
const oneEmail = /^\s*email\s*:\s*(?:"([^"\\]+)"|([^\s"\\*?~^()[\]{}:/]+))\s*$/;

/** Refuses every other search: an answer that ignores a condition would be wrong, and nobody would notice. */
function searched(query: URLSearchParams): Where | undefined {
  const text = query.get('q')?.trim();
  if (!text) return undefined;
  const [, quoted, plain] = oneEmail.exec(text) ?? [];
  const value = quoted ?? plain;
  if (value === undefined) {
    throw queryRefusal('The local tenant only understands a search like email:"jane@example.com"', 'q');
  }
  return { lookup: 'email', value: value.toLowerCase() };
}

/** `sort=created_at:-1`: the newest first. */
function order(query: URLSearchParams): Selection['order'] {
  const text = query.get('sort');
  if (!text) return undefined;
  const [, member = '', direction] = /^(\w+):(1|-1)$/.exec(text) ?? [];
  if (direction === undefined) throw queryRefusal('The sort field must be field:1 or field:-1', 'sort');
  const sign = Number(direction);
  return (one, other) => sign * compared(one[member], other[member]);
}

/** Users without the member come first, as in the ascending order of the service's database. */
function compared(one: JsonObject[string], other: JsonObject[string]): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  const [first, second] = [one ?? '', other ?? ''].map(String) as [string, string];
  return first < second ? -1 : first > second ? 1 : 0;
}
