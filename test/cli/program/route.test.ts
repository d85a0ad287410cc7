import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commands, groups, wordsAfter } from '../../../src/cli/program/commands.ts';
import { type Route, route } from '../../../src/cli/program/route.ts';

const words = (line: string) => line.split(' ').filter((word) => word !== '');

describe('a command line leads', () => {
  it.each<[string, Partial<Route>]>([
    ['', { path: '', rest: [] }],
    ['token', { path: 'token', rest: [] }],
    ['token create', { path: 'token create', rest: [] }],
    ['token create --scope a', { path: 'token create', rest: ['--scope', 'a'] }],
    ['quickstart --json', { path: 'quickstart', rest: ['--json'] }],
    ['token decode abc -', { path: 'token decode', rest: ['abc', '-'] }],
    ['--json token create', { path: 'token create', rest: ['--json'] }],
    ['token --json create', { path: 'token create', rest: ['--json'] }],
    ['--profile acme token create', { path: 'token create', rest: ['--profile', 'acme'] }],
    ['--profile=acme token create', { path: 'token create', rest: ['--profile=acme'] }],
    ['--field access_token token create', { path: 'token create', rest: ['--field', 'access_token'] }],
    ['--edition ea tenant show', { path: 'tenant show', rest: ['--edition', 'ea'] }],
    ['--profile token token create', { path: 'token create', rest: ['--profile', 'token'] }],
    ['--profile', { path: '', rest: ['--profile'] }],
    ['app show app', { path: 'app show', rest: ['app'] }],
    ['app show help', { path: 'app show', rest: ['help'] }],
    ['token create -- --help', { path: 'token create', rest: ['--', '--help'] }],
    ['-- token create', { path: '', rest: ['--', 'token', 'create'] }],
  ])('"%s" to %o', (line, found) => {
    expect(route(words(line))).toEqual({ stray: undefined, help: false, version: false, ...found });
  });

  it.each<[string, Partial<Route>]>([
    ['tokne create', { path: '', stray: 'tokne', rest: ['tokne', 'create'] }],
    ['token craete --json', { path: 'token', stray: 'craete', rest: ['craete', '--json'] }],
    ['--unknown value token', { path: '', stray: 'value', rest: ['--unknown', 'value', 'token'] }],
    ['constructor', { path: '', stray: 'constructor', rest: ['constructor'] }],
    ['token toString', { path: 'token', stray: 'toString', rest: ['toString'] }],
    ['quickstart', { path: 'quickstart', stray: undefined, rest: [] }],
  ])('"%s" to an error: %o', (line, found) => {
    expect(route(words(line))).toMatchObject(found);
  });

  it.each<[string, string]>([
    ['--help', ''],
    ['-h', ''],
    ['help', ''],
    ['help token', 'token'],
    ['help token create', 'token create'],
    ['token --help', 'token'],
    ['token create --help', 'token create'],
    ['token create --scope a -h', 'token create'],
    ['--help token create', 'token create'],
    ['--help --version', ''],
  ])('"%s" to the help of "%s"', (line, path) => {
    expect(route(words(line))).toMatchObject({ path, help: true, stray: undefined });
  });

  it.each<[string, boolean]>([
    ['--version', true],
    ['-V', true],
    ['--json --version', true],
    ['token --version', false],
    ['token create --version', false],
    ['-- --version', false],
    ['tokne --version', false],
    ['-v', false],
  ])('"%s" to the version: %s', (line, version) => {
    expect(route(words(line)).version).toBe(version);
  });
});

it('every command is found by its words, and every noun has a description', () => {
  for (const path of Object.keys(commands)) {
    expect(route(words(path))).toMatchObject({ path, stray: undefined, rest: [] });
    const [noun = '', verb] = words(path);
    expect(wordsAfter('')).toContain(noun);
    if (verb !== undefined) {
      expect(wordsAfter(noun)).toContain(verb);
      expect(groups[noun]?.description).toMatch(/\S/);
    }
  }
  expect(wordsAfter('')).toHaveLength(new Set(wordsAfter('')).size);
});

it('any command line leads somewhere, and no word is lost', () => {
  const word = fc.oneof(
    fc.string(),
    fc.constantFrom('token', 'create', 'help', '--json', '--profile', '--', '-h', 'app'),
  );
  fc.assert(
    fc.property(fc.array(word), (argv) => {
      const { path, rest } = route(argv);
      const found = words(path).concat(rest);
      const left = argv.filter((given) => given !== 'help').sort();
      expect(found.filter((given) => given !== 'help').sort()).toEqual(left);
    }),
  );
});
