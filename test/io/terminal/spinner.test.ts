import { describe, expect, it } from 'vitest';
import { interrupted } from '../../../src/errors.ts';
import { spinner } from '../../../src/io/terminal/spinner.ts';
import { failureOf } from '../../support/domain.ts';
import { lineAfter, steppedTimer } from '../../support/timer.ts';

function spinning({ rewritable = true, columns = 80 } = {}) {
  const notes: string[] = [];
  const time = steppedTimer();
  const terminal = { note: (text: string) => void notes.push(text), noteRewritable: rewritable, noteColumns: columns };
  const { during } = spinner('acme.eu.auth0.com', { terminal, ...time });
  /** Work that lasts until a test ends it. */
  const waitFor = () => {
    let end = (_error?: Error) => {};
    const over = during(
      () =>
        new Promise<void>((resolve, reject) => {
          end = (error) => (error ? reject(error) : resolve());
        }),
    );
    return { over, end: (error?: Error) => end(error) };
  };
  return { notes, time, waitFor, shown: () => lineAfter(notes) };
}

describe('the spinner', () => {
  it('shows nothing for work of less than 300 ms', async () => {
    const { notes, time, waitFor } = spinning();
    const wait = waitFor();
    time.pass(299);
    wait.end();
    await wait.over;
    time.pass(5000);
    expect({ notes, ticking: time.ticking }).toEqual({ notes: [], ticking: false });
  });

  it('names the wait after 300 ms, then shows its length, and is erased at the end', async () => {
    const { time, waitFor, shown } = spinning();
    const wait = waitFor();
    time.pass(300);
    expect(shown()).toMatch(/^\S Waiting for acme\.eu\.auth0\.com$/);
    const first = shown();
    time.pass(100);
    expect(shown()).not.toBe(first);
    time.pass(3000);
    expect(shown()).toMatch(/^\S Waiting for acme\.eu\.auth0\.com, 3 s$/);
    wait.end();
    await wait.over;
    expect({ shown: shown(), ticking: time.ticking }).toEqual({ shown: '', ticking: false });
  });

  it.each([
    ['an error', new Error('reset')],
    ['Ctrl-C', interrupted()],
  ])('is erased after %s too', async (_what, error) => {
    const { time, waitFor, shown } = spinning();
    const wait = waitFor();
    time.pass(1000);
    expect(shown()).not.toBe('');
    wait.end(error);
    await expect(wait.over).rejects.toBe(error);
    expect({ shown: shown(), ticking: time.ticking }).toEqual({ shown: '', ticking: false });
  });

  it('counts many short calls in a row as one wait, and a call after a pause as another', async () => {
    const { notes, time, waitFor, shown } = spinning();
    for (let call = 0; call < 5; call += 1) {
      const wait = waitFor();
      time.pass(90);
      wait.end();
      await wait.over;
      time.pass(5);
    }
    expect(shown()).toBe('');
    expect(notes.join('')).toContain('Waiting');
    time.pass(10_000);
    const before = notes.length;
    const wait = waitFor();
    time.pass(200);
    wait.end();
    await wait.over;
    expect(notes).toHaveLength(before);
  });

  it('stays until the last of several waits ends', async () => {
    const { time, waitFor, shown } = spinning();
    const [one, other] = [waitFor(), waitFor()];
    time.pass(400);
    one.end();
    await one.over;
    expect(shown()).toContain('Waiting');
    other.end();
    await other.over;
    expect(shown()).toBe('');
  });

  it('never uses a second row, which could not be erased', async () => {
    const { time, waitFor, shown } = spinning({ columns: 20 });
    const wait = waitFor();
    time.pass(5000);
    expect(shown()).toHaveLength(1);
    wait.end();
    await wait.over;
  });

  it("shows nothing where lines can't be redrawn", async () => {
    const { notes, time, waitFor } = spinning({ rewritable: false });
    const wait = waitFor();
    time.pass(60_000);
    wait.end();
    await wait.over;
    expect(notes).toEqual([]);
  });

  it('returns the result of the work, and throws its error', async () => {
    const { during } = spinner('a', {
      terminal: { note() {}, noteRewritable: true, noteColumns: 80 },
      ...steppedTimer(),
    });
    expect(await during(async () => 7)).toBe(7);
    expect(await failureOf(() => during(() => Promise.reject(interrupted())))).toMatchObject({ code: 'interrupted' });
  });
});
