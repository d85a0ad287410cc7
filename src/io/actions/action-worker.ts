import { Worker } from 'node:worker_threads';
import type { ActionOutcome, ActionPrint, ActionRun } from '../../local/actions/runner.ts';
import type { RunMessage, WorkerData, WorkerFailure, WorkerMessage } from './messages.ts';

export interface WorkerLimits {
  /** The program of the workers. */
  readonly program: string;
  /** The longest time for a run, in milliseconds. */
  readonly limitMs: number;
  readonly memoryMegabytes: number;
}

/** A running Action. */
export interface ActionWorker {
  /** Several runs may be in progress at once. With `onlyLoads`, the Action's function is not called. */
  run(run: Omit<ActionRun, 'file'>, onlyLoads?: boolean): Promise<ActionOutcome>;
  /** Whether it can take more runs. */
  isUsable(): boolean;
  /** Ends it as soon as its runs have ended. */
  retire(): void;
  /** Ends it at once; its runs fail. */
  end(): Promise<void>;
}

interface Pending {
  readonly printed: ActionPrint[];
  readonly finish: (end: Pick<ActionOutcome, 'commands' | 'failure' | 'message'>) => void;
}

/** Starts the worker of one Action. It keeps no process alive while it has nothing to do. */
export function startActionWorker(file: string, limits: WorkerLimits): ActionWorker {
  const worker = newWorker(file, limits);
  const pending = new Map<number, Pending>();
  let [lastId, usable] = [0, true];
  const retire = () => {
    usable = false;
    if (pending.size === 0) void worker.terminate();
  };
  const failAll = (failure: WorkerFailure) => {
    usable = false;
    for (const { finish } of [...pending.values()]) finish(failed(failure));
  };
  worker.on('message', (message: WorkerMessage) => {
    if (message.kind === 'crashed') return failAll(message);
    const run = pending.get(message.id);
    if (message.kind === 'printed') run?.printed.push(message.line);
    else run?.finish(message.kind === 'ended' ? { commands: message.commands, failure: undefined } : failed(message));
  });
  worker.on('error', (error) => failAll(broken(error, limits)));
  worker.on('exit', (code) => failAll(unthrown(`it ended its process: process.exit(${code})`)));
  return {
    isUsable: () => usable,
    retire,
    async end() {
      failAll(unthrown('the local tenant was closed'));
      await worker.terminate();
    },
    run({ trigger, event }, onlyLoads) {
      const id = ++lastId;
      return new Promise((resolve) => {
        // First, because it throws for what cannot be copied.
        worker.postMessage({ id, trigger, event, onlyLoads } satisfies RunMessage);
        const printed: ActionPrint[] = [];
        const finish: Pending['finish'] = (end) => {
          clearTimeout(timer);
          pending.delete(id);
          if (!usable) retire();
          resolve({ ...end, printed });
        };
        // Keeps the process alive, too, which the worker itself does not.
        const timer = setTimeout(() => {
          // It may be in an endless loop, and then other runs in it end in the same way.
          usable = false;
          finish(failed(unthrown(`it did not end within ${limits.limitMs / 1000} s`)));
        }, limits.limitMs);
        pending.set(id, { printed, finish });
      });
    },
  };
}

/** Nothing of this process's environment, arguments and standard streams reaches the Action. */
function newWorker(file: string, { program, memoryMegabytes }: WorkerLimits): Worker {
  const worker = new Worker(program, {
    workerData: { file } satisfies WorkerData,
    env: {},
    argv: [],
    execArgv: [],
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: memoryMegabytes },
  });
  worker.stdout.resume();
  worker.stderr.resume();
  worker.unref();
  return worker;
}

function failed({ reason, place, thrown }: WorkerFailure): Pick<ActionOutcome, 'commands' | 'failure' | 'message'> {
  return {
    commands: [],
    failure: place === undefined ? reason : `${reason.replace(/\.$/, '')} (${place})`,
    message: thrown ? reason : undefined,
  };
}

function broken(error: Error & { readonly code?: unknown }, { memoryMegabytes }: WorkerLimits): WorkerFailure {
  const isMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
  return unthrown(isMemory ? `it used more memory than ${memoryMegabytes} MB` : `its worker ended: ${error.message}`);
}

function unthrown(reason: string): WorkerFailure {
  return { reason, place: undefined, thrown: false };
}
