import type { TokenChange } from '../../domain/token/compare.ts';
import { timeDoubts, tokenTimes } from '../../domain/token/times.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { Paint } from './paint.ts';
import { printable, printableValue } from './printable.ts';
import { rows } from './rows.ts';
import { dateText, relativeText } from './time.ts';

/** What changed, a line each: `+` is new, `-` is gone, `~` has another value. */
export function renderTokenChanges(paint: Paint, changes: readonly TokenChange[], nowMs: number): string {
  return rows(
    paint,
    changes.map(({ path, before, after }) => [
      `${markOf(before, after)} ${printable(path)}`,
      valuesText(paint, { path, before, after }, nowMs),
    ]),
  );
}

function markOf(before: unknown, after: unknown): string {
  if (before === undefined) return '+';
  return after === undefined ? '-' : '~';
}

function valuesText(paint: Paint, { path, before, after }: TokenChange, nowMs: number): string {
  const text = (value: unknown) => valueText(path, value, nowMs);
  if (before === undefined) return paint.green(text(after));
  if (after === undefined) return paint.red(text(before));
  return `${paint.red(text(before))} ${paint.dim('→')} ${paint.green(text(after))}`;
}

/** Times of claims as dates with what is left of them; texts as JSON, so that "1" is told from 1. */
function valueText(path: string, value: unknown, nowMs: number): string {
  const [, claim] = /(?:^|\.)claims\.([^.]+)$/.exec(path) ?? [];
  const claims = claim === undefined ? {} : { [claim]: value };
  const [found] = timeDoubts(claims);
  if (found?.untold) return `${printableValue(quoted(value))} (${found.doubt})`;
  const [time] = tokenTimes(claims, nowMs);
  return time ? `${dateText(time.at)} (${relativeText(time.secondsFromNow)})` : printableValue(quoted(value));
}

function quoted(value: unknown): unknown {
  return typeof value === 'string' ? JSON.stringify(value) : value;
}

/** The same for `--json`: what was not there is left out. */
export function tokenChangesData(changes: readonly TokenChange[]): JsonObject[] {
  return changes.map(({ path, before, after }) => ({
    path,
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
  }));
}
