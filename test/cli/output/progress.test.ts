import { describe, expect, it } from 'vitest';
import { progressOf } from '../../../src/cli/output/progress.ts';
import { lineAfter, steppedTimer } from '../../support/timer.ts';

function progress({ rewritable = false, shown = true, columns = 80, total = 10_000 } = {}) {
  const notes: string[] = [];
  const time = steppedTimer();
  const terminal = {
    note: (text: string) => void notes.push(text),
    ...{ noteRewritable: rewritable, noteColour: false, noteColumns: columns },
  };
  return { notes, time, ...progressOf({ terminal, ...time }, { total, before: 0, shown }) };
}

describe('a log', () => {
  it('has a line every 10 seconds, with or without progress, and none after the end', () => {
    const { notes, time, show, end } = progress();
    time.pass(9_999);
    expect(notes).toEqual([]);
    show(3400);
    time.pass(1);
    show(3400);
    time.pass(10_000);
    show(9999);
    time.pass(10_000);
    end();
    time.pass(100_000);
    expect(notes).toEqual(['3,400 of 10,000 guests\n', '3,400 of 10,000 guests\n', '9,999 of 10,000 guests\n']);
    expect(time.ticking).toBe(false);
  });

  it('uses the singular for one guest', () => {
    const { notes, time } = progress({ total: 1 });
    time.pass(10_000);
    expect(notes).toEqual(['0 of 1 guest\n']);
  });

  it('has none if nothing is to be shown', () => {
    const { notes, time, show } = progress({ shown: false });
    show(5);
    time.pass(60_000);
    expect(notes).toEqual([]);
  });
});

describe('a terminal', () => {
  it.each([30, 40, 60, 100])('of %i columns has a line that takes one row', (columns) => {
    const { notes, time, show, stopping, end } = progress({ rewritable: true, columns });
    time.pass(1000);
    show(5000);
    expect(lineAfter(notes)).toContain('5000/10000  50 %');
    expect(lineAfter(notes).length).toBeLessThan(Math.max(40, columns));
    stopping();
    expect(lineAfter(notes)).toMatch(/^Stopping/);
    expect(lineAfter(notes).length).toBeLessThan(Math.max(40, columns));
    end();
    expect(lineAfter(notes)).toBe('');
  });
});
