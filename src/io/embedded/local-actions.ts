import type { Action, NewAction } from '../../local/actions/action.ts';
import type { ActionTrigger } from '../../local/actions/runner.ts';
import type { ActionAttempt, AttemptResult } from '../../local/actions/try-action.ts';
import type { LocalPorts } from './ports.ts';
import { withLocal } from './tenant.ts';

/** The Actions of the local tenant. */
export interface LocalActions {
  /** In the order in which they run. */
  list(): Promise<readonly Action[]>;
  /** Loads a file, and returns what keeps it from being an Action of the trigger; undefined where nothing does. */
  check(trigger: ActionTrigger, file: string): Promise<string | undefined>;
  /** Undefined where its trigger has one with this name. */
  add(added: NewAction): Promise<Action | undefined>;
  /** Returns whether there was one with this id. */
  remove(id: string): Promise<boolean>;
  /** Runs a file once with a sample login, which changes nothing, and returns how long it took, too. */
  attempt(attempt: ActionAttempt): Promise<AttemptResult & { readonly milliseconds: number }>;
}

export function localActions(ports: LocalPorts): LocalActions {
  return {
    list: () => withLocal(ports, {}, (local) => local.actions()),
    async check(trigger, file) {
      const { actionRunner } = await import('../actions/action-runner.ts');
      const runner = actionRunner(ports.actionLimits);
      try {
        return await runner.check(trigger, file);
      } finally {
        await runner.close();
      }
    },
    add: (added) => withLocal(ports, {}, (local) => local.addAction(added)),
    remove: (id) => withLocal(ports, {}, (local) => local.removeAction(id)),
    attempt: (attempt) =>
      withLocal(ports, {}, async (local) => {
        const start = performance.now();
        const result = await local.tryAction(attempt);
        return { ...result, milliseconds: Math.round(performance.now() - start) };
      }),
  };
}
