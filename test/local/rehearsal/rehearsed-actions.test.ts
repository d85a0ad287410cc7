import { describe, expect, it } from 'vitest';
import { actionFile, addAction, jane, mergeCart, rehearsed, tenantWithUser, toTry } from '../../support/rehearsal.ts';

const newcomer = { user: 'new@example.com', isNew: true } as const;
const preUserRegistration = 'onExecutePreUserRegistration';

describe('a new user', () => {
  it('signs up with the guest, whom the Actions of the sign-up see too', async () => {
    const tenant = await tenantWithUser({ edition: 'ea' });
    const body = `api.user.setUserMetadata('cart', event.anonymous_session?.metadata.cart ?? 'none');`;
    const file = actionFile(body, preUserRegistration);
    await addAction(tenant, 'before', { trigger: 'pre-user-registration', file });
    const { withGuest, withoutGuest, userBefore } = await rehearsed(tenant, { ...newcomer, action: toTry(mergeCart) });
    expect(userBefore).toBeUndefined();
    expect(withGuest.actions.map(({ name, trigger }) => [name, trigger])).toEqual([
      ['before', 'pre-user-registration'],
      ['merge.js', 'post-login'],
    ]);
    expect(withGuest.user).toMatchObject({
      ...{ email: newcomer.user, user_metadata: { cart: 'tea' }, app_metadata: { cart: 'tea' } },
    });
    expect(withGuest.user).not.toHaveProperty('password_hash');
    expect(withoutGuest.user).toMatchObject({ user_metadata: { cart: 'none' } });
  });

  it('is not created where an Action denies the sign-up', async () => {
    const tenant = await tenantWithUser({ edition: 'ea' });
    const file = actionFile(`api.access.deny('too_many', 'Come back later');`, preUserRegistration);
    await addAction(tenant, 'before', { trigger: 'pre-user-registration', file });
    const { withGuest } = await rehearsed(tenant, newcomer);
    expect(withGuest).toMatchObject({
      end: { ok: false, at: 'sign_up', error: 'access_denied' },
      guestId: expect.stringMatching(/^anon@/),
      user: undefined,
      actions: [{ name: 'before', commands: [{ kind: 'deny', reason: 'Come back later' }] }],
    });
  });
});

describe('the Actions of a rehearsed login', () => {
  it('are the registered ones, in their order', async () => {
    const tenant = await tenantWithUser();
    await addAction(tenant, 'second', { order: 2, file: actionFile(`console.log('two');`) });
    await addAction(tenant, 'first', { order: 1, file: actionFile(`console.log('one');`) });
    const { withGuest } = await rehearsed(tenant, { via: 'query' });
    expect(withGuest.actions.map(({ name, printed }) => [name, printed[0]?.text])).toEqual([
      ['first', 'one'],
      ['second', 'two'],
    ]);
  });

  it('give way to the file that is tried, which gets the secrets of the same file', async () => {
    const tenant = await tenantWithUser();
    const file = actionFile(`console.log(event.secrets.KEY ?? 'none');`);
    const registered = actionFile(`throw new Error('replaced');`);
    await addAction(tenant, 'other', { file: registered, secrets: { KEY: 'k1' } });
    const lines = async () => {
      const { withGuest } = await rehearsed(tenant, { via: 'query', action: { name: 'merge.js', file } });
      return withGuest.actions.map(({ name, printed }) => [name, printed[0]?.text]);
    };
    expect(await lines()).toEqual([['merge.js', 'none']]);
    await addAction(tenant, 'same', { file, secrets: { KEY: 'k2' } });
    expect(await lines()).toEqual([['merge.js', 'k2']]);
  });

  it('end the login where one throws, with the place in its file', async () => {
    const tenant = await tenantWithUser();
    const action = toTry(`console.warn('here');\nif (event.anonymous_session) throw new Error('no stock');`);
    const { withGuest, withoutGuest } = await rehearsed(tenant, { via: 'header', action });
    expect(withGuest).toMatchObject({
      end: { ok: false, at: 'authorization', error: 'access_denied', description: 'no stock' },
      guestId: expect.stringMatching(/^anon\|/),
      actions: [{ failure: 'no stock (merge.js:3)', printed: [{ level: 'warn', text: 'here' }] }],
    });
    expect(withoutGuest.end.ok).toBe(true);
  });

  it('end the login where one denies it', async () => {
    const tenant = await tenantWithUser();
    const { withGuest } = await rehearsed(tenant, {
      via: 'header',
      action: toTry(`api.access.deny('full', 'Too many');`),
    });
    expect(withGuest.end).toEqual({ ok: false, at: 'authorization', error: 'full', description: 'Too many' });
  });
});

it('a blocked user is refused', async () => {
  const tenant = await tenantWithUser();
  const [user] = await tenant.store.list('user');
  await tenant.change('user', String(user?.user_id), { blocked: true });
  const { withGuest, userBefore } = await rehearsed(tenant, { via: 'query' });
  expect(userBefore).toMatchObject({ email: jane });
  expect(withGuest.end).toMatchObject({ ok: false, at: 'authorization', error: 'unauthorized' });
});
