import { describe, expect, it } from 'vitest';
import { isPassword } from '../../../src/local/users/password.ts';
import type { JsonObject } from '../../../src/wire/schema.ts';
import { testTenant } from '../../support/local.ts';

const path = '/api/v2/users';
const connection = 'Username-Password-Authentication';
const password = 'Correct-horse1';

async function withJane(members: JsonObject = {}) {
  const tenant = await testTenant();
  const manage = await tenant.management();
  const add = (more: JsonObject) => manage('POST', path, { json: { connection, password, ...more } });
  const jane = await add({ email: 'Jane@Example.com', user_id: 'jane', ...members });
  expect(jane.status).toBe(201);
  return { tenant, manage, add, jane: jane.body, one: `${path}/auth0%7Cjane` };
}

const refused = (message: string, errorCode: string | undefined = 'invalid_body') => ({
  status: 400,
  body: { statusCode: 400, error: 'Bad Request', message, ...(errorCode && { errorCode }) },
});

describe('a user', () => {
  it('can be read back by its id, encoded or not, and never shows its password', async () => {
    const { manage, jane, one, tenant } = await withJane();
    expect(jane).toMatchObject({
      user_id: 'auth0|jane',
      email: 'jane@example.com',
      created_at: '2026-06-01T12:00:00.000Z',
    });
    expect(await manage('GET', one)).toMatchObject({ status: 200, body: jane });
    expect(await manage('GET', `${path}/auth0|jane?fields=email,password_hash`)).toMatchObject({
      body: { email: 'jane@example.com' },
    });
    expect(JSON.stringify(await manage('GET', one))).not.toContain('password');
    expect(await isPassword(await tenant.store.get('user', 'auth0|jane'), password)).toBe(true);
  });

  it('keeps what is given', async () => {
    const given = {
      name: 'Jane Doe',
      given_name: 'Jane',
      nickname: 'jd',
      picture: 'https://shop.example/jane.png',
      email_verified: true,
      blocked: true,
      user_metadata: { language: 'de' },
      app_metadata: { plan: 'full' },
    };
    const { jane } = await withJane({ ...given, verify_email: false });
    expect(jane).toMatchObject(given);
    expect(jane).not.toHaveProperty('connection');
    expect(jane).not.toHaveProperty('verify_email');
  });

  it.each([{ email: 'JANE@example.com' }, { email: 'other@example.com', user_id: 'jane' }])(
    'exists once: %j',
    async (members) => {
      const { add, tenant } = await withJane();
      const body = {
        statusCode: 409,
        error: 'Conflict',
        message: 'The user already exists.',
        errorCode: 'auth0_idp_error',
      };
      expect(await add(members)).toMatchObject({ status: 409, body });
      expect(await tenant.store.list('user')).toHaveLength(1);
    },
  );

  it('is created once by simultaneous requests', async () => {
    const { add } = await withJane();
    const answers = await Promise.all(['a', 'b', 'c'].map((user_id) => add({ email: 'joe@example.com', user_id })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  });

  it.each<[JsonObject, string, string?]>([
    [{ email: undefined }, "Payload validation error: 'Missing required property: email'."],
    [{ password: undefined }, "Payload validation error: 'Missing required property: password'."],
    [{ connection: undefined }, "Payload validation error: 'Missing required property: connection'."],
    [{ id: '1' }, "Payload validation error: 'Additional properties not allowed: id'."],
    [
      { email: 'joe' },
      "Payload validation error: 'Object didn't pass validation for format email: joe' on property email.",
    ],
    [{ name: '' }, "Payload validation error: 'String is too short (0 chars), minimum 1' on property name."],
    [
      { user_metadata: [] },
      "Payload validation error: 'Expected type object but found type array' on property user_metadata.",
    ],
    [{ connection: 'google-oauth2' }, 'The connection does not exist.', 'inexistent_connection'],
    [{ username: 'joe' }, 'Cannot set username for connection without requires_username'],
    [{ phone_number: '+491' }, 'Cannot set phone_number for this connection'],
  ])('is refused with 400: %j', async (members, message, code) => {
    const { add } = await withJane();
    expect(await add({ email: 'joe@example.com', ...members })).toMatchObject(refused(message, code));
  });

  it('is refused with a weak password', async () => {
    const { add } = await withJane();
    const answer = await add({ email: 'joe@example.com', password: 'password' });
    expect(answer).toMatchObject({ status: 400, body: { message: 'PasswordStrengthError: Password is too weak' } });
  });

  it.each(['GET', 'PATCH'])('that is not there is a 404 for %s', async (method) => {
    const { manage } = await withJane();
    const answer = await manage(method, `${path}/auth0%7Cnobody`, method === 'PATCH' ? { json: { name: 'x' } } : {});
    const body = {
      statusCode: 404,
      error: 'Not Found',
      message: 'The user does not exist.',
      errorCode: 'inexistent_user',
    };
    expect(answer).toMatchObject({ status: 404, body });
  });

  it.each([
    ['GET', path, 'read:users'],
    ['GET', '/api/v2/users-by-email?email=a', 'read:users'],
    ['POST', path, 'create:users'],
    ['PATCH', `${path}/auth0%7Cjane`, 'update:users'],
    ['DELETE', `${path}/auth0%7Cjane`, 'delete:users'],
  ])('needs a scope: %s %s', async (method, target, scope) => {
    const { tenant } = await withJane();
    const message = `Insufficient scope, expected any of: ${scope}`;
    const other = await tenant.management('read:clients');
    expect(await other(method, target)).toMatchObject({ status: 403, body: { message } });
  });
});

/** A session and a refresh token of Jane's, and those of somebody else. */
async function withSessions(members: JsonObject = {}) {
  const made = await withJane(members);
  const { store } = made.tenant;
  await store.write((writer) => {
    for (const kind of ['login_session', 'refresh_token'] as const) {
      for (const name of ['jane', 'joe']) writer.put(kind, name, { id: name, user_id: `auth0|${name}` });
    }
  });
  const left = async (kind: 'login_session' | 'refresh_token') => (await store.list(kind)).map(({ id }) => id);
  return { ...made, left };
}

describe('a change to a user', () => {
  it('replaces members, merges metadata and sets the time', async () => {
    const { manage, one, jane, tenant } = await withJane({
      user_metadata: { language: 'de', size: 40 },
      family_name: 'Doe',
    });
    tenant.clock.forward(60);
    const json = {
      name: 'Jane',
      family_name: null,
      user_metadata: { size: null, cart: ['a'] },
      app_metadata: { plan: 'x' },
    };
    const { family_name: _, ...rest } = jane;
    expect((await manage('PATCH', one, { json })).body).toEqual({
      ...rest,
      name: 'Jane',
      user_metadata: { language: 'de', cart: ['a'] },
      app_metadata: { plan: 'x' },
      updated_at: '2026-06-01T12:01:00.000Z',
    });
  });

  it('of the password replaces it, unblocks, and ends the sessions', async () => {
    const { manage, one, tenant, left } = await withSessions({ blocked: true });
    const answer = await manage('PATCH', one, { json: { password: 'Another-horse2', connection } });
    expect(answer.body).toMatchObject({ blocked: false, last_password_reset: '2026-06-01T12:00:00.000Z' });
    const saved = await tenant.store.get('user', 'auth0|jane');
    expect(await isPassword(saved, password)).toBe(false);
    expect(await isPassword(saved, 'Another-horse2')).toBe(true);
    expect([await left('login_session'), await left('refresh_token')]).toEqual([['joe'], ['jane', 'joe']]);
  });

  it.each<[JsonObject, string[]]>([
    [{ email: 'janet@example.com' }, ['joe']],
    [{ email: 'JANE@example.com' }, ['jane', 'joe']],
    [{ email_verified: false }, ['joe']],
    [{ email_verified: true }, ['jane', 'joe']],
    [{ blocked: true }, ['joe']],
    [{ name: 'Jane' }, ['jane', 'joe']],
  ])('ends the sessions where the service ends them: %j', async (json, sessions) => {
    const { manage, one, left } = await withSessions({ email_verified: true });
    expect(await manage('PATCH', one, { json })).toMatchObject({ status: 200 });
    expect(await left('login_session')).toEqual(sessions);
    expect(await left('refresh_token')).toEqual(['jane', 'joe']);
  });

  it('of the address is refused where it is another user’s', async () => {
    const { add, manage, one } = await withJane();
    await add({ email: 'joe@example.com' });
    expect(await manage('PATCH', one, { json: { email: 'Joe@example.com' } })).toMatchObject({ status: 409 });
  });

  it.each<[JsonObject, string, string?]>([
    [{ password: 'weak' }, 'PasswordStrengthError: Password is too weak', ''],
    [
      { password: 'Another-horse2', email: 'a@b.example' },
      'Cannot update password and email simultaneously',
      'operation_not_supported',
    ],
    [{ user_id: 'x' }, "Payload validation error: 'Additional properties not allowed: user_id'."],
    [{ connection: 'sms' }, 'The connection does not exist.', 'inexistent_connection'],
  ])('is refused with 400: %j', async (json, message, code) => {
    const { manage, one, jane } = await withJane();
    expect(await manage('PATCH', one, { json })).toMatchObject(refused(message, code));
    expect((await manage('GET', one)).body).toEqual(jane);
  });

  it('is undone by deleting, with all that logins left; twice is no error', async () => {
    const { manage, one, left } = await withSessions();
    expect(await manage('DELETE', one)).toMatchObject({ status: 204 });
    expect(await manage('GET', one)).toMatchObject({ status: 404 });
    expect([await left('login_session'), await left('refresh_token')]).toEqual([['joe'], ['joe']]);
    expect(await manage('DELETE', one)).toMatchObject({ status: 204 });
  });
});

describe('the list of users', () => {
  async function withThree() {
    const made = await withJane();
    for (const name of ['ben', 'amy']) {
      made.tenant.clock.forward(1);
      await made.add({ email: `${name}@example.com`, user_id: name });
    }
    const emails = async (query: string) =>
      (await made.manage('GET', `${path}?${query}`)).body.map(({ nickname }: JsonObject) => nickname);
    return { ...made, emails };
  }

  it('has pages, totals, fields and an order', async () => {
    const { manage, emails } = await withThree();
    expect(await emails('')).toEqual(['jane', 'ben', 'amy']);
    expect(await emails('per_page=2&page=1')).toEqual(['amy']);
    expect(await emails('sort=created_at:-1&per_page=2')).toEqual(['amy', 'ben']);
    expect(await emails('sort=email:1&search_engine=v3&primary_order=false')).toEqual(['amy', 'ben', 'jane']);
    expect((await manage('GET', `${path}?include_totals=true&per_page=1&fields=email&page=1`)).body).toEqual({
      start: 1,
      limit: 1,
      length: 1,
      total: 3,
      users: [{ email: 'ben@example.com' }],
    });
  });

  it.each(['email:"jane@example.com"', 'email:JANE@example.com', ' email : jane@example.com '])(
    'can be searched for one address: %s',
    async (q) => {
      const { emails } = await withThree();
      expect(await emails(new URLSearchParams({ q }).toString())).toEqual(['jane']);
    },
  );

  it.each<[string, string]>([
    ['q', 'email:jane*'],
    ['q', 'email:"jane@example.com" OR email:"ben@example.com"'],
    ['q', 'name:"jane"'],
    ['q', 'jane@example.com'],
    ['sort', 'created_at'],
    ['search_engine', 'v4'],
  ])('refuses what it would answer wrongly: %s=%s', async (name, value) => {
    const { manage } = await withThree();
    const answer = await manage('GET', `${path}?${new URLSearchParams({ [name]: value })}`);
    expect(answer).toMatchObject({ status: 400, body: { errorCode: 'invalid_query_string' } });
    expect(answer.body.message).toContain(`on property ${name}.`);
  });

  it('by address compares exactly with the saved lower case', async () => {
    const { manage } = await withThree();
    const found = async (email: string) =>
      (await manage('GET', `/api/v2/users-by-email?${new URLSearchParams({ email })}&fields=user_id`)).body;
    expect(await found('jane@example.com')).toEqual([{ user_id: 'auth0|jane' }]);
    expect(await found('Jane@example.com')).toEqual([]);
    expect(await manage('GET', '/api/v2/users-by-email')).toMatchObject({ status: 400 });
  });
});
