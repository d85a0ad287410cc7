import { basename } from 'node:path';
import { inspect } from 'node:util';
import type { WorkerFailure } from './messages.ts';

const longest = 1000;

/** Describes what an Action threw, whatever it is, with its place in the Action's file. */
export function describeThrown(error: unknown, file: string): WorkerFailure {
  if (!isError(error))
    return { reason: shortened(`${textOf(error)} was thrown, which is not an Error`), place: undefined, thrown: true };
  const stack = String(error.stack ?? '');
  const message = String(error.message) || String(error.name);
  return { reason: shortened(message), place: placeIn(stack, file) ?? placeOfSyntaxError(error, stack), thrown: true };
}

/** The first line of the Action's file in a stack. */
function placeIn(stack: string, file: string): string | undefined {
  const start = stack.indexOf(`${file}:`);
  const [, line] = start < 0 ? [] : (/^(\d+)/.exec(stack.slice(start + file.length + 1)) ?? []);
  return line === undefined ? undefined : `${basename(file)}:${line}`;
}

/** A file that the Action requires: its place is in the first line. */
function placeOfSyntaxError(error: Error, stack: string): string | undefined {
  const [, path, line] = error.name === 'SyntaxError' ? (/^(\S.*):(\d+)$/m.exec(stack) ?? []) : [];
  return path === undefined ? undefined : `${basename(path)}:${line}`;
}

/** Errors may come from another context, as those of node:vm. */
function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
}

function textOf(value: unknown): string {
  try {
    return typeof value === 'string'
      ? `'${value}'`
      : inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY });
  } catch {
    return 'A value';
  }
}

function shortened(text: string): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}
