import type { ActionRunner } from '../../local/actions/runner.ts';
import type { ClosableRunner } from './action-runner.ts';
import type { WorkerLimits } from './action-worker.ts';

export type LazyRunner = ClosableRunner;

/** A runner whose code is loaded when the first Action runs. */
export function lazyRunner(limits: Partial<WorkerLimits> | undefined): LazyRunner {
  let runner: Promise<ClosableRunner> | undefined;
  const loaded = () => {
    runner ??= import('./action-runner.ts').then(({ actionRunner }) => actionRunner(limits));
    return runner;
  };
  const run: ActionRunner = async (wanted) => (await loaded()).run(wanted);
  return {
    run,
    check: async (trigger, file) => (await loaded()).check(trigger, file),
    close: async () => (await runner)?.close(),
  };
}
