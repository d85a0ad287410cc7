import { expect, it } from 'vitest';
import { wantsColour } from '../../../src/io/terminal/terminal.ts';

it.each<[Record<string, string>, boolean, boolean]>([
  [{}, true, true],
  [{}, false, false],
  [{ TERM: 'xterm-256color' }, true, true],
  [{ TERM: 'dumb' }, true, false],
  [{ NO_COLOR: '1' }, true, false],
  [{ NO_COLOR: '0' }, true, false],
  [{ NO_COLOR: '' }, true, true],
  [{ FORCE_COLOR: '1' }, false, true],
  [{ FORCE_COLOR: '3' }, false, true],
  [{ FORCE_COLOR: '' }, false, true],
  [{ FORCE_COLOR: 'true' }, false, true],
  [{ FORCE_COLOR: '0' }, true, false],
  [{ FORCE_COLOR: 'false' }, true, false],
  [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false, true],
  [{ FORCE_COLOR: '0', NO_COLOR: '' }, true, false],
  [{ FORCE_COLOR: '1', TERM: 'dumb' }, false, true],
])('with %o on a terminal (%s), output has colours: %s', (env, tty, colours) => {
  expect(wantsColour(env, tty)).toBe(colours);
});
