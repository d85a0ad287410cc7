import { type DocumentError, problemData } from '../../domain/document/problem.ts';
import { redactTokens } from '../../domain/exchange/redact.ts';
import { truncateText } from '../../domain/truncate.ts';
import type { AnonError, GateClosedError, NotAppliedError, ResponseError } from '../../errors.ts';
import type { Palette } from '../../io/terminal/palette.ts';
import { type Paint, paintFor } from './paint.ts';
import { printable, printableJson, printableLines } from './printable.ts';
import { renderProblems } from './problems.ts';
import { behind, command } from './wrapped.ts';

/** What accompanies a result or an error on stderr with `--json`. */
export interface Asides {
  readonly warnings: readonly string[];
  /** The lines of `--debug`. */
  readonly debug?: readonly string[];
}

interface ErrorOptions extends Asides {
  readonly json: boolean;
  readonly palette?: Palette | false | undefined;
  /** How many columns a line may take; infinite by default. */
  readonly columns?: number;
  readonly exitCode: number;
}

/** An error on stderr: its message and hint, or one JSON object. */
export function renderError(error: AnonError, options: ErrorOptions): string {
  const { json, palette, columns, exitCode } = options;
  if (json) return asJson({ error: { ...errorData(error), exit_code: exitCode } }, options);
  const paint = paintFor(palette, columns === undefined ? {} : { columns });
  const message = behind(`${paint.red('error:')} `, printable(shown(error.message)), paint.columns);
  const hint = error.hint ? hintLines(paint, printable(shown(error.hint))) : '';
  const problems = 'problems' in error ? renderProblems(paint, (error as DocumentError).problems) : '';
  return printableLines(problems + message + hint);
}

/** What a successful command writes to stderr with `--json`: one JSON object, or nothing. */
export function renderAsides(asides: Asides): string {
  return asides.warnings.length > 0 || asides.debug?.length ? asJson({}, asides) : '';
}

function asJson(data: object, { warnings, debug = [] }: Asides): string {
  const asides = { ...(warnings.length > 0 && { warnings }), ...(debug.length > 0 && { debug }) };
  return `${printableJson({ ...data, ...asides })}\n`;
}

const labelWidth = 7;

/** In a hint too long for a line, its last command has a line of its own, ready to copy; a sentence may follow. */
function hintLines(paint: Paint, hint: string): string {
  const label = `${paint.dim('hint:')}  `;
  const [, words, line] = /^(.*:) (anon-cli [^:]+(?::[^:]+)*)$/.exec(hint) ?? [];
  const [, alone = line, rest] = /^(.+?)\. ([A-Z].*)$/.exec(line ?? '') ?? [];
  const isProse = alone === undefined || alone.includes(', or ');
  if (words === undefined || isProse || hint.length + labelWidth <= Math.min(paint.columns, 79)) {
    return behind(label, hint, paint.columns);
  }
  const indent = ' '.repeat(labelWidth);
  const own = `${indent}${command(alone, paint.columns - labelWidth, indent)}\n`;
  return behind(label, words, paint.columns) + own + (rest === undefined ? '' : behind(indent, rest, paint.columns));
}

function errorData(error: AnonError): object {
  return {
    code: error.code,
    message: shown(error.message),
    hint: error.hint && shown(error.hint),
    ...('status' in error && {
      status: error.status,
      service_error: truncateText((error as ResponseError).error),
      service_description: truncateText((error as ResponseError).description),
    }),
    ...('gate' in error && { gate: error.gate, command: (error as GateClosedError).command }),
    ...('problems' in error && { problems: (error as DocumentError).problems.map(problemData) }),
    ...('members' in error && { members: (error as NotAppliedError).members }),
  };
}

/** In this order: a token that is cut short first would no longer be recognised. */
function shown(text: string): string {
  return truncateText(redactTokens(text));
}
