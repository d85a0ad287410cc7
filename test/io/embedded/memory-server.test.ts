import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { serveMemory } from '../../../src/io/embedded/memory-server.ts';
import { actionProgram } from '../../support/actions.ts';
import { failureOf } from '../../support/domain.ts';
import { temporaryFolder } from '../../support/folder.ts';

/** A server that nothing can connect to. */
async function server() {
  const made = await serveMemory({
    ...{ clock: Date.now, edition: undefined, port: undefined, https: false },
    ...{ autoLogin: undefined, onServed() {}, actionLimits: { program: actionProgram() } },
  });
  onTestFinished(() => made.close());
  return made;
}

function fileWith(name: string, text: string): string {
  const file = join(temporaryFolder(), name);
  writeFileSync(file, text);
  return file;
}

it('adds the Action in a file under its name, or another', async () => {
  const { addAction, tenant } = await server();
  const file = fileWith('discount.js', 'exports.onExecutePostLogin = async () => {};');
  const wanted = { trigger: 'post-login', file, name: undefined, secrets: { KEY: 'v' } } as const;
  expect(await addAction(wanted)).toMatchObject({ name: 'discount', secrets: { KEY: 'v' }, order: 1 });
  expect(await addAction({ ...wanted, name: 'again' })).toMatchObject({ name: 'again', order: 2 });
  expect(await failureOf(() => addAction(wanted))).toMatchObject({
    code: 'usage',
    message: "Action 'discount' already exists for post-login.",
  });
  expect((await tenant.actions()).map(({ name }) => name)).toEqual(['discount', 'again']);
});

it('refuses a file that is not an Action of the trigger', async () => {
  const { addAction } = await server();
  const file = fileWith('other.js', 'exports.somethingElse = 1;');
  const wanted = { trigger: 'post-login', name: undefined, secrets: {} } as const;
  for (const path of [file, join(file, 'missing.js')]) {
    expect(await failureOf(() => addAction({ ...wanted, file: path }))).toMatchObject({
      code: 'usage',
      message: expect.stringContaining('is not an Action'),
    });
  }
});
