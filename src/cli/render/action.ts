import type { Action } from '../../local/actions/action.ts';
import type { ActionCommand, ActionOutcome, ActionPrint } from '../../local/actions/runner.ts';
import { isReservedClaim } from '../../wire/claims-mapping.ts';
import { exactJson } from '../../wire/exact-json.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { Paint } from './paint.ts';
import { printable, printableStart } from './printable.ts';
import { rows, table } from './rows.ts';

export function renderActions(paint: Paint, actions: readonly Action[]): string {
  return table(
    paint,
    ['TRIGGER', 'ACTION', 'FILE'],
    actions.map(({ trigger, name, file }) => [trigger, printable(name), printable(file)]),
  );
}

export function renderAction(paint: Paint, { id, name, trigger, file, secrets }: Action): string {
  const names = Object.keys(secrets);
  return (
    `${paint.bold(printable(name))}\n` +
    rows(paint, [
      ['trigger', trigger],
      ['file', printable(file)],
      ['secrets', names.length === 0 ? 'none' : printable(names.join(', '))],
      ['id', id],
    ])
  );
}

/** An Action for `--json`, with the names of its secrets. */
export function actionData({ id, name, trigger, file, secrets, created_at }: Action): JsonObject {
  return { id, name, trigger, file, secrets: Object.keys(secrets), created_at };
}

/** One run of an Action with a sample login. */
export interface Attempt {
  readonly name: string;
  readonly trigger: string;
  readonly file: string;
  readonly outcome: ActionOutcome;
  readonly milliseconds: number;
}

export function renderAttempt(paint: Paint, { name, outcome, milliseconds }: Attempt): string {
  const { commands, printed, failure } = outcome;
  const isRefused = failure !== undefined || denialIn(commands) !== undefined;
  const lines = [...printed.flatMap(printedRows), ...commands.map(commandText)];
  const title = `${isRefused ? paint.red('✘') : paint.green('✔')} ${printable(name)} ran for ${milliseconds} ms\n`;
  if (lines.length === 0) return `${title}${failure === undefined ? paint.dim('  It asked for nothing.\n') : ''}`;
  return title + rows(paint, lines);
}

export function attemptData({ name, trigger, file, outcome, milliseconds }: Attempt): JsonObject {
  const { commands, printed, failure = null } = outcome;
  const denied = denialIn(commands);
  return {
    ...{ action: name, trigger, file, ok: failure === null && denied === undefined },
    ...{ failure, denied: denied ?? null, commands, printed, duration_ms: milliseconds },
  };
}

/** Why the login would end here; undefined where it would go on. */
export function refusalOf({
  name,
  trigger,
  outcome: { commands, failure },
}: Pick<Attempt, 'name' | 'trigger' | 'outcome'>): string | undefined {
  if (failure !== undefined) return `Action ${name} failed: ${failure.replace(/\.$/, '')}.`;
  const denied = denialIn(commands);
  const what = trigger === 'pre-user-registration' ? 'sign-up' : 'login';
  return denied && `Action ${name} denied the ${what}: ${denied.reason.replace(/\.$/, '') || denied.code}.`;
}

export function denialIn(
  commands: readonly ActionCommand[],
): { readonly code: string; readonly reason: string } | undefined {
  for (const command of commands) {
    if (command.kind === 'deny') return { code: command.code, reason: command.reason };
    if (command.kind === 'validation_error') return { code: command.code, reason: command.message };
  }
  return undefined;
}

/** What an Action printed, line by line: an object takes several. With the label in front, none can pass for another line. */
export function printedRows({ level, text }: ActionPrint): (readonly [label: string, value: string])[] {
  const label = level === 'log' ? 'printed' : `printed (${level})`;
  return text.split('\n').map((line) => [label, printableStart(line)]);
}

export function commandText(command: ActionCommand): readonly [label: string, value: string] {
  switch (command.kind) {
    case 'app_metadata':
    case 'user_metadata':
      return [command.kind, assigned(command)];
    case 'id_token_claim':
      return ['ID token', assigned(command) + ignored(command)];
    case 'access_token_claim':
      return ['access token', assigned(command) + ignored(command)];
    case 'add_scope':
      return ['scope added', printable(command.scope)];
    case 'remove_scope':
      return ['scope removed', printable(command.scope)];
    case 'deny':
      return ['denied', printable(command.reason || command.code)];
    case 'validation_error':
      return ['refused', printable(`${command.code}: ${command.message}`)];
  }
}

/** What a login does with a claim that an Action must not set. */
function ignored({ name }: { readonly name: string }): string {
  return isReservedClaim(name) ? ' (ignored: the name is reserved)' : '';
}

function assigned({ name, value }: { readonly name: string; readonly value: unknown }): string {
  return `${printable(name)} = ${value === undefined ? 'undefined' : printableStart(typeof value === 'string' ? value : exactJson(value))}`;
}
