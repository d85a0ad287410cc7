import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { ActionOutcome, ActionRun, ActionRunner, ActionTrigger } from '../../local/actions/runner.ts';
import { codeOf, reasonOf } from '../files/files.ts';
import { type ActionWorker, startActionWorker, type WorkerLimits } from './action-worker.ts';

export interface ClosableRunner {
  readonly run: ActionRunner;
  /** Loads a file, and returns what keeps it from being an Action of the trigger; undefined where nothing does. */
  check(trigger: ActionTrigger, file: string): Promise<string | undefined>;
  /** Ends all workers; what runs in them fails. */
  close(): Promise<void>;
}

const defaults: WorkerLimits = {
  program: join(import.meta.dirname, 'io-actions-worker.cjs'),
  // @see https://auth0.com/docs/customize/actions/limitations. Assumed: for each Action, where the service has it for all.
  limitMs: 20_000,
  memoryMegabytes: 256,
};

/** Runs each Action in a worker of its own, which is replaced when the file has changed, or when the worker has ended. */
export function actionRunner(options: Partial<WorkerLimits> = {}): ClosableRunner {
  const limits = { ...defaults, ...options };
  const workers = new Map<string, { readonly version: string; readonly worker: ActionWorker }>();
  const workerFor = (file: string, version: string): ActionWorker => {
    const before = workers.get(file);
    if (before?.version === version && before.worker.isUsable()) return before.worker;
    before?.worker.retire();
    const worker = startActionWorker(file, limits);
    workers.set(file, { version, worker });
    return worker;
  };
  const attempt = async (run: ActionRun, onlyLoads?: boolean): Promise<ActionOutcome> => {
    const version = versionOf(run.file);
    if ('problem' in version) return failure(version.problem);
    try {
      return await workerFor(run.file, version.text).run(run, onlyLoads);
    } catch (error) {
      return failure(`it cannot be run: ${error instanceof Error ? error.message : error}`);
    }
  };
  return {
    run: (run) => attempt(run),
    check: async (trigger, file) => (await attempt({ trigger, file, event: {} }, true)).failure,
    async close() {
      await Promise.all([...workers.values()].map(({ worker }) => worker.end()));
      workers.clear();
    },
  };
}

/** A text that changes when the file is written. Files that it requires are not watched. */
function versionOf(file: string): { readonly text: string } | { readonly problem: string } {
  try {
    const { mtimeMs, size } = statSync(file);
    return { text: `${mtimeMs} ${size}` };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { problem: `its file does not exist: ${file}` };
    return { problem: `its file cannot be read: ${reasonOf(error)}` };
  }
}

function failure(reason: string): ActionOutcome {
  return { commands: [], printed: [], failure: reason, message: undefined };
}
