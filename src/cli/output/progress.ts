import type { Clock } from '../../domain/clock.ts';
import type { Timer } from '../../io/clock.ts';
import { eraseLine, type Terminal } from '../../io/terminal/terminal.ts';
import { notePaint } from '../render/paint.ts';
import { renderCount, renderProgress } from '../render/progress.ts';

const redrawMs = 100;
/** Short enough to show that the command is not stuck, and long enough not to fill a log. */
const heartbeatMs = 10_000;

/** Shows progress: on a terminal in one line that is erased at the end, elsewhere in a line every 10 seconds. */
export interface Progress {
  show(done: number): void;
  /** The user pressed Ctrl-C. */
  stopping(): void;
  end(): void;
}

interface Screen {
  readonly terminal: Pick<Terminal, 'note' | 'noteRewritable' | 'noteColour' | 'noteColumns' | 'palette'>;
  readonly clock: Clock;
  readonly timer?: Timer | undefined;
}

interface Work {
  readonly total: number;
  /** How many were done before this run. */
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
      const [long, short] = ['Stopping after the requests in progress. Ctrl-C again stops at once.', 'Stopping'];
      terminal.note(`${eraseLine}${long.length < paint.columns ? long : short}`);
    },
    end: () => terminal.note(eraseLine),
  };
}

/** Prints a line in regular intervals even without progress, so that a log shows that the tenant is slow, not the tool. */
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
