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

/** The part of a command's context that printing needs. */
interface Screen {
  readonly terminal: Terminal;
  readonly printing: Printing;
}

/** Prints a result in the requested format. @throws {AnonError} `usage` when it has no field `--field` */
export function printResult({ terminal, printing }: Screen, options: GlobalOptions, result: Result): void {
  if (options.field !== undefined) {
    terminal.result(fieldLines(result.data, options.field, terminal));
  } else if (printing.as) {
    printing.as(result);
  } else if (options.json) {
    terminal.result(`${printableJson(result.data, result.oneLine ? undefined : 2)}\n`);
  } else if (isEmpty(result) && !terminal.resultIsTerminal) {
    // stderr, so that a program doesn't take the note for an item of the list.
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

/** Prints text for people, wrapped to the terminal: the whole result, or a part that is ready before the rest. */
export function printForPeople(terminal: Terminal, human: Result['human']): void {
  const paint = resultPaint(terminal);
  terminal.result(shownLines(human(paint), paint.columns));
}

/** Escapes again after wrapping, because wrapped words may now start a line. */
function shownLines(text: string, columns: number): string {
  return printableLines(fitted(printableLines(text), columns));
}

/** Prints one of many results as a line. Resolves once it is written; false when the reader has closed the stream. */
export function printLine(
  { terminal }: Pick<Screen, 'terminal'>,
  lines: LineWriter,
  { field }: GlobalOptions,
  data: JsonObject,
): Promise<boolean> {
  return lines.write(field === undefined ? `${printableJson(data)}\n` : fieldLines(data, field, terminal));
}

/** Checks `--field` before the first of many results, given the names of their members. @throws {AnonError} `usage` */
export function checkLineField({ field = [] }: GlobalOptions, names: readonly string[]): void {
  const unknown = field.find((name) => !names.includes(name));
  if (unknown !== undefined) throw noField(unknown, names);
}

/** The values of the fields, in their order, one per line. @throws {AnonError} `usage` */
function fieldLines(data: unknown, fields: readonly string[], terminal: Pick<Terminal, 'resultIsTerminal'>): string {
  const values = fields.flatMap((field) => valuesOf(data, field));
  const [only] = values;
  const one = values.length === 1 && !fields.some((field) => field.split('.').includes('*'));
  // A single text is printed unchanged; among several, a text with line breaks would look like several values.
  if (one) return `${shellForm(only, terminal)}\n`;
  return values.map((value) => `${lineForm(value, terminal)}\n`).join('');
}

function lineForm(value: unknown, terminal: Pick<Terminal, 'resultIsTerminal'>): string {
  if (value === undefined) return '';
  return typeof value === 'string' && /[\r\n]/.test(value) ? printableJson(value) : shellForm(value, terminal);
}

/**
 * The value of a field. With `*`, as in `scopes.*.value`, the value of each item of a list or object, undefined for an item
 * without the field.
 * @throws {AnonError} `usage` when the field does not exist, or with `*` in no item
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

/** Text unchanged, anything else as JSON: suits `$(…)`. On a terminal, control characters are escaped. */
function shellForm(value: unknown, { resultIsTerminal }: Pick<Terminal, 'resultIsTerminal'>): string {
  if (typeof value !== 'string') return printableJson(value);
  return resultIsTerminal ? printable(value) : value;
}

/** The value at a path such as `session.claims.metadata`. Members with dots in their names are found too. */
function fieldOf(data: unknown, path: string, above = ''): unknown {
  if (typeof data !== 'object' || data === null) throw noField(path, [], above);
  if (Object.hasOwn(data, path)) return (data as JsonObject)[path];
  for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
    const key = path.slice(0, dot);
    if (Object.hasOwn(data, key)) return fieldOf((data as JsonObject)[key], path.slice(dot + 1), `${above}${key}.`);
  }
  throw noField(path, Object.keys(data), above, Array.isArray(data));
}

/** `above` is the path of the value without a field `path`, with a dot after each part. */
function noField(path: string, names: readonly string[], above = '', isList = false): AnonError {
  const similar = mostSimilar(path, names);
  return new AnonError('usage', `The result has no field '${`${above}${path}`.slice(0, 60)}'.`, {
    hint: similar ? `Did you mean '${above}${similar}'?` : fieldsHint(names, above, isList),
  });
}

function fieldsHint(names: readonly string[], above: string, isList: boolean): string {
  const parent = `'${above.slice(0, -1)}'`;
  const owner = above === '' ? 'The result' : parent;
  if (names.length === 0) return `${owner} has no fields.`;
  if (isList) return `${owner} is a list: '${above}0' is its first item.`;
  return `${above === '' ? 'Available fields' : `Fields of ${parent}`}: ${names.join(', ')}`;
}
