import { type Problem, placeText } from '../../domain/document/problem.ts';
import { redactTokens } from '../../domain/exchange/redact.ts';
import { truncateText } from '../../domain/truncate.ts';
import type { Paint } from './paint.ts';
import { printable } from './printable.ts';
import { behind } from './wrapped.ts';

/** A problem on a line, as compilers write them, so that editors find the place; its hint below it. */
export function renderProblems(paint: Paint, problems: readonly Problem[]): string {
  return problems.map((problem) => renderProblem(paint, problem)).join('');
}

function renderProblem(paint: Paint, { severity, message, hint, ...place }: Problem): string {
  const word = severity === 'error' ? paint.red('error:') : paint.yellow('warning:');
  const line = `${paint.bold(printable(`${placeText(place)}:`))} ${word} ${shown(message)}`;
  const below = hint === undefined ? '' : behind(`  ${paint.dim('hint:')} `, shown(hint), paint.columns);
  return `${line}\n${below}`;
}

function shown(text: string): string {
  return printable(truncateText(redactTokens(text)));
}
