import { fstatSync, write, writeSync } from 'node:fs';
import { setImmediate as nextTurn, setTimeout } from 'node:timers/promises';
import { codeOf } from './files.ts';

/** Takes lines, and says when each is written: who waits for that cannot be faster than who reads. */
export interface LineWriter {
  /** Resolves once `text` is handed to the system; with false when nobody reads it any more. */
  write(text: string): Promise<boolean>;
}

/** A pipe that somebody made non-blocking is full; how long until it is tried again. */
const fullPipeMs = 5;

/** Writes to a descriptor, in the order that lines come; those that come meanwhile go together. */
export function lineWriter(descriptor: number): LineWriter {
  const writeSome = fstatSync(descriptor).isFile() ? writeAtOnce : writeAside;
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
      rest = rest.subarray(await writeSome(rest));
    } catch (error) {
      if (codeOf(error) === 'EPIPE') return false;
      if (codeOf(error) !== 'EAGAIN') throw error;
      await setTimeout(fullPipeMs);
    }
  }
  return true;
}

/** Nobody can hold up a file, and a thread for each line costs more than the line. */
function writeAtOnce(descriptor: number, bytes: Buffer): number {
  return writeSync(descriptor, bytes);
}

/** In a thread of its own, so that a reader who takes no more does not keep Ctrl-C from being heard. */
function writeAside(descriptor: number, bytes: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    write(descriptor, bytes, 0, bytes.length, null, (error, count) => (error ? reject(error) : resolve(count)));
  });
}
