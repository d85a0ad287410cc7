import { fstatSync, readSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { AnonError, interrupted, isAnonError } from '../../errors.ts';
import { codeOf, reasonOf } from './files.ts';
import { type ByteCollector, collectBytes } from './input.ts';

const descriptor = 0;
const source = 'stdin';

/** How long until a descriptor without data is read again. */
const pauseMs = 20;

/**
 * All of stdin, whatever it leads to, at most 16 MB by default. Waits for a slow writer until Ctrl-C.
 * @throws {AnonError} `usage` for a folder, an unreadable input and beyond the limit; `interrupted`
 */
export async function readStdin(limitBytes?: number): Promise<Buffer> {
  const collected = collectBytes(source, limitBytes);
  try {
    const status = fstatSync(descriptor);
    if (status.isDirectory()) {
      throw new AnonError('usage', 'stdin is a folder, not a file.', { hint: 'Redirect a file instead: < <file>' });
    }
    const stream = status.isFIFO() || status.isSocket() ? waitingStream() : undefined;
    return await (stream ? fromStream(stream, collected) : fromDescriptor(collected));
  } catch (cause) {
    if (isAnonError(cause)) throw cause;
    const reason = ['EBADF', 'ENOTCONN'].includes(codeOf(cause)) ? 'it is not open for reading' : reasonOf(cause);
    throw new AnonError('usage', `stdin cannot be read: ${reason}.`, { cause });
  }
}

/** A pipe or socket as a stream; undefined for the kinds of socket that Node treats as empty. */
function waitingStream(): NodeJS.ReadStream | undefined {
  const { stdin } = process;
  return stdin instanceof process.getBuiltinModule('node:net').Socket ? stdin : undefined;
}

/** Ends on Ctrl-C, also where nobody else listens to it. */
async function fromStream(stream: NodeJS.ReadStream, collected: ByteCollector): Promise<Buffer> {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const stop = () => stream.destroy(interrupted());
  for (const signal of signals) process.once(signal, stop);
  try {
    for await (const chunk of stream) collected.add(chunk);
    return collected.all();
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}

/** Files, devices and a terminal. Without a stream, questions can still be asked on the terminal afterwards. */
async function fromDescriptor(collected: ByteCollector): Promise<Buffer> {
  const chunk = Buffer.allocUnsafe(65_536);
  for (;;) {
    const count = await bytesInto(chunk);
    if (count === 0) return collected.all();
    collected.add(chunk.subarray(0, count));
  }
}

async function bytesInto(chunk: Buffer): Promise<number> {
  for (;;) {
    try {
      return readSync(descriptor, chunk);
    } catch (error) {
      // The end of a console's or pipe's input on Windows.
      if (codeOf(error) === 'EOF') return 0;
      if (codeOf(error) !== 'EAGAIN') throw error;
      await pause(pauseMs);
    }
  }
}
