import { fstatSync, write, writeSync } from 'node:fs';
import { setImmediate as nextTurn, setTimeout } from 'node:timers/promises';
import { codeOf } from './files.ts';

/** Writes lines one after another. Awaiting each write keeps the writer as slow as the reader. */
export interface LineWriter {
  /** Resolves once the system has `text`; with false when the reader is gone. */
  write(text: string): Promise<boolean>;
}

/** How long until a full non-blocking pipe is tried again. */
const fullPipeMs = 5;

/** Writes to a descriptor in order; lines that arrive during a write go out together. */
export function lineWriter(descriptor: number): LineWriter {
  const writeSome = fstatSync(descriptor).isFile() ? writeNow : writeInThread;
  let waiting = '';
  let written: Promise<boolean> | undefined;
  let running: Promise<boolean> = Promise.resolve(true);

  async function writeWaiting(before: Promise<boolean>): Promise<boolean> {
    if (!(await before)) return false;
    await nextTurn();
    const bytes = Buffer.from(waiting);
    waiting = '';
    written = undefined;
    return writeAll((rest) => writeSome(descriptor, rest), bytes);
  }

  return {
    write(text) {
      waiting += text;
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
      await setTimeout(fullPipeMs);
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
