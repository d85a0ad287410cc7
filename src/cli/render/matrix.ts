import type { Cell, Matrix } from '../../domain/gates/matrix.ts';
import type { MatrixCellResult } from '../../library/gate-results.ts';
import type { Paint } from './paint.ts';
import { printable } from './printable.ts';
import { table } from './rows.ts';

/** A table wider than this is written as a list. */
const tableWidth = 100;

/** Applications down, APIs across, a scope a line; or where that gets too wide, a line for each pair. */
export function renderMatrix(paint: Paint, matrix: Matrix): string {
  const { apps, apis } = matrix;
  if (apps.length === 0 || apis.length === 0) {
    const what = apps.length === 0 ? 'application may create guest sessions' : 'API takes guests';
    return `No ${what}, and no grant is left over. To see everything: --all\n`;
  }
  const body = widthOf(matrix) <= tableWidth ? grid(paint, matrix) : list(paint, matrix);
  const closed = matrix.rows.flat().some(({ scopes, open }) => scopes.length > 0 && !open);
  return `${body}${closed ? paint.dim('( ) granted, but the application or the API is closed\n') : ''}`;
}

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

function cellLines(paint: Paint, { scopes, open }: Cell): string[] {
  if (scopes.length === 0) return [paint.dim('-')];
  return scopes.map((scope) => (open ? paint.green(printable(scope)) : paint.yellow(`(${printable(scope)})`)));
}

function list(paint: Paint, { rows }: Matrix): string {
  const lines = rows.flat().filter(({ scopes }) => scopes.length > 0);
  if (lines.length === 0) return 'No guest has any scope anywhere.\n';
  return table(
    paint,
    ['APPLICATION', 'API', 'GUEST SCOPES'],
    lines.map((cell) => [
      nameText(cell.app.name, cell.app.enabled),
      nameText(cell.api.name, cell.api.guests.enabled),
      cellLines(paint, cell).join(' '),
    ]),
  );
}

function nameText(name: string, enabled: boolean): string {
  return `${printable(name)}${enabled ? '' : ' (closed)'}`;
}

function widthOf({ apps, apis, rows }: Matrix): number {
  const names = longest(apps.map(({ name, enabled }) => nameText(name, enabled)));
  return apis.reduce((width, api, column) => {
    const scopes = rows.map((cells) => longest(cells[column]?.scopes ?? []) + 2);
    return (
      width + 2 + scopes.reduce((one, other) => Math.max(one, other), nameText(api.name, api.guests.enabled).length)
    );
  }, names);
}

function longest(texts: readonly string[]): number {
  return texts.reduce((length, text) => Math.max(length, text.length), 0);
}

/** An object for each application and API, in an order that does not change by itself. */
export function matrixData({ rows }: Matrix): MatrixCellResult[] {
  return rows.flat().map(({ app, api, scopes, open }) => ({
    app: { client_id: app.clientId, name: app.name, enabled: app.enabled },
    api: { audience: api.audience, name: api.name, enabled: api.guests.enabled },
    scopes,
    open,
  }));
}
