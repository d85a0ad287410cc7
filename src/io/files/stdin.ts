import { fstatSync, readSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { AnonError, interrupted, isAnonError } from '../../errors.ts';
import { codeOf, reasonOf } from './files.ts';
import { gathering } from './input.ts';

const descriptor = 0;
const source = 'stdin';

/** How soon a descriptor that has nothing yet is asked again. */
const pauseMs = 20;

/**
 * All of stdin, whatever stands behind it, at most 16 MB. A writer that is late is waited for, until Ctrl-C.
 * @throws {AnonError} `usage` for a folder, for what cannot be read and beyond the limit; `interrupted`
 */
export async function readStdin(): Promise<Buffer> {
  try {
    const status = fstatSync(descriptor);
    if (status.isDirectory()) {
      throw new AnonError('usage', 'stdin is a folder, not a file.', { hint: "Name a file in it: '< <file>'" });
    }
    const stream = status.isFIFO() || status.isSocket() ? waitingStream() : undefined;
    return await (stream ? fromStream(stream) : fromDescriptor());
  } catch (cause) {
    if (isAnonError(cause)) throw cause;
    const reason = ['EBADF', 'ENOTCONN'].includes(codeOf(cause)) ? 'it is not open for reading' : reasonOf(cause);
    throw new AnonError('usage', `stdin cannot be read: ${reason}.`, { cause });
  }
}

/** A pipe or a socket as Node waits for one; undefined for a kind of socket that Node takes for empty. */
function waitingStream(): NodeJS.ReadStream | undefined {
  const { stdin } = process;
  return stdin instanceof process.getBuiltinModule('node:net').Socket ? stdin : undefined;
}

/** While it waits, Ctrl-C is its business, whoever else listens. */
async function fromStream(stream: NodeJS.ReadStream): Promise<Buffer> {
  const gathered = gathering(source);
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const stop = () => stream.destroy(interrupted());
  for (const signal of signals) process.once(signal, stop);
  try {
    for await (const chunk of stream) gathered.add(chunk);
    return gathered.all();
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}

/** Files, devices, and a terminal, which a question may be asked on afterwards: no stream takes it over. */
async function fromDescriptor(): Promise<Buffer> {
  const gathered = gathering(source);
  const chunk = Buffer.allocUnsafe(65_536);
  for (;;) {
    const count = await bytesInto(chunk);
    if (count === 0) return gathered.all();
    gathered.add(chunk.subarray(0, count));
  }
}

async function bytesInto(chunk: Buffer): Promise<number> {
  for (;;) {
    try {
      return readSync(descriptor, chunk);
    } catch (error) {
      // What Windows calls the end of a console's or a pipe's input.
      if (codeOf(error) === 'EOF') return 0;
      if (codeOf(error) !== 'EAGAIN') throw error;
      await pause(pauseMs);
    }
  }
}
