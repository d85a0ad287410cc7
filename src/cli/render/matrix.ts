import type { Cell, Matrix } from '../../domain/gates/matrix.ts';
import type { MatrixCellResult } from '../../library/gate-results.ts';
import type { Paint } from './paint.ts';
import { printable } from './printable.ts';
import { table } from './rows.ts';
import { displayWidth } from './width.ts';

/**
 * Applications down, APIs across, a scope on each line. Lists pairs instead if that is too wide for the terminal, or a
 * program reads it; with `all`, pairs without scopes too.
 */
export function renderMatrix(paint: Paint, matrix: Matrix, { all = false }: { all?: boolean } = {}): string {
  const { apps, apis, rows } = matrix;
  if (apps.length === 0 || apis.length === 0) {
    const none = apps.length === 0 ? 'application may create guest sessions' : 'API accepts guests';
    return `No ${none}, and none has a grant. To show all: --all\n`;
  }
  const cells = rows.flat();
  if (paint.tabbed) return pairs(paint, cells, all);
  const columns = paint.columns === Number.POSITIVE_INFINITY ? gridWidth : paint.columns;
  const body = widthOf(matrix) <= columns ? grid(paint, matrix) : pairs(paint, cells, all);
  const closed = cells.some(({ scopes, open }) => scopes.length > 0 && !open);
  return `${body}${closed ? paint.dim('( ) granted, but the application or API is closed\n') : ''}`;
}

/** Columns of a grid whose output is not a terminal. */
const gridWidth = 100;

function grid(paint: Paint, { apps, apis, rows }: Matrix): string {
  const lines = rows.flatMap((cells, row) => {
    const columns = cells.map((cell) => cellLines(paint, cell));
    const height = Math.max(...columns.map((column) => column.length));
    const app = apps[row];
    return Array.from({ length: height }, (_, line) => [
      line === 0 && app ? nameText(app.name, app.enabled) : '',
      ...columns.map((column) => column[line] ?? ''),
    ]);
  });
  return table(paint, ['APPLICATION', ...apis.map((api) => nameText(api.name, api.guests.enabled))], lines);
}

function pairs(paint: Paint, cells: readonly Cell[], all: boolean): string {
  const shown = cells.filter(({ scopes }) => all || scopes.length > 0);
  if (shown.length === 0) return paint.tabbed ? '' : 'Guests have no scopes at any API.\n';
  const titles = ['APPLICATION', 'API', 'GUEST SCOPES'];
  if (!paint.tabbed) {
    const lines = shown.map((cell) => [...namesOf(cell), cellLines(paint, cell).join(' ')]);
    return table(paint, titles, lines);
  }
  // Without brackets, which a script would have to strip.
  const lines = shown.map(({ app, api, open, scopes }) => [
    ...[printable(app.name), printable(api.name)],
    ...[scopes.map(printable).join(' '), open ? 'open' : 'closed'],
  ]);
  return table(paint, [...titles, 'GATES'], lines);
}

function namesOf({ app, api }: Cell): string[] {
  return [nameText(app.name, app.enabled), nameText(api.name, api.guests.enabled)];
}

function cellLines(paint: Paint, { scopes, open }: Cell): string[] {
  if (scopes.length === 0) return [paint.dim('-')];
  return scopes.map((scope) => (open ? paint.green(printable(scope)) : paint.yellow(`(${printable(scope)})`)));
}

function nameText(name: string, enabled: boolean): string {
  return `${printable(name)}${enabled ? '' : ' (closed)'}`;
}

function widthOf({ apps, apis, rows }: Matrix): number {
  const names = longest(['APPLICATION', ...apps.map(({ name, enabled }) => nameText(name, enabled))]);
  return apis.reduce((width, api, column) => {
    const scopes = rows.map((cells) => longest(cells[column]?.scopes ?? []) + 2);
    return (
      width +
      2 +
      scopes.reduce((one, other) => Math.max(one, other), displayWidth(nameText(api.name, api.guests.enabled)))
    );
  }, names);
}

function longest(texts: readonly string[]): number {
  return texts.reduce((length, text) => Math.max(length, displayWidth(text)), 0);
}

/** An object for each application and API, in a stable order. */
export function matrixData({ rows }: Matrix): MatrixCellResult[] {
  return rows.flat().map(({ app, api, scopes, open }) => ({
    app: { client_id: app.clientId, name: app.name, enabled: app.enabled },
    api: { audience: api.audience, name: api.name, enabled: api.guests.enabled },
    scopes,
    open,
  }));
}
