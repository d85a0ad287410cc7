import { describe, expect, it } from 'vitest';
import { interrupted } from '../../../src/errors.ts';
import { retryPolicy } from '../../../src/io/terminal/countdown.ts';
import { failureOf, steppingClock } from '../../support/domain.ts';

const asked = { ms: 2500, reason: 'rate limit', asked: true };

function waiting({ rewritable = false, silent = false, clock = steppingClock() }) {
  const notes: string[] = [];
  const terminal = { noteRewritable: rewritable, note: (text: string) => void notes.push(text) };
  return { notes, clock, ...retryPolicy(60_000, { clock, terminal }, silent) };
}

/** The text on a line of a terminal after this output. */
function shown(notes: readonly string[]): string {
  return notes.join('').split('\r\u001b[2K').at(-1) ?? '';
}

describe('a wait that the tenant requested', () => {
  it("is announced once where lines can't be redrawn", async () => {
    const { notes, clock, wait } = waiting({});
    await wait(asked);
    expect(notes).toEqual(['waiting 3 s: rate limit\n']);
    expect(clock.waits).toEqual([2500]);
  });

  it('is counted down in one line of the screen, which is erased at the end', async () => {
    const clock = steppingClock();
    const seen: string[] = [];
    const world = waiting({
      rewritable: true,
      clock: {
        ...clock,
        wait: (ms) => {
          seen.push(shown(world.notes));
          return clock.wait(ms);
        },
      },
    });
    await world.wait(asked);
    expect(seen).toEqual(['waiting 3 s: rate limit', 'waiting 2 s: rate limit', 'waiting 1 s: rate limit']);
    expect(clock.waits).toEqual([500, 1000, 1000]);
    expect(shown(world.notes)).toBe('');
    expect(world.notes.join('')).not.toContain('\n');
  });

  it('leaves no line behind when the user stops it', async () => {
    const clock = {
      ...steppingClock(),
      wait: async () => {
        throw interrupted();
      },
    };
    const { notes, wait } = waiting({ rewritable: true, clock });
    expect(await failureOf(() => wait(asked))).toMatchObject({ code: 'interrupted' });
    expect(shown(notes)).toBe('');
  });

  it.each([
    ['is not told to a machine', asked, true],
    ['of our own choice is not told', { ...asked, asked: false }, false],
  ])('%s', async (_, pause, silent) => {
    const { notes, clock, wait } = waiting({ silent });
    await wait(pause);
    expect(notes).toEqual([]);
    expect(clock.waits).toEqual([2500]);
  });
});
