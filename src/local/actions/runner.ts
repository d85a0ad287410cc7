import type { JsonObject } from '../../wire/schema.ts';

/** The moments of a login at which Actions run. */
export const actionTriggers = ['post-login', 'pre-user-registration'] as const;
export type ActionTrigger = (typeof actionTriggers)[number];

/** One run of one Action. */
export interface ActionRun {
  readonly trigger: ActionTrigger;
  /** The Action's file: CommonJS that exports `onExecutePostLogin` or `onExecutePreUserRegistration`. An absolute path. */
  readonly file: string;
  /** `event`, with `event.secrets`. */
  readonly event: JsonObject;
}

/** What an Action asked for through `api`, in its order. */
export type ActionCommand =
  | { readonly kind: 'app_metadata' | 'user_metadata'; readonly name: string; readonly value: unknown }
  | { readonly kind: 'id_token_claim' | 'access_token_claim'; readonly name: string; readonly value: unknown }
  | { readonly kind: 'add_scope' | 'remove_scope'; readonly scope: string }
  /** While a user signs up, `code` is the reason for the tenant's log, and `reason` the message for the user. */
  | { readonly kind: 'deny'; readonly code: string; readonly reason: string }
  | { readonly kind: 'validation_error'; readonly code: string; readonly message: string };

/** A line that an Action printed with `console`. */
export interface ActionPrint {
  readonly level: 'debug' | 'log' | 'info' | 'warn' | 'error';
  readonly text: string;
}

export interface ActionOutcome {
  readonly commands: readonly ActionCommand[];
  readonly printed: readonly ActionPrint[];
  /** Why the Action failed: what it threw, with the place in its file, or that it took too long. Undefined where it succeeded. */
  readonly failure: string | undefined;
  /** The message of what it threw, without the place, which the application learns. */
  readonly message?: string | undefined;
}

/** Runs an Action where it can do no harm to the tenant: it never throws. */
export type ActionRunner = (run: ActionRun) => Promise<ActionOutcome>;
