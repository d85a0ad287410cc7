import type { Clock } from '../domain/ports.ts';
import type { Terminal } from '../io/terminal.ts';
import { paintFor } from './render/paint.ts';
import { renderProgress } from './render/progress.ts';

const eraseLine = '\r\u001b[2K';
const redrawMs = 100;

/** How far something has come, in one line of the terminal that goes in the end. Elsewhere nothing. */
export interface Progress {
  show(done: number): void;
  /** The user wants it to end. */
  stopping(): void;
  end(): void;
}

/** `before` of `total` were done when it began. */
export function progressBar(
  { terminal, clock }: { terminal: Pick<Terminal, 'note' | 'noteRewritable' | 'noteColour'>; clock: Clock },
  { total, before, shown }: { total: number; before: number; shown: boolean },
): Progress {
  if (!shown || !terminal.noteRewritable) return { show() {}, stopping() {}, end() {} };
  const paint = paintFor(terminal.noteColour);
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
      terminal.note(`${eraseLine}Stopping: what is under way is finished. Ctrl-C again ends it at once.`);
    },
    end: () => terminal.note(eraseLine),
  };
}
