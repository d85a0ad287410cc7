import { describe, expect, it } from 'vitest';
import { renderMatrix } from '../../../src/cli/render/matrix.ts';
import { paintFor } from '../../../src/cli/render/paint.ts';
import type { Api } from '../../../src/domain/api/api.ts';
import type { App } from '../../../src/domain/app/app.ts';
import type { Matrix } from '../../../src/domain/gates/matrix.ts';
import { expectFitting } from '../../support/line-width.ts';
import { unsafe } from '../../support/screen.ts';

const plain = paintFor(false);

/** Applications and APIs by name, a `(…)` around those that are closed; the cells' scopes, row by row. */
function matrixOf(appNames: string[], apiNames: string[], scopes: string[][][]): Matrix {
  const named = (text: string) => ({ name: text.replaceAll(/^\(|\)$/g, ''), open: !text.startsWith('(') });
  const apps = appNames.map(named).map(({ name, open }) => ({ name, clientId: name, enabled: open }) as App);
  const apis = apiNames
    .map(named)
    .map(({ name, open }) => ({ name, audience: name, guests: { enabled: open }, grants: [] }) as unknown as Api);
  const full = apis.map((api) => ({ ...api, grants: [] }));
  const rows = apps.map((app, row) =>
    full.map((api, column) => {
      const cell = scopes[row]?.[column] ?? [];
      return { app, api, scopes: cell, open: cell.length > 0 && app.enabled && api.guests.enabled };
    }),
  );
  return { apps, apis: full, rows };
}

describe('the matrix', () => {
  it('has a row per application, a column per API and a line per scope', () => {
    const matrix = matrixOf(
      ['kiosk', 'web'],
      ['news', 'shop'],
      [
        [[], ['read:catalog']],
        [['read:news'], ['a', 'b']],
      ],
    );
    expect(renderMatrix(plain, matrix)).toBe(`\
APPLICATION  news       shop
kiosk        -          read:catalog
web          read:news  a
                        b
`);
  });

  it('shows grants that have no effect in brackets', () => {
    expect(renderMatrix(plain, matrixOf(['(web)'], ['shop'], [[['a']]]))).toBe(`\
APPLICATION   shop
web (closed)  (a)
( ) granted, but the application or API is closed
`);
  });

  it('of many APIs is a list of pairs with scopes', () => {
    const apis = Array.from({ length: 12 }, (_, index) => `inventory-${index}`);
    const matrix = matrixOf(['web'], apis, [apis.map((_, index) => (index < 2 ? ['read:all', 'write:all'] : []))]);
    expect(renderMatrix(plain, matrix)).toBe(`\
APPLICATION  API          GUEST SCOPES
web          inventory-0  read:all write:all
web          inventory-1  read:all write:all
`);
  });

  it.each([40, 80, 200])('of many APIs includes closed pairs with --all, on %i columns', (columns) => {
    const apis = Array.from({ length: 12 }, (_, index) => `inventory-${index}`);
    const matrix = matrixOf(['web', '(kiosk)'], apis, [apis.map(() => []), []]);
    const paint = paintFor(false, { columns });
    const text = renderMatrix(paint, matrix, { all: true });
    for (const api of apis) expect(text).toContain(api);
    expect(text).toMatch(/^kiosk\s/m);
    expectFitting(text, columns);
    expect(renderMatrix(paint, matrix)).toMatch(columns < 200 ? /^Guests have no scopes/ : /^APPLICATION/);
  });

  it.each([80, 200])('in a pipe is one line per pair, also at %i columns', (columns) => {
    const matrix = matrixOf(['web', '(kiosk)'], ['shop'], [[['a', 'b']], [[]]]);
    const paint = paintFor(false, { columns, tabbed: true });
    expect(renderMatrix(paint, matrix)).toBe('web\tshop\ta b\topen\n');
    expect(renderMatrix(paint, matrix, { all: true })).toBe('web\tshop\ta b\topen\nkiosk\tshop\t\tclosed\n');
  });

  it('of many APIs without any scope is one sentence', () => {
    const apis = Array.from({ length: 12 }, (_, index) => `inventory-${index}`);
    expect(renderMatrix(plain, matrixOf(['web'], apis, []))).toBe('Guests have no scopes at any API.\n');
  });

  it('without APIs or applications names what is missing', () => {
    expect(renderMatrix(plain, matrixOf(['web'], [], []))).toMatch(/^No API accepts guests/);
    expect(renderMatrix(plain, matrixOf([], ['shop'], []))).toMatch(/^No application may create guest sessions/);
  });

  it('escapes control characters in names', () => {
    const evil = '\u001b[2J';
    const text = renderMatrix(plain, matrixOf([evil], [evil], [[[evil]]]));
    expect(unsafe.test(text.replaceAll('\n', ''))).toBe(false);
  });
});
