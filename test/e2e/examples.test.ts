import { expect, it } from 'vitest';
import { commands } from '../../src/cli/command-table.ts';
import { helpTexts } from '../../src/cli/help.ts';
import { newHome, runShell } from '../support/bin.ts';

// As a reader would run them: what closes and deletes comes last. The one that serves until Ctrl-C has a test of its own.
const last = ['app disable', 'api disable', 'profile remove', 'local reset'];
const paths = Object.keys(commands).filter((path) => path !== 'local start');
const order = [...paths.filter((path) => !last.includes(path)), ...last];

it('every example in the help of a command runs as it is printed', async () => {
  const home = newHome();
  const texts = await helpTexts();
  for (const path of order) {
    const example = /^Example:\n {2}\$ (.+)$/m.exec(texts[path] ?? '')?.[1];
    expect(example, `the help of ${path} has an example`).toMatch(new RegExp(`anon-cli ${path}\\b`));
    const { code, stderr } = await runShell(home, example ?? '');
    expect({ path, code, stderr: code === 0 ? '' : stderr }).toEqual({ path, code: 0, stderr: '' });
  }
});
