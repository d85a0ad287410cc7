import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { homeAfter, run } from '../support/bin.ts';

const action = `exports.onExecutePostLogin = async (event, api) => {
  if (!event.anonymous_session) return;
  console.log('merging', event.anonymous_session.metadata.cart);
  if (event.anonymous_session.metadata.cart === 'bomb') throw new Error('not sold here');
  api.user.setAppMetadata('cart', event.anonymous_session.metadata.cart);
};`;

it('the program rehearses logins with the file of an Action, and leaves no user behind', async () => {
  const home = await homeAfter(
    ['local', 'reset', '--edition', 'ea', '--yes'],
    ['app', 'enable', 'web'],
    ['api', 'enable', 'shop', '--app', 'web', '--scopes', 'read:catalog'],
    ['token', 'create', '--session', 'cart', '--meta', 'cart=tea'],
    ['token', 'create', '--session', 'bomb', '--meta', 'cart=bomb'],
  );
  const file = join(home, 'post-login.js');
  writeFileSync(file, action);
  const rehearse = (session: string, ...options: string[]) => {
    const user = ['--user', 'jane@example.com', '--new-user', '--action', file];
    return run(home, ['transfer', 'rehearse', '--session', session, ...user, ...options]);
  };
  const merged = await rehearse('cart', '--json');
  expect(merged).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(merged.stdout)).toMatchObject({
    ...{ carried: true, via: 'ticket', user: { after: { app_metadata: { cart: 'tea' } } } },
    actions: [{ ok: true, printed: [{ level: 'log', text: 'merging tea' }] }],
  });
  const failed = await rehearse('bomb');
  expect(failed).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('failed: not sold here (post-login.js:4).'),
  });
  expect(failed.stdout).toMatch(/^✔ The guest came along by ticket\.\n✘ Action post-login\.js failed/);
  expect((await run(home, ['local', 'user', 'list', '--json'])).stdout).toBe('[]\n');
});
