import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openLocal } from '../../../src/io/embedded/tenant.ts';
import { actionProgram } from '../../support/actions.ts';
import { temporaryFolder } from '../../support/folder.ts';

function ports(folder: string) {
  return {
    state: { file: join(folder, 'local-tenant.db') },
    now: () => Date.UTC(2026, 5, 1, 12),
    warn: () => {},
    exclusively: <Result>(work: () => Promise<Result>) => work(),
    certificates: {} as never,
    actionLimits: { program: actionProgram() },
  };
}

it('an opened tenant runs Actions, and ends them when it is closed', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'post-login.js');
  writeFileSync(
    file,
    `exports.onExecutePostLogin = async (event) => {
      console.log(event.user.email);
      if (event.stuck) {
        require('node:fs').writeFileSync(__dirname + '/stuck', '');
        for (;;);
      }
    };`,
  );
  const attempt = { trigger: 'post-login', file, secrets: {} } as const;
  const local = await openLocal(ports(folder));
  expect(await local.tryAction(attempt)).toMatchObject({
    kind: 'ran',
    outcome: { printed: [{ level: 'log', text: 'jane@example.com' }], failure: undefined },
  });
  const stuck = local.tryAction({ ...attempt, event: { stuck: true } });
  await expect.poll(() => existsSync(join(folder, 'stuck'))).toBe(true);
  await local.close();
  expect(await stuck).toMatchObject({ kind: 'ran', outcome: { failure: 'the local tenant was closed' } });
});

it('the Actions of a tenant are in its state', async () => {
  const folder = temporaryFolder();
  const first = await openLocal(ports(folder));
  const added = await first.addAction({ name: 'a', trigger: 'post-login', file: '/a.js', secrets: { KEY: 'x' } });
  expect(await first.addAction({ name: 'a', trigger: 'post-login', file: '/b.js', secrets: {} })).toBeUndefined();
  await first.addAction({ name: 'a', trigger: 'pre-user-registration', file: '/b.js', secrets: {} });
  await first.close();
  const second = await openLocal(ports(folder));
  expect((await second.actions()).map(({ trigger, file, order }) => [trigger, file, order])).toEqual([
    ['post-login', '/a.js', 1],
    ['pre-user-registration', '/b.js', 1],
  ]);
  expect([await second.removeAction(String(added?.id)), await second.removeAction('none')]).toEqual([true, false]);
  await second.close();
});
