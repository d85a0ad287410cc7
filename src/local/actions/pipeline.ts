import { isReservedClaim } from '../../wire/claims-mapping.ts';
import { isJsonObject, type JsonObject } from '../../wire/schema.ts';
import { parseUrl } from '../../wire/url.ts';
import type { LoggedActionLine } from '../http/served-request.ts';
import type { Moment, TenantScope } from '../scope.ts';
import { type Action, actionsOf } from './action.ts';
import { actionEvent } from './event.ts';
import type { LoginFacts } from './login-facts.ts';
import type { ActionCommand, ActionOutcome, ActionTrigger } from './runner.ts';

/** What the application learns at its callback, or the page where a user signs up. */
interface Refusal {
  /** The Action's name. */
  readonly action: string;
  readonly error: string;
  readonly description: string;
}

export type ActionsOutcome =
  | { readonly kind: 'ok' }
  | (Refusal & { readonly kind: 'denied'; readonly code: string; readonly reason: string })
  | (Refusal & { readonly kind: 'validation_error'; readonly code: string; readonly message: string })
  | (Refusal & { readonly kind: 'failed'; readonly reason: string });

export interface PreUserRegistrationResult {
  /**
   * The user, with the metadata that the Actions set, for the caller to save: also where the login is denied, as in the
   * service. Unchanged where an Action failed.
   */
  readonly user: JsonObject;
  readonly printed: readonly LoggedActionLine[];
  readonly outcome: ActionsOutcome;
}

export interface PostLoginResult extends PreUserRegistrationResult {
  readonly claims: { readonly idToken: JsonObject; readonly accessToken: JsonObject };
  readonly addedScopes: readonly string[];
  readonly removedScopes: readonly string[];
}

/** Runs the Actions of a login, one after the other. They are noted in the request log, too. */
export function runPostLogin(scope: TenantScope, moment: Moment, facts: LoginFacts): Promise<PostLoginResult> {
  return runActions('post-login', scope, moment, facts);
}

/** Runs the Actions of a sign-up: before the user is saved, and before the Actions of the login. */
export async function runPreUserRegistration(
  scope: TenantScope,
  moment: Moment,
  facts: LoginFacts,
): Promise<PreUserRegistrationResult> {
  const { user, printed, outcome } = await runActions('pre-user-registration', scope, moment, facts);
  return { user, printed, outcome };
}

async function runActions(
  trigger: ActionTrigger,
  scope: TenantScope,
  moment: Moment,
  facts: LoginFacts,
): Promise<PostLoginResult> {
  const progress = new Progress(facts);
  for (const action of await actionsOf(scope.store, trigger)) {
    const event = { ...actionEvent(trigger, { ...facts, user: progress.user }, moment), secrets: action.secrets };
    const result = (await scope.runAction?.({ trigger, file: action.file, event })) ?? notRun;
    progress.take(trigger, action, result);
    if (progress.outcome.kind !== 'ok') break;
  }
  const { printed } = progress;
  if (moment.facts && printed.length > 0) moment.facts.actions = [...(moment.facts.actions ?? []), ...printed];
  return progress.result();
}

const notRun: ActionOutcome = { commands: [], printed: [], failure: 'this tenant runs no Actions' };

/** What the Actions of a trigger did until now. */
class Progress {
  readonly #facts: LoginFacts;
  user: JsonObject;
  readonly printed: LoggedActionLine[] = [];
  outcome: ActionsOutcome = { kind: 'ok' };
  readonly #claims = { idToken: {} as JsonObject, accessToken: {} as JsonObject };
  readonly #scopes = new Map<string, 'added' | 'removed'>();

  constructor(facts: LoginFacts) {
    this.#facts = facts;
    this.user = facts.user;
  }

  take(trigger: ActionTrigger, { name }: Action, { commands, printed, failure, message }: ActionOutcome): void {
    this.printed.push(...printed.map((line) => ({ name, ...line })));
    if (failure !== undefined) {
      this.printed.push({ name, level: 'failed', text: failure });
      // Assumed: what earlier Actions set is not saved either, because the service saves all changes at the end.
      this.user = this.#facts.user;
      // As what rules and Actions throw reaches the application: https://community.auth0.com/t/63027
      this.outcome = {
        ...{ kind: 'failed', action: name, reason: failure },
        ...{ error: 'access_denied', description: message ?? failure },
      };
      return;
    }
    for (const command of commands) this.#apply(command);
    this.outcome = refusalIn(trigger, name, commands) ?? this.outcome;
  }

  #apply(command: ActionCommand): void {
    switch (command.kind) {
      case 'app_metadata':
      case 'user_metadata':
        this.user = { ...this.user, [command.kind]: changedMetadata(this.user[command.kind], command) };
        return;
      case 'id_token_claim':
        setClaim(this.#claims.idToken, command);
        return;
      case 'access_token_claim':
        // Assumed: `is_system` marks the Management API, whose tokens take namespaced claims alone.
        if (this.#facts.server?.is_system === true && parseUrl(command.name) === undefined) return;
        setClaim(this.#claims.accessToken, command);
        return;
      case 'add_scope':
        this.#scopes.set(command.scope, 'added');
        return;
      case 'remove_scope':
        this.#scopes.set(command.scope, 'removed');
        return;
    }
  }

  result(): PostLoginResult {
    const { user, printed, outcome } = this;
    const scopes = (change: string) => [...this.#scopes].filter(([, last]) => last === change).map(([scope]) => scope);
    return {
      user,
      printed,
      outcome,
      claims: this.#claims,
      addedScopes: scopes('added'),
      removedScopes: scopes('removed'),
    };
  }
}

/** Null removes a key; undefined changes nothing. */
function changedMetadata(
  before: unknown,
  { name, value }: { readonly name: string; readonly value: unknown },
): JsonObject {
  const metadata = isJsonObject(before) ? before : {};
  if (value === undefined || name === '__proto__') return metadata;
  const { [name]: _, ...others } = metadata;
  return value === null ? others : { ...metadata, [name]: value };
}

/** Reserved claims are ignored, as in the service. @see {@link isReservedClaim} */
function setClaim(claims: JsonObject, { name, value }: { readonly name: string; readonly value: unknown }): void {
  if (value !== undefined && !isReservedClaim(name)) claims[name] = value;
}

/** The first refusal that an Action asked for. */
function refusalIn(
  trigger: ActionTrigger,
  action: string,
  commands: readonly ActionCommand[],
): ActionsOutcome | undefined {
  for (const command of commands) {
    if (command.kind === 'deny') {
      const { code, reason } = command;
      const isSignUp = trigger === 'pre-user-registration';
      // Assumed: the words where the Action has none for the user.
      const description = reason || (isSignUp ? 'You may not sign up.' : 'Access denied.');
      const error = isSignUp ? 'access_denied' : code;
      return { kind: 'denied', action, code, reason, error, description };
    }
    if (command.kind === 'validation_error') {
      const { code, message } = command;
      return { kind: 'validation_error', action, code, message, error: 'access_denied', description: message };
    }
  }
  return undefined;
}
