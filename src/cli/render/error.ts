import { cutShort } from '../../domain/cut-short.ts';
import { withoutTokens } from '../../domain/exchange/secrecy.ts';
import type { AnonError, GateClosedError, ResponseError } from '../../errors.ts';
import { paintFor } from './paint.ts';
import { printable, printableJson } from './printable.ts';

interface ErrorOptions {
  readonly json: boolean;
  readonly colour: boolean;
  readonly exitCode: number;
  /** Warnings that came before it, for the JSON form. */
  readonly warnings: readonly string[];
}

/** An error on stderr: one line, and a second one with what to do; or one JSON object. */
export function renderError(error: AnonError, { json, colour, exitCode, warnings }: ErrorOptions): string {
  if (json)
    return `${printableJson({ error: { ...errorData(error), exit_code: exitCode }, ...(warnings.length > 0 && { warnings }) })}\n`;
  const paint = paintFor(colour);
  const lines = [`${paint.red('error:')} ${printable(shown(error.message))}`];
  if (error.hint) lines.push(`${paint.dim('hint:')}  ${hintText(error.hint)}`);
  return `${lines.join('\n')}\n`;
}

/** A hint too long for a line has the command at its end on a line of its own, ready to be copied. */
function hintText(hint: string): string {
  const text = printable(shown(hint));
  return text.length <= 72 ? text : text.replace(/: (anon-cli [^:]+(?::[^:]+)*)$/, ':\n       $1');
}

function errorData(error: AnonError): object {
  return {
    code: error.code,
    message: shown(error.message),
    hint: error.hint && shown(error.hint),
    ...('status' in error && {
      status: error.status,
      service_error: cutShort((error as ResponseError).error),
      service_description: cutShort((error as ResponseError).description),
    }),
    ...('gate' in error && { gate: error.gate, command: (error as GateClosedError).command }),
  };
}

/** In the order in which no half of a token is left. */
function shown(text: string): string {
  return cutShort(withoutTokens(text));
}
