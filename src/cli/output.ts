import { mostSimilar } from '../domain/similar.ts';
import { AnonError } from '../errors.ts';
import type { LineWriter } from '../io/line-writer.ts';
import type { Terminal } from '../io/terminal.ts';
import type { JsonObject } from '../wire/schema.ts';
import type { Context } from './context.ts';
import type { Calls } from './format/calls.ts';
import type { GlobalOptions } from './global-options.ts';
import { type Paint, paintFor } from './render/paint.ts';
import { printable, printableJson, printableLines } from './render/printable.ts';

/** What a command found out or did. */
export interface Result {
  /** For `--json` and `--field`; names are in snake_case, as on the wire. */
  readonly data: JsonObject | readonly JsonObject[];
  /** For people. */
  readonly human: (paint: Paint) => string;
}

/** How this command's result is printed, where `--format` says; decided before the command runs. */
export interface Printing {
  as?: (result: Result) => void;
  /** Where to write down what is sent to a tenant. */
  calls?: Calls;
}

/** Prints a result in the form that was asked for. @throws {AnonError} `usage` when it has no such field */
export function printResult({ terminal, printing }: Context, options: GlobalOptions, result: Result): void {
  if (options.field !== undefined) {
    terminal.result(`${shellForm(fieldOf(result.data, options.field), terminal)}\n`);
  } else if (printing.as) {
    printing.as(result);
  } else if (options.json) {
    terminal.result(`${printableJson(result.data, 2)}\n`);
  } else {
    printForPeople(terminal, result.human);
  }
}

/** Prints for people, whatever is asked for: a part of the result that comes before the rest. */
export function printForPeople(terminal: Pick<Terminal, 'result' | 'resultColour'>, human: Result['human']): void {
  terminal.result(printableLines(human(paintFor(terminal.resultColour))));
}

/** The same for one of many, a line each; resolves once it is written, with false when nobody reads any more. */
export function printLine(
  { terminal }: Pick<Context, 'terminal'>,
  lines: LineWriter,
  { field }: GlobalOptions,
  data: JsonObject,
): Promise<boolean> {
  return lines.write(`${field === undefined ? printableJson(data) : shellForm(fieldOf(data, field), terminal)}\n`);
}

/** Refuses a `--field` that none of many results has, before there are any. @throws {AnonError} `usage` */
export function checkLineField({ field }: GlobalOptions, names: readonly string[]): void {
  if (field !== undefined && !names.includes(field)) throw noField(field, names);
}

/** Text as it is, anything else as JSON: fit for `$(…)`. On a terminal what that would act on is escaped. */
function shellForm(value: unknown, { resultIsTerminal }: Pick<Terminal, 'resultIsTerminal'>): string {
  if (typeof value !== 'string') return printableJson(value);
  return resultIsTerminal ? printable(value) : value;
}

/** `access_token`, or with dots into what is nested: `session.claims.metadata`. A claim whose name has dots is found too. */
function fieldOf(data: unknown, path: string, above = ''): unknown {
  if (typeof data !== 'object' || data === null) throw noField(path, [], above);
  if (Object.hasOwn(data, path)) return (data as JsonObject)[path];
  for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
    const key = path.slice(0, dot);
    if (Object.hasOwn(data, key)) return fieldOf((data as JsonObject)[key], path.slice(dot + 1), `${above}${key}.`);
  }
  throw noField(path, Object.keys(data), above, Array.isArray(data));
}

/** `above`: the way to what has no field `path`, each part with its dot. */
function noField(path: string, names: readonly string[], above = '', isList = false): AnonError {
  const similar = mostSimilar(path, names);
  const owner = above === '' ? 'It' : `'${above.slice(0, -1)}'`;
  const has = isList ? `is a list: '${above}0' is its first item` : `has ${names.join(', ')}`;
  return new AnonError('usage', `The result has no field '${`${above}${path}`.slice(0, 60)}'.`, {
    hint: similar ? `Did you mean '${above}${similar}'?` : `${owner} ${names.length > 0 ? has : 'has none'}.`,
  });
}
