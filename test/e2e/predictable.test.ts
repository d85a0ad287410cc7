import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { expectedPath, predictable } from '../../scripts/predictable.mjs';
import { newHome, run } from '../support/bin.ts';

/** What a tenant with a seed makes on a machine of its own. */
async function made(): Promise<unknown> {
  const home = newHome();
  const command = async (args: readonly string[]) => {
    const { code, stdout, stderr } = await run(home, args);
    if (code !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
    return stdout;
  };
  const program = async (args: readonly string[]) => (await promisify(execFile)(process.execPath, args)).stdout;
  return predictable({ command, program });
}

// The file was made on another machine; scripts/node-versions.mjs compares other versions of Node.js with it.
it('a seed gives every machine and every version of Node.js the same keys, ids and tokens', async () => {
  const [one, other] = await Promise.all([made(), made()]);
  expect(other).toEqual(one);
  await expect(`${JSON.stringify(one, null, 2)}\n`).toMatchFileSnapshot(expectedPath);
});
