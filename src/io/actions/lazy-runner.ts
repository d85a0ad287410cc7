import type { ActionRunner } from '../../local/actions/runner.ts';
import type { ClosableRunner } from './action-runner.ts';
import type { WorkerLimits } from './action-worker.ts';

export interface LazyRunner {
  readonly run: ActionRunner;
  close(): Promise<void>;
}

/** A runner whose code is loaded when the first Action runs. */
export function lazyRunner(limits: Partial<WorkerLimits> | undefined): LazyRunner {
  let runner: Promise<ClosableRunner> | undefined;
  return {
    async run(run) {
      runner ??= import('./action-runner.ts').then(({ actionRunner }) => actionRunner(limits));
      return (await runner).run(run);
    },
    close: async () => (await runner)?.close(),
  };
}
