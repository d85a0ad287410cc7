// Commands that only read a file wait neither for Node's promises of files nor for its crypto, which take as long as their code.
import {
  appendFileSync,
  closeSync,
  constants,
  createReadStream,
  lstatSync,
  openSync,
  promises,
  rmSync,
  statSync,
} from 'node:fs';
import type { TextLine } from '../../domain/session/bulk/metadata-lines.ts';
import { AnonError, isAnonError } from '../../errors.ts';
import { kindOf } from './descriptor.ts';
import { codeOf, reasonOf } from './files.ts';
import { bytesLike, readWhole, textOf, withoutMark } from './input.ts';

/** The text of a file that the user named, at most 16 MB by default. @throws {AnonError} `usage` */
export async function readUserFile(path: string, limitBytes?: number): Promise<string> {
  return textOf(await readUserBytes(path, limitBytes), path);
}

/** The bytes of a file, pipe or device. @throws {AnonError} `usage` */
export async function readUserBytes(path: string, limitBytes?: number): Promise<Buffer> {
  // These can't be opened where stdin is a socket.
  if (/^\/(dev\/stdin|(dev|proc\/self)\/fd\/0)$/.test(path)) return (await import('./stdin.ts')).readStdin(limitBytes);
  try {
    return await readWhole(path, limitBytes);
  } catch (cause) {
    if (isAnonError(cause)) throw cause;
    throw new AnonError('usage', `${path || "''"} cannot be read: ${reasonOf(cause)}.`, { cause });
  }
}

/** The names in a folder, sorted; undefined where there is no folder. @throws {AnonError} `usage` where it cannot be read */
export async function namesInUserFolder(path: string): Promise<readonly string[] | undefined> {
  try {
    return (await promises.readdir(path)).sort();
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(cause) ?? '')) return undefined;
    throw new AnonError('usage', `${path || "''"} cannot be read: ${reasonOf(cause)}.`, { cause });
  }
}

/** Whether the path is a terminal, such as `/dev/stdin` or `/dev/tty`: someone would have to type the content. */
export function isTerminalFile(path: string): boolean {
  try {
    if (!statSync(path).isCharacterDevice()) return false;
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    try {
      return kindOf(descriptor) === 'terminal';
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return false;
  }
}

/**
 * Creates a file for the user alone. It gets its name when it is complete: a process that is killed, or that finds the disk
 * full, leaves no file.
 * @throws {AnonError} `usage` where the file exists or cannot be written
 */
export async function writeNewUserFile(path: string, text: string): Promise<void> {
  const { randomBytes } = await import('node:crypto');
  const draft = `${path}.tmp-${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    const there = lstatSync(path, { throwIfNoEntry: false });
    if (there) throw Object.assign(new Error('it exists'), { code: there.isDirectory() ? 'EISDIR' : 'EEXIST' });
    try {
      await promises.writeFile(draft, text, { flag: 'wx', mode: 0o600, flush: true });
      await publish(draft, path);
    } finally {
      rmSync(draft, { force: true });
    }
  } catch (cause) {
    const code = codeOf(cause);
    const reason = code === 'ENOENT' ? 'its folder does not exist' : reasonOf(cause);
    const hint = code === 'EEXIST' ? 'Choose another name, or remove the file first.' : undefined;
    throw new AnonError('usage', `${path || "''"} cannot be written: ${reason}.`, { hint, cause });
  }
}

/**
 * Gives a file that was read as `before` another text, in its encoding and with its permissions. A process that is killed, or
 * that finds the disk full, leaves the old text.
 * @throws {AnonError} `usage` where the file has changed since, or cannot be written
 */
export async function replaceUserFile(path: string, { before, text }: { before: string; text: string }): Promise<void> {
  const bytes = await readUserBytes(path);
  if (textOf(bytes, path) !== before) {
    throw new AnonError('usage', `${path} has changed while the command ran.`, { hint: 'Run the command again.' });
  }
  const { writeFileSync } = await import('./atomic-write.ts');
  try {
    writeFileSync(path, bytesLike(bytes, text), { mode: statSync(path).mode & 0o777 });
  } catch (cause) {
    throw new AnonError('usage', `${path} cannot be written: ${reasonOf(cause)}.`, { cause });
  }
}

/** Unlike a rename, a link never replaces a file that another process has created meanwhile. */
async function publish(draft: string, path: string): Promise<void> {
  try {
    await promises.link(draft, path);
  } catch (error) {
    if (!linklessCodes.includes(codeOf(error))) throw error;
    await promises.copyFile(draft, path, constants.COPYFILE_EXCL);
  }
}

/** Not every file system has hard links. */
const linklessCodes = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

/** Far more than a guest or its metadata takes; without a limit one line could fill the memory. */
const longestLineBytes = 1 << 20;
const lineFeed = 10;

/**
 * The lines of a file that the user named, read on demand. The file is read twice, so it can't be a pipe, or a device, which
 * may be endless.
 * @throws {AnonError} `usage`
 */
export async function* readLines(path: string): AsyncGenerator<TextLine> {
  let rest: Buffer = Buffer.alloc(0);
  let offset = 0;
  try {
    const status = await promises.stat(path);
    if (!status.isFile() && !status.isDirectory()) {
      throw new AnonError('usage', `${path} cannot be read: it is not a regular file, and it must be read twice.`, {
        hint: 'Write its lines to a file first, and pass that file.',
      });
    }
    for await (const chunk of createReadStream(path)) {
      const bytes: Buffer = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
      let start = 0;
      for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, start)) {
        const text = bytes.toString('utf8', start, end);
        yield { text: offset + start === 0 ? withoutMark(text) : text, whole: true, endOffset: offset + end + 1 };
        start = end + 1;
      }
      rest = bytes.subarray(start);
      offset += start;
      if (rest.length > longestLineBytes) throw new AnonError('usage', `${path} has a line of more than 1 MiB.`);
    }
  } catch (cause) {
    if (isAnonError(cause)) throw cause;
    throw new AnonError('usage', `${path} cannot be read: ${reasonOf(cause)}.`, { cause });
  }
  if (rest.length === 0) return;
  const text = rest.toString('utf8');
  yield { text: offset === 0 ? withoutMark(text) : text, whole: false, endOffset: offset + rest.length };
}

/** Appends to a file that the environment names; creates it for this user alone. @throws {AnonError} `failed` */
export function appendToFile(path: string, text: string): void {
  try {
    appendFileSync(path, text, { mode: 0o600 });
  } catch (cause) {
    throw new AnonError('failed', `${path} cannot be written: ${reasonOf(cause)}.`, { cause });
  }
}
