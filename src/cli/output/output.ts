import { mostSimilar } from '../../domain/did-you-mean.ts';
import { AnonError, isAnonError, reworded } from '../../errors.ts';
import type { LineWriter } from '../../io/files/line-writer.ts';
import type { Terminal } from '../../io/terminal/terminal.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { GlobalOptions } from '../options/global.ts';
import { notePaint, resultPaint } from '../render/paint.ts';
import { printable, printableJson, printableLines } from '../render/printable.ts';
import { fitted } from '../render/wrapped.ts';
import type { Printing, Result } from './formats.ts';

/** What of a command's context printing takes. */
interface Screen {
  readonly terminal: Terminal;
  readonly printing: Printing;
}

/** Prints a result in the form that was asked for. @throws {AnonError} `usage` when it has no such field */
export function printResult({ terminal, printing }: Screen, options: GlobalOptions, result: Result): void {
  if (options.field !== undefined) {
    terminal.result(fieldLines(result.data, options.field, terminal));
  } else if (printing.as) {
    printing.as(result);
  } else if (options.json) {
    terminal.result(`${printableJson(result.data, 2)}\n`);
  } else if (isEmpty(result) && !terminal.resultIsTerminal) {
    // That a list is empty is nothing that a program could read as a record of it.
    const paint = notePaint(terminal);
    terminal.note(shownLines(result.human(paint), paint.columns));
  } else if (result.verbatim) {
    terminal.result(result.human(resultPaint(terminal)));
  } else {
    printForPeople(terminal, result.human);
  }
}

function isEmpty({ empty, verbatim, data }: Result): boolean {
  return !verbatim && (empty ?? (Array.isArray(data) && data.length === 0));
}

/** Prints what a person reads, in lines that fit the terminal: the result, or a part of it that comes before the rest. */
export function printForPeople(terminal: Terminal, human: Result['human']): void {
  const paint = resultPaint(terminal);
  terminal.result(shownLines(human(paint), paint.columns));
}

/** Safe once more after the lines were broken: a word in the middle of one may begin another now. */
function shownLines(text: string, columns: number): string {
  return printableLines(fitted(printableLines(text), columns));
}

/** The same for one of many, a line each; resolves once it is written, with false when nobody reads any more. */
export function printLine(
  { terminal }: Pick<Screen, 'terminal'>,
  lines: LineWriter,
  { field }: GlobalOptions,
  data: JsonObject,
): Promise<boolean> {
  return lines.write(field === undefined ? `${printableJson(data)}\n` : fieldLines(data, field, terminal));
}

/** Refuses a `--field` that none of many results has, before there are any. @throws {AnonError} `usage` */
export function checkLineField({ field = [] }: GlobalOptions, names: readonly string[]): void {
  const unknown = field.find((name) => !names.includes(name));
  if (unknown !== undefined) throw noField(unknown, names);
}

/** A value on a line: those of the first field, then those of the next. @throws {AnonError} `usage` */
function fieldLines(data: unknown, fields: readonly string[], terminal: Pick<Terminal, 'resultIsTerminal'>): string {
  const values = fields.flatMap((field) => valuesOf(data, field));
  const [only] = values;
  const one = values.length === 1 && !fields.some((field) => field.split('.').includes('*'));
  // Alone a text is as it is; among others one of several lines could not be told from several.
  if (one) return `${shellForm(only, terminal)}\n`;
  return values.map((value) => `${lineForm(value, terminal)}\n`).join('');
}

function lineForm(value: unknown, terminal: Pick<Terminal, 'resultIsTerminal'>): string {
  if (value === undefined) return '';
  return typeof value === 'string' && /[\r\n]/.test(value) ? printableJson(value) : shellForm(value, terminal);
}

/**
 * The value of a field; of one with `*` in it, `scopes.*.value`, that of each item of the list or object there, undefined
 * for an item that has none.
 * @throws {AnonError} `usage` when there is no such field, with `*` in no item at all
 */
function valuesOf(data: unknown, field: string): unknown[] {
  const parts = field.split('.');
  const star = parts.indexOf('*');
  if (star < 0 || (isObject(data) && Object.hasOwn(data, field))) return [fieldOf(data, field)];
  const above = parts.slice(0, star).join('.');
  const rest = parts.slice(star + 1).join('.');
  const list = star === 0 ? data : fieldOf(data, above);
  if (!isObject(list)) throw noField('*', [], `${above}.`);
  const items = Object.values(list);
  if (rest === '') return items;
  const found = items.map((item) => attempt(() => valuesOf(item, rest)));
  const missing = found.find((values) => isAnonError(values));
  if (missing && found.every((values) => isAnonError(values) || values.length === 0)) {
    throw reworded(missing as AnonError, { message: `No item of the result has a field '${field.slice(0, 60)}'.` });
  }
  return found.flatMap((values) => (isAnonError(values) ? [undefined] : values));
}

function attempt<Value>(work: () => Value): Value | AnonError {
  try {
    return work();
  } catch (error) {
    if (isAnonError(error)) return error;
    throw error;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
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
