import { fstatSync, write, writeSync } from 'node:fs';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { codeOf } from './files.ts';

/** Writes lines one after another. Awaiting each write keeps the writer as slow as the reader. */
export interface LineWriter {
  /** Resolves once the system has `text`; with false when the reader is gone. */
  write(text: string): Promise<boolean>;
}

/** How long until a full non-blocking pipe is tried again. */
const fullPipeMs = 5;

/** How long a line waits for those of other writers. */
const gatherMs = 2;

/**
 * Writes to a descriptor in order; lines that arrive during a write go out together. `writers` is how many write at the same
 * time, each waiting for its line before it goes on. With many of them a line waits a moment, until a quarter of them have
 * written: what they do next then costs the processor much less than one after another, between the work of others.
 */
export function lineWriter(descriptor: number, writers = 1): LineWriter {
  const writeSome = fstatSync(descriptor).isFile() ? writeNow : writeInThread;
  const enough = Math.floor(writers / 4);
  let waiting = '';
  let lines = 0;
  let onEnough = () => {};
  let written: Promise<boolean> | undefined;
  let running: Promise<boolean> = Promise.resolve(true);

  async function writeWaiting(before: Promise<boolean>): Promise<boolean> {
    if (!(await before)) return false;
    await (lines < enough ? moreLines() : nextTurn());
    const bytes = Buffer.from(waiting);
    waiting = '';
    lines = 0;
    written = undefined;
    return writeAll((rest) => writeSome(descriptor, rest), bytes);
  }

  function moreLines(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, gatherMs);
      onEnough = () => {
        clearTimeout(timer);
        setImmediate(resolve);
      };
    });
  }

  return {
    write(text) {
      waiting += text;
      lines += 1;
      if (lines === enough) onEnough();
      if (!written) {
        written = writeWaiting(running);
        running = written;
      }
      return written;
    },
  };
}

async function writeAll(writeSome: (rest: Buffer) => number | Promise<number>, bytes: Buffer): Promise<boolean> {
  for (let rest = bytes; rest.length > 0; ) {
    try {
      const count = writeSome(rest);
      rest = rest.subarray(typeof count === 'number' ? count : await count);
    } catch (error) {
      if (codeOf(error) === 'EPIPE') return false;
      if (codeOf(error) !== 'EAGAIN') throw error;
      await pause(fullPipeMs);
    }
  }
  return true;
}

/** A file never blocks for long, and a thread per line costs more than the line. */
function writeNow(descriptor: number, bytes: Buffer): number {
  return writeSync(descriptor, bytes);
}

/** In the thread pool, so that Ctrl-C works while a slow reader blocks the write. */
function writeInThread(descriptor: number, bytes: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    write(descriptor, bytes, 0, bytes.length, null, (error, count) => (error ? reject(error) : resolve(count)));
  });
}
