import { describe, expect, it } from 'vitest';
import {
  afterLogin,
  findUser,
  findUserByEmail,
  newUser,
  shownUser,
  withMetadata,
} from '../../../src/local/users/user.ts';
import { sequenceOfBytes } from '../../support/local.ts';
import { memoryStore } from '../../support/memory-store.ts';

const nowSeconds = Date.UTC(2026, 5, 1, 12) / 1000;
const jane = (members = {}) =>
  newUser({ random: sequenceOfBytes(), nowSeconds }, { email: 'Jane@Example.com', ...members });

describe('a new user', () => {
  it('has what the service gives', async () => {
    expect(await jane({ name: undefined })).toEqual({
      created_at: '2026-06-01T12:00:00.000Z',
      updated_at: '2026-06-01T12:00:00.000Z',
      email: 'jane@example.com',
      email_verified: false,
      name: 'jane@example.com',
      nickname: 'jane',
      picture: expect.stringMatching(
        /^https:\/\/s\.gravatar\.com\/avatar\/[0-9a-f]{64}\?s=480&r=pg&d=https%3A%2F%2Fcdn\.auth0\.com%2Favatars%2Fja\.png$/,
      ),
      user_id: expect.stringMatching(/^auth0\|[0-9a-f]{24}$/),
      identities: [
        {
          connection: 'Username-Password-Authentication',
          provider: 'auth0',
          user_id: expect.stringMatching(/^[0-9a-f]{24}$/),
          isSocial: false,
        },
      ],
    });
  });

  it('can have an id of its own, which is never a guest’s', async () => {
    const user = await jane({ user_id: 'anon|1' });
    expect(user).toMatchObject({ user_id: 'auth0|anon|1', identities: [{ user_id: 'anon|1' }] });
  });

  it('has a password that nobody is shown', async () => {
    const user = await jane({ password: 'Correct-horse1' });
    expect(user.password_hash).toMatch(/^\$scrypt\$/);
    expect(JSON.stringify(shownUser(user))).not.toContain('scrypt');
  });

  it('is found by its id, and by its address in upper or lower case', async () => {
    const store = memoryStore();
    const user = await jane({ user_id: 'jane' });
    await store.write((writer) => writer.put('user', 'auth0|jane', user));
    expect(await findUser(store, 'auth0|jane')).toEqual(user);
    expect(await findUserByEmail(store, 'JANE@example.com')).toEqual(user);
    expect(await findUserByEmail(store, 'jan@example.com')).toBeUndefined();
  });
});

describe('the metadata of a user', () => {
  const user = { user_metadata: { language: 'de', size: { shoe: 40 } }, app_metadata: { plan: 'full' } };

  it('is merged at its first level, and null removes a key', () => {
    const next = withMetadata(user, { user_metadata: { language: null, size: { hat: 7 } } });
    expect(next).toEqual({ user_metadata: { size: { hat: 7 } }, app_metadata: { plan: 'full' } });
    expect(user.user_metadata.language).toBe('de');
  });

  it('is removed by an empty object', () => {
    expect(withMetadata(user, { app_metadata: {} })).toEqual({ user_metadata: user.user_metadata });
  });

  it('begins with what is given first, without reaching a prototype', () => {
    const next = withMetadata({}, { app_metadata: JSON.parse('{"__proto__":{"plan":"full"},"roles":["a"]}') });
    expect(next.app_metadata).toMatchObject({ roles: ['a'] });
    expect(({} as Record<string, unknown>).plan).toBeUndefined();
    expect((next.app_metadata as Record<string, unknown>).plan).toBeUndefined();
  });
});

it('a login is counted, with its time and address', () => {
  const once = afterLogin({ email: 'a@b.example' }, { nowSeconds, ip: '127.0.0.1' });
  expect(once).toEqual({
    email: 'a@b.example',
    last_login: '2026-06-01T12:00:00.000Z',
    last_ip: '127.0.0.1',
    logins_count: 1,
    updated_at: '2026-06-01T12:00:00.000Z',
  });
  expect(afterLogin(once, { nowSeconds: nowSeconds + 60, ip: '::1' })).toMatchObject({
    logins_count: 2,
    last_ip: '::1',
  });
});
