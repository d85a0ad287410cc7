import type { TransferRehearseResult } from '../../library/rehearsal-results.ts';
import type { RanAction } from '../../local/rehearse.ts';
import { commandText, denialIn, printedText } from './action.ts';
import type { Paint } from './paint.ts';
import { printable } from './printable.ts';
import { rows } from './rows.ts';

/** Each Action with what it printed and what it asked for. */
export function renderRehearsedActions(paint: Paint, actions: readonly RanAction[]): string {
  const title = paint.bold('Actions');
  if (actions.length === 0) return `${title}  ${paint.dim('none ran; to try one: --action <file>')}\n`;
  return `${title}\n${actions.map((action) => renderOne(paint, action)).join('')}`;
}

function renderOne(paint: Paint, action: RanAction): string {
  const { name, trigger, printed, commands, failure } = action;
  const mark = isRefusing(action) ? paint.red('✘') : paint.green('✔');
  const lines: (readonly [string, string])[] = [
    ...printed.map(printedText),
    ...commands.map(commandText),
    ...(failure === undefined ? [] : [['failed', paint.red(printable(failure))] as const]),
  ];
  return `  ${mark} ${printable(name)} ${paint.dim(`(${trigger})`)}\n${lines.length > 0 ? rows(paint, lines, 4) : ''}`;
}

function isRefusing({ failure, commands }: RanAction): boolean {
  return failure !== undefined || denialIn(commands) !== undefined;
}

export function rehearsedActionsData(actions: readonly RanAction[]): TransferRehearseResult['actions'] {
  return actions.map((action) => {
    const { name, trigger, commands, printed, failure = null } = action;
    const denied = denialIn(commands) ?? null;
    return { action: name, trigger, ok: !isRefusing(action), failure, denied, commands, printed };
  });
}
