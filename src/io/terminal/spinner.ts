import type { Clock } from '../../domain/clock.ts';
import type { Timer } from '../timer.ts';
import type { Terminal } from './terminal.ts';

/** Shows on a screen that something is waited for. */
export interface Spinner {
  /** Waits for `work`; once that has taken a while, with a line that goes in the end, however it ends. */
  during<Result>(work: () => Promise<Result>): Promise<Result>;
}

const eraseLine = '\r\u001b[2K';
const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const frameMs = 100;
/** Nobody needs to be shown a wait that is over before it is noticed. */
const unnoticedMs = 300;
/** Calls with no more than this in between are one wait to who looks on. */
const betweenMs = 100;

/** `⠋ Waiting for acme.eu.auth0.com, 3 s`, in one line of stderr that is written over; elsewhere nothing. */
export function spinner(
  subject: string,
  {
    terminal,
    clock,
    timer,
  }: { terminal: Pick<Terminal, 'note' | 'noteRewritable' | 'noteColumns'>; clock: Clock; timer: Timer },
): Spinner {
  let underWay = 0;
  let beganAt = 0;
  let endedAt = Number.NEGATIVE_INFINITY;
  let frame = 0;
  let drawn = false;
  let stop = () => {};

  function draw(): void {
    const waitedMs = clock.now() - beganAt;
    if (waitedMs < unnoticedMs || !terminal.noteRewritable) return;
    const seconds = waitedMs < 1000 ? '' : `, ${Math.floor(waitedMs / 1000)} s`;
    const line = `${frames[frame % frames.length]} Waiting for ${subject}${seconds}`;
    // What goes on in the next row could not be erased.
    if (line.length < terminal.noteColumns) terminal.note(`${eraseLine}${line}`);
    else terminal.note(`${eraseLine}${frames[frame % frames.length]}`);
    frame += 1;
    drawn = true;
  }

  function begin(): void {
    underWay += 1;
    if (underWay > 1) return;
    const now = clock.now();
    if (now - endedAt > betweenMs) beganAt = now;
    stop = timer.every(frameMs, draw);
    draw();
  }

  function end(): void {
    underWay -= 1;
    if (underWay > 0) return;
    stop();
    endedAt = clock.now();
    if (drawn) terminal.note(eraseLine);
    drawn = false;
  }

  return {
    async during(work) {
      begin();
      try {
        return await work();
      } finally {
        end();
      }
    },
  };
}
