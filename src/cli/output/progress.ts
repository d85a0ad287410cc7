import type { Clock } from '../../domain/clock.ts';
import type { Terminal } from '../../io/terminal/terminal.ts';
import type { Timer } from '../../io/timer.ts';
import { notePaint } from '../render/paint.ts';
import { renderCount, renderProgress } from '../render/progress.ts';

const eraseLine = '\r\u001b[2K';
const redrawMs = 100;
/** Long enough for a log that somebody reads later, short enough for who wonders whether it is stuck. */
const heartbeatMs = 10_000;

/** How far something has come: in one line of the terminal that goes in the end, elsewhere in a line now and then. */
export interface Progress {
  show(done: number): void;
  /** The user wants it to end. */
  stopping(): void;
  end(): void;
}

interface Screen {
  readonly terminal: Pick<Terminal, 'note' | 'noteRewritable' | 'noteColour' | 'noteColumns'>;
  readonly clock: Clock;
  readonly timer?: Timer | undefined;
}

interface Work {
  readonly total: number;
  /** So many of them were done when it began. */
  readonly before: number;
  readonly shown: boolean;
}

export function progressOf(screen: Screen, work: Work): Progress {
  if (!work.shown) return { show() {}, stopping() {}, end() {} };
  return screen.terminal.noteRewritable ? bar(screen, work) : heartbeat(screen, work);
}

function bar({ terminal, clock }: Screen, { total, before }: Work): Progress {
  const paint = notePaint(terminal);
  const startedAt = clock.now();
  let drawnAt = Number.NEGATIVE_INFINITY;
  return {
    show(done) {
      const now = clock.now();
      if (now - drawnAt < redrawMs) return;
      drawnAt = now;
      const elapsedMs = now - startedAt;
      terminal.note(`${eraseLine}${renderProgress(paint, { done, total, fresh: done - before, elapsedMs })}`);
    },
    stopping() {
      drawnAt = Number.POSITIVE_INFINITY;
      const [why, short] = ['Stopping: what is under way is finished. Ctrl-C again ends it at once.', 'Stopping'];
      terminal.note(`${eraseLine}${why.length < paint.columns ? why : short}`);
    },
    end: () => terminal.note(eraseLine),
  };
}

/** A line as long as it goes on, whether anything is done or not: a log tells then that nobody is stuck but the tenant. */
function heartbeat({ terminal, timer }: Screen, { total, before }: Work): Progress {
  let done = before;
  const stop = timer?.every(heartbeatMs, () => terminal.note(`${renderCount(done, total)}\n`));
  return {
    show(now) {
      done = now;
    },
    stopping() {},
    end: () => stop?.(),
  };
}
