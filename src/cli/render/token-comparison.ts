import type { TokenChange, TokenComparison } from '../../domain/token/compare.ts';
import type { DecodedToken } from '../../domain/token/decode.ts';
import type { FoundToken } from '../../domain/token/find.ts';
import { dateText, timeProblems, tokenTimes } from '../../domain/token/times.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { Paint } from './paint.ts';
import { printable, printableValue } from './printable.ts';
import { rows } from './rows.ts';
import { relativeText } from './time.ts';
import { titleOf } from './token.ts';

/** Two tokens and how they differ. */
export interface ComparedTokens extends TokenComparison {
  readonly before: FoundToken;
  readonly after: FoundToken;
}

/** A token that only one of two texts has. */
export interface LoneToken {
  readonly found: FoundToken & { readonly decoded: Pick<DecodedToken, 'form'> };
  readonly side: 'before' | 'after';
}

/** One comparison; or several together, with each change under its token's name. */
export function comparisonData(compared: readonly ComparedTokens[], lone: readonly LoneToken[]): JsonObject {
  const [only] = compared;
  if (only && compared.length === 1 && lone.length === 0) {
    return { same: only.same, changes: tokenChangesData(only.changes), compared: only.compared };
  }
  return {
    same: lone.length === 0 && compared.every(({ same }) => same),
    changes: [
      ...compared.flatMap(({ before, changes }) =>
        tokenChangesData(changes.map((change) => ({ ...change, path: `${before.name}.${change.path}` }))),
      ),
      ...lone.map(({ found: { name, decoded }, side }) => ({ path: `${name}.form`, [side]: decoded.form })),
    ],
    compared: compared.flatMap(({ before, compared: parts }) => parts.map((part) => `${before.name}.${part}`)),
  };
}

/** The differences of each pair under its title, and then the tokens without a pair. */
export function renderComparison(
  paint: Paint,
  compared: readonly ComparedTokens[],
  lone: readonly LoneToken[],
  nowMs: number,
): string {
  const all = [...compared.map(({ before }) => before), ...lone.map(({ found }) => found)];
  const title = (index: number) => {
    const found = all[index];
    return found && all.length > 1 ? titleOf(found, index, all) : 'Tokens';
  };
  const pairs = compared.map((pair, index) => renderDifferences(paint, title(index), pair, nowMs));
  const others = lone.map(({ side }, index) => {
    const where = side === 'before' ? 'first' : 'second';
    return `${paint.bold(title(compared.length + index))}  only in the ${where}\n`;
  });
  return [...pairs, ...others].join('\n');
}

/** Differences under a title that says how many there are. */
export function renderDifferences(
  paint: Paint,
  title: string,
  { same, changes, compared }: TokenComparison,
  nowMs: number,
): string {
  const limit = compared.includes('claims') && changes.length === 0 ? repeatedText : limitText(compared);
  const note = limit && `  ${paint.yellow(`▪ ${limit}`)}\n`;
  if (same) return `${paint.bold(title)}  ${paint.green('✔ no differences')}\n`;
  const number = `${changes.length} difference${changes.length === 1 ? '' : 's'}`;
  const count = compared.length === 0 && changes.length === 0 ? 'different' : number;
  return `${paint.bold(title)}  ${count}\n${note}${changes.length > 0 ? renderTokenChanges(paint, changes, nowMs) : ''}`;
}

/** Nothing else keeps readable tokens without differences from being the same. */
const repeatedText = 'A member occurs twice: only the last was compared.';

function limitText(compared: TokenComparison['compared']): string {
  if (compared.includes('claims')) return '';
  if (compared.includes('header')) return 'Encrypted: without the key, only the headers were compared.';
  return 'Opaque: only its issuer can read such a token. These two are different.';
}

/** One change per line: `+` added, `-` removed, `~` changed. */
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

/** Times of claims as dates with the time left; strings as JSON, so that "1" differs from 1. */
function valueText(path: string, value: unknown, nowMs: number): string {
  const [, claim] = /(?:^|\.)claims\.([^.]+)$/.exec(path) ?? [];
  const claims = claim === undefined ? {} : { [claim]: value };
  const [found] = timeProblems(claims);
  if (found?.ambiguous) return `${printableValue(quoted(value))} (${found.problem})`;
  const [time] = tokenTimes(claims, nowMs);
  return time ? `${dateText(time.at)} (${relativeText(time.secondsFromNow)})` : printableValue(quoted(value));
}

function quoted(value: unknown): unknown {
  return typeof value === 'string' ? JSON.stringify(value) : value;
}

/** Changes for `--json`: `before` or `after` is left out where the member was missing. */
export function tokenChangesData(changes: readonly TokenChange[]): (JsonObject & Pick<TokenChange, 'path'>)[] {
  return changes.map(({ path, before, after }) => ({
    path,
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
  }));
}
