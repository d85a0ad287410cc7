import { describe, expect, it } from 'vitest';
import { paintFor } from '../../../src/cli/render/paint.ts';
import { rate, renderProgress, timeText } from '../../../src/cli/render/progress.ts';
import { palette } from '../../../src/io/terminal/palette.ts';

describe('progress', () => {
  it.each([
    [{ done: 0, total: 10, fresh: 0, elapsedMs: 0 }, `${'─'.repeat(24)} 0/10  0 %`],
    [{ done: 5000, total: 10_000, fresh: 5000, elapsedMs: 2500 }, '5000/10000  50 %  2000/s  3 s left'],
    // What was there before says nothing of how fast it goes.
    [{ done: 60, total: 100, fresh: 10, elapsedMs: 10_000 }, '60/100  60 %  1.0/s  40 s left'],
    [{ done: 10, total: 10, fresh: 10, elapsedMs: 1000 }, `${'━'.repeat(24)} 10/10  100 %  10/s  0 s left`],
  ])('of %j is %s', (progress, text) => {
    expect(renderProgress(paintFor(false), progress)).toContain(text);
  });

  it('has colours if they are enabled', () => {
    const progress = { done: 1, total: 2, fresh: 1, elapsedMs: 1000 };
    expect(renderProgress(paintFor(palette), progress)).toContain('\u001b[32m━');
    expect(renderProgress(paintFor(false), progress)).not.toContain('\u001b');
  });

  it.each([
    [0.2, '1 s'],
    [59, '59 s'],
    [125, '2 min 5 s'],
    [7800, '2 h 10 min'],
  ])('takes %f seconds: %s', (seconds, text) => {
    expect(timeText(seconds)).toBe(text);
  });

  it('shows a slow rate with a fraction', () => {
    expect([rate(0.42), rate(9.96), rate(1234.5)]).toEqual(['0.4', '10.0', '1235']);
  });
});
