import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { editedText, type ValueEdit } from '../../../src/domain/config/update/edited-text.ts';
import type { NewValue } from '../../../src/domain/config/update/styles.ts';

const noVariables = () => undefined;

function edited(text: string, ...edits: [path: string, value: NewValue | undefined][]): string {
  const list = edits.map(([path, value]): ValueEdit => ({ path: path.split('/'), value }));
  const result = editedText(text, list, noVariables);
  expect([...result.refused.values()]).toEqual([]);
  return result.text;
}

const file = `# yaml-language-server: $schema=./x
# About this file

tenant:
    lifetime: 30d                     # of guest sessions
    format: 'jwe'

# Applications
apps:
    web:                              # the shop
        enabled: true
        origins:
        # while developing
        - http://localhost:3000   # vite
        # production
        - "https://shop.example"
        # more to come
    # below web
apis:
    api: {open: true, scopes: [read:catalog,
       write:cart], token-lifetime: 1d}
`;

describe('a YAML text', () => {
  it('keeps every byte but the values', () => {
    expect(
      edited(
        file,
        ['tenant/lifetime', '7d'],
        ['tenant/format', 'jwt'],
        ['apps/web/enabled', false],
        ['apis/api/token-lifetime', '12h'],
      ),
    ).toBe(
      file
        .replace(': 30d', ': 7d')
        .replace("'jwe'", "'jwt'")
        .replace(': true\n', ': false\n')
        .replace(': 1d}', ': 12h}'),
    );
  });

  it('changes a list item by item', () => {
    expect(edited(file, ['apps/web/origins', ['https://shop.example', 'http://new']])).toBe(
      file
        .replace('        - http://localhost:3000   # vite\n', '')
        .replace('- "https://shop.example"\n', '- "https://shop.example"\n        - http://new\n'),
    );
    expect(edited(file, ['apis/api/scopes', ['a', 'write:cart', 'b']])).toBe(
      file.replace('[read:catalog,\n       write:cart]', '[write:cart, a, b]'),
    );
  });
});

describe('lists', () => {
  it.each<[before: string, value: string[], after: string]>([
    ['a: [x, y, z]', ['x', 'z'], 'a: [x, z]'],
    ['a: [x, y, z]', ['y'], 'a: [y]'],
    ['a: [x, y, z]', ['x'], 'a: [x]'],
    ['a: [x, y,]', ['x', 'n'], 'a: [x, n,]'],
    ['a: [x]', [], 'a: []'],
    ['a: []', ['x', 'y'], 'a: [x, y]'],
    ['a: [x]', ['n, m', 'true', '#c', '1e3'], 'a: ["n, m", "true", "#c", "1e3"]'],
    ['a:\n- x\n- y', [], 'a: []\n'],
    ['a: # all\n  - x # one\n  # two\n  - y\nb: c\n', [], 'a: [] # all\n  # two\nb: c\n'],
    ['a:\n- x\n- y', ['n'], 'a:\n- n\n'],
    ['a:\n- x\n- y', ['y', 'n'], 'a:\n- y\n- n\n'],
    ['a:\r\n  - x\r\n  - y\r\n', ['x', 'n'], 'a:\r\n  - x\r\n  - n\r\n'],
    ['a:\n  -   x\n  -   y\n', ['y'], 'a:\n  -   y\n'],
    ["a: ['x']", ['x', "it's"], "a: ['x', 'it''s']"],
    ['a: [\n  x, # first\n  y  # last\n]', ['x', 'y', 'n'], 'a: [\n  x, # first\n  y,\n  n  # last\n]'],
    ['{"a": ["x"]}', ['x', 'é'], '{"a": ["x", "é"]}'],
    ['{\n\t"a": [\n\t\t"x",\n\t\t"y"\n\t]\n}\n', ['y', 'n'], '{\n\t"a": [\n\t\t"y",\n\t\t"n"\n\t]\n}\n'],
    ['\ufeffa: [x]', ['y'], '\ufeffa: [y]'],
    ['a: ["$${X}"]', ['$' + '{Y}'], 'a: ["$${Y}"]'],
    ['a: [x]', ['\u202e'], 'a: ["\\u202e"]'],
  ])('%j becomes %j', (before, value, after) => {
    expect(edited(before, ['a', value])).toBe(after);
  });
});

describe('every list of three items, changed to every list of four', () => {
  const subsets = (items: readonly string[]): string[][] =>
    Array.from({ length: 2 ** items.length }, (_, bits) => items.filter((_, index) => (bits >> index) % 2 === 1));
  const styles: Record<string, (items: readonly string[]) => string> = {
    lines: (items) => `# top\na: # list\n${items.map((item) => `  - ${item} # ${item}\n`).join('')}# end\nz: 1\n`,
    'lines without indentation': (items) => `# top\na:\n${items.map((item) => `- '${item}'\n`).join('')}`,
    'lines at the end': (items) => `# top\na:\n${items.map((item) => `  - ${item}`).join('\n')}`,
    brackets: (items) => `# top\na: [ ${items.join(' , ')} ] # list\nz: 1\n`,
    'brackets over lines': (items) => `# top\na: [\n  ${items.join(',\n  ')}\n]\nz: 1\n`,
    JSON: (items) => JSON.stringify({ a: items, z: 1 }, null, 2),
  };

  it.each(Object.entries(styles))('%s', (name, write) => {
    for (const before of subsets(['a1', 'b2', 'c3'])) {
      if (before.length === 0 && name.startsWith('lines')) continue;
      for (const wanted of subsets(['a1', 'b2', 'c3', 'd4'])) {
        const text = write(before);
        const after = edited(text, ['a', wanted]);
        const stays = before.filter((item) => wanted.includes(item));
        const { a, ...rest } = parse(after);
        expect(a, after).toEqual([...stays, ...wanted.filter((item) => !before.includes(item))]);
        expect(rest).toEqual(text.includes('z') ? { z: 1 } : {});
        for (const comment of ['# top', '# list', '# end', ...stays.map((item) => `# ${item}`)]) {
          expect(after.includes(comment), after).toBe(text.includes(comment));
        }
        if (stays.length === before.length && stays.length === wanted.length) expect(after).toBe(text);
      }
    }
  });
});

describe('maps', () => {
  it.each<[before: string, value: Record<string, string>, after: string]>([
    ['a:\n  x: 1 # one\n  y: 2\nb: c\n', { x: '1', z: '3' }, 'a:\n  x: 1 # one\n  z: "3"\nb: c\n'],
    ['a:\n  x: 1\n  y: p # two\n', { y: 'q' }, 'a:\n  y: q # two\n'],
    ['a:\n  x: p\n', {}, 'a: {}\n'],
    ['a: {}\n', { x: 'p', y: 'q' }, 'a: {x: p, y: q}\n'],
    ['a: {x: p, y: q}', { y: 'q', z: 'r' }, 'a: {y: q, z: r}'],
    ['{"a": {"x": "p"}}', { x: 'q', z: 'r' }, '{"a": {"x": "q", "z": "r"}}'],
  ])('%j with %j', (before, value, after) => {
    expect(edited(before, ['a', value])).toBe(after);
  });

  it('get keys and lose them', () => {
    expect(edited('a:\n  x: 1\n  y:\n  - 2\n  # end\nb: 1\n', ['a/y', undefined], ['a/z', { w: ['p', 'q'] }])).toBe(
      'a:\n  x: 1\n  z:\n    w: [p, q]\n  # end\nb: 1\n',
    );
    expect(edited('a: {x: p}', ['a/z', { w: ['q'] }])).toBe('a: {x: p, z: {w: [q]}}');
    expect(edited('a:\n  x: p\n', ['a/x', undefined])).toBe('a: {}\n');
  });
});

describe('what cannot be changed alone', () => {
  it.each<[text: string, path: string, value: NewValue | undefined, reason: string]>([
    ['a: $' + '{X:-y}', 'a', 'z', 'it comes from an environment variable'],
    ['a: [x, "$' + '{X:-y}"]', 'a', ['x'], 'it comes from an environment variable'],
    ['a: &n x\nb: *n', 'a', 'z', 'it has an anchor, which aliases may use'],
    ['a: &n x\nb: *n', 'b', 'z', 'it is an alias'],
    ['a: &n [x]\nb: *n', 'a', ['z'], 'it has an anchor, which aliases may use'],
    ['a: |\n  x\n', 'a', 'z', 'it is a block of text'],
    ['a: !!str x', 'a', 'z', 'it has a tag'],
    ['a: x', 'b/c', 'z', 'it is not in this file'],
    ['a: x', 'a', ['z'], 'it is not a list'],
    ['a: x', 'a', undefined, 'nothing would remain'],
    ['? a\n: - x', 'a', [], 'it shares its line with something else'],
    ['? a\n:\n  - x', 'a', [], 'nothing would remain'],
  ])('%j, %s', (text, path, value, reason) => {
    const edit = { path: path.split('/'), value };
    const result = editedText(text, [edit], noVariables);
    expect(result.text).toBe(text);
    expect(result.refused.get(edit)).toBe(reason);
  });

  it('leaves the other edits alone', () => {
    const edits = [
      { path: ['a'], value: 'p' },
      { path: ['b'], value: 'q' },
    ];
    const result = editedText('a: *x\nb: y\nc: &x z\n', edits, noVariables);
    expect(result.text).toBe('a: *x\nb: q\nc: &x z\n');
    expect(result.refused.size).toBe(1);
  });
});
