import { once } from 'node:events';
import { expect, it } from 'vitest';
import { homeAfter, runShell, start } from '../support/bin.ts';

it('token watch shows the session at once, and ends with 130 on Ctrl-C', async () => {
  const home = await homeAfter(['quickstart']);
  const child = start(home, ['token', 'watch', '--json']);
  const [line] = await once(child.stdout ?? child, 'data');
  expect(JSON.parse(String(line))).toMatchObject({ event: 'started', renewals: 0 });
  child.kill('SIGINT');
  expect(await once(child, 'close')).toEqual([130, null]);
});

it('token watch rewrites all lines of its block on a narrow terminal', async () => {
  const home = await homeAfter(['quickstart']);
  const watch = "TERM=xterm script -qec 'stty cols 40; anon-cli token watch' /dev/null";
  const { stdout } = await runShell(home, watch, { dialogue: [['\u001b[9A\u001b[J', '\u0003']] });
  expect(stdout).toContain('Interrupted.');
});

it('token watch rewrites its block on a terminal until Ctrl-C', async () => {
  const home = await homeAfter(['quickstart']);
  const rewrite = '\u001b[5A\u001b[J';
  const { stdout } = await runShell(home, "TERM=xterm script -qec 'anon-cli token watch' /dev/null", {
    dialogue: [[rewrite, '\u0003']],
  });
  expect(stdout).toContain('Ctrl-C to leave');
  // The line has at most the ^C that the terminal echoes.
  expect(stdout).toMatch(/\n(\^C)?\r\n.*error:.* Interrupted\./);
});
