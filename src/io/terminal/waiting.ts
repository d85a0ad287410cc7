import type { Clock } from '../../domain/clock.ts';
import type { RetryPolicy } from '../../domain/exchange/retry.ts';
import type { Timer } from '../clock.ts';
import { eraseLine, type Terminal } from './terminal.ts';

interface Screen {
  readonly clock: Clock;
  readonly terminal: Pick<Terminal, 'note' | 'noteRewritable'>;
}

/** Redraws one line of the terminal every second until `endsAtMs`, then erases it. @throws {AnonError} `interrupted` */
export async function countDown(
  { clock, terminal }: Screen,
  endsAtMs: number,
  line: (leftMs: number) => string,
): Promise<void> {
  try {
    for (let leftMs = endsAtMs - clock.now(); leftMs > 0; leftMs = endsAtMs - clock.now()) {
      terminal.note(`${eraseLine}${line(leftMs)}`);
      await clock.wait(leftMs % 1000 || 1000);
    }
  } finally {
    terminal.note(eraseLine);
  }
}

/**
 * Waits of at most `maxWaitMs`. A wait that the tenant asked for is shown unless `silent`: counted down on a screen,
 * announced once in a log.
 */
export function retryPolicy(maxWaitMs: number, screen: Screen, silent: boolean): RetryPolicy {
  const { clock, terminal } = screen;
  return {
    maxWaitMs,
    now: () => clock.now(),
    random: Math.random,
    async wait({ ms, asked, reason }) {
      const line = (leftMs: number) => `waiting ${Math.ceil(leftMs / 1000)} s: ${reason}`;
      if (!asked || silent) return clock.wait(ms);
      if (terminal.noteRewritable) return countDown(screen, clock.now() + ms, line);
      terminal.note(`${line(ms)}\n`);
      return clock.wait(ms);
    },
  };
}

/** Shows on a terminal that a command is waiting. */
interface Spinner {
  /** Waits for `work`, after a moment with a line that is erased at the end. */
  during<Result>(work: () => Promise<Result>): Promise<Result>;
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const frameMs = 100;
/** Shorter waits show nothing. */
const delayMs = 300;
/** Calls with shorter gaps count as one wait. */
const longestGapMs = 100;

/** `⠋ Waiting for acme.eu.auth0.com, 3 s` on one line of stderr that is redrawn; nothing where that isn't possible. */
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
    if (waitedMs < delayMs || !terminal.noteRewritable) return;
    const seconds = waitedMs < 1000 ? '' : `, ${Math.floor(waitedMs / 1000)} s`;
    const line = `${frames[frame % frames.length]} Waiting for ${subject}${seconds}`;
    // A wrapped line couldn't be erased.
    if (line.length < terminal.noteColumns) terminal.note(`${eraseLine}${line}`);
    else terminal.note(`${eraseLine}${frames[frame % frames.length]}`);
    frame += 1;
    drawn = true;
  }

  function begin(): void {
    underWay += 1;
    if (underWay > 1) return;
    const now = clock.now();
    if (now - endedAt > longestGapMs) beganAt = now;
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
