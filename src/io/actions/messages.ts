import type { ActionCommand, ActionPrint, ActionTrigger } from '../../local/actions/runner.ts';
import type { JsonObject } from '../../wire/schema.ts';

/** What a worker of an Action is started with. */
export interface WorkerData {
  /** The Action's file: an absolute path. */
  readonly file: string;
}

/** From the tenant to a worker: run the Action. Several runs may be in progress at once. */
export interface RunMessage {
  readonly id: number;
  readonly trigger: ActionTrigger;
  readonly event: JsonObject;
  /** Only load the file and look for the function. */
  readonly onlyLoads?: boolean | undefined;
}

/** From a worker to the tenant. Lines come one by one, so that those of an Action that never ends are known. */
export type WorkerMessage =
  | { readonly kind: 'printed'; readonly id: number; readonly line: ActionPrint }
  | { readonly kind: 'ended'; readonly id: number; readonly commands: readonly ActionCommand[] }
  | ({ readonly kind: 'failed'; readonly id: number } & WorkerFailure)
  | ({ readonly kind: 'crashed' } & WorkerFailure);

export interface WorkerFailure {
  /** What was thrown, or what is wrong with the file. */
  readonly reason: string;
  /** `post-login.js:12`, where it is in the Action's file. */
  readonly place: string | undefined;
  /** Whether the Action threw it. */
  readonly thrown: boolean;
}
