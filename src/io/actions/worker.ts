import { AsyncLocalStorage } from 'node:async_hooks';
import { Console } from 'node:console';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname } from 'node:path';
import { Writable } from 'node:stream';
import { format, inspect } from 'node:util';
import { compileFunction, constants } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import type { ActionCommand, ActionPrint, ActionTrigger } from '../../local/actions/runner.ts';
import { reasonOf } from '../files/files.ts';
import { actionApi } from './action-api.ts';
import { actionCache } from './action-cache.ts';
import type { RunMessage, WorkerData, WorkerFailure, WorkerMessage } from './messages.ts';

// The program of a worker: one Action, whose module stays loaded between its runs, as in the service's containers.

/** What one run may print; the service saves less. */
const mostCharacters = 16_384;

/** Where the lines of a run go. */
interface Printer {
  readonly send: (line: ActionPrint) => void;
  left: number;
}

const printers = new AsyncLocalStorage<Printer>();

const { file } = workerData as WorkerData;
const functionNames = {
  'post-login': 'onExecutePostLogin',
  'pre-user-registration': 'onExecutePreUserRegistration',
} as const satisfies Record<ActionTrigger, string>;
const caches = {
  'post-login': actionCache(Date.now),
  'pre-user-registration': actionCache(Date.now),
};

type ActionFunction = (event: unknown, api: unknown) => unknown;

let exported: Record<string, unknown> | undefined;
const send = (message: WorkerMessage) => parentPort?.postMessage(message);

captureConsole();
process.on('uncaughtException', (error) => {
  send({ kind: 'crashed', ...describeThrown(error, file) });
  process.exit(1);
});
parentPort?.on('message', ({ id, trigger, event, onlyLoads }: RunMessage) => {
  const run = async () => {
    const commands: ActionCommand[] = [];
    try {
      const action = functionFor(trigger);
      if (!onlyLoads) await action(event, actionApi(trigger, commands, caches[trigger]));
      send({ kind: 'ended', id, commands });
    } catch (error) {
      send({ kind: 'failed', id, ...(error instanceof UnusableFile ? error.failure : describeThrown(error, file)) });
    }
  };
  void printingTo((line) => send({ kind: 'printed', id, line }), run);
});

/** @throws {UnusableFile} */
function functionFor(trigger: ActionTrigger): ActionFunction {
  exported ??= load();
  const name = functionNames[trigger];
  const found = exported[name];
  if (typeof found === 'function') return found as ActionFunction;
  throw new UnusableFile({ reason: `its file exports no function ${name}`, place: undefined, thrown: false });
}

/**
 * Loads the file as CommonJS, even where its package.json says that it is a module. `require` and `import()` find the
 * packages of its folder.
 */
function load(): Record<string, unknown> {
  const module = { exports: {} as Record<string, unknown>, filename: file, id: file };
  const names = ['exports', 'require', 'module', '__filename', '__dirname'];
  const source = sourceOf(file);
  try {
    const compiled = compileFunction(source, names, {
      filename: file,
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    });
    compiled.call(module.exports, module.exports, createRequire(file), module, file, dirname(file));
  } catch (error) {
    const { reason, place } = describeThrown(error, file);
    // What the engine says of a module does not say what else to write.
    const isModule = /Cannot use import statement|Unexpected token 'export'/.test(reason);
    const form = isModule ? '; an Action is CommonJS, with require and exports' : '';
    throw new UnusableFile({ reason: `its file cannot be loaded: ${reason}${form}`, place, thrown: false });
  }
  return Object(module.exports) as Record<string, unknown>;
}

function sourceOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    throw new UnusableFile({ reason: `its file cannot be read: ${reasonOf(error)}`, place: undefined, thrown: false });
  }
}

/** The file is not an Action. */
class UnusableFile extends Error {
  readonly failure: WorkerFailure;

  constructor(failure: WorkerFailure) {
    super(failure.reason);
    this.failure = failure;
  }
}

const longest = 1000;

/** Describes what an Action threw, whatever it is, with its place in the Action's file. */
function describeThrown(error: unknown, file: string): WorkerFailure {
  if (!isError(error))
    return { reason: shortened(`${textOf(error)} was thrown, which is not an Error`), place: undefined, thrown: true };
  const stack = String(error.stack ?? '');
  // Node.js lists the files that led to a missing module; the place says where it is required.
  const message = (String(error.message) || String(error.name)).replace(/\nRequire stack:[\s\S]*$/, '');
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

/** Runs `work` so that what it prints goes to `send`, whatever else runs in the meantime. */
function printingTo<Result>(send: Printer['send'], work: () => Result): Result {
  return printers.run({ send, left: mostCharacters }, work);
}

/** Replaces the global console. Lines that are printed outside of a run are lost. */
function captureConsole(): void {
  // For `table`, `dir`, `count` and others, which print through these streams.
  const others = new Console({ stdout: streamOf('log'), stderr: streamOf('error'), colorMode: false });
  for (const level of ['debug', 'log', 'info', 'warn', 'error'] as const) {
    others[level] = (...args: unknown[]) => print(level, format(...args));
  }
  globalThis.console = others;
}

function streamOf(level: ActionPrint['level']): Writable {
  return new Writable({
    decodeStrings: false,
    write(text, _encoding, done) {
      print(level, String(text).replace(/\n$/, ''));
      done();
    },
  });
}

function print(level: ActionPrint['level'], text: string): void {
  const printer = printers.getStore();
  if (!printer || printer.left <= 0) return;
  const isCut = text.length >= printer.left;
  printer.send({ level, text: isCut ? `${text.slice(0, printer.left)}… (cut off)` : text });
  // An empty line counts, too.
  printer.left -= text.length + 1;
}
