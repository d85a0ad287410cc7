import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };

const licences = readFileSync('dist/THIRD-PARTY-LICENSES.txt', 'utf8');
/** Installed beside the program, with its own licence. */
const installed = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
/** What the build leaves out of conf and pg, and what holds nothing but types. */
const leftOut = [
  ...['ajv', 'ajv-formats', 'atomically', 'debounce-fn', 'env-paths', 'semver'],
  ...['json-schema-typed', 'type-fest'],
  ...['pg-cloudflare', 'pgpass', 'split2'],
];

/** The packages that our sources import, and those that these depend on. */
function bundledPackages(): string[] {
  const names = new Set<string>();
  const add = (name: string) => {
    if (names.has(name) || installed.includes(name) || leftOut.includes(name)) return;
    names.add(name);
    const { dependencies = {} } = JSON.parse(readFileSync(join('node_modules', name, 'package.json'), 'utf8'));
    for (const other of Object.keys(dependencies)) add(other);
  };
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
  for (const file of files) {
    const code = readFileSync(join('src', file), 'utf8');
    const imports = code.matchAll(
      /^(?:import|export) (?!type )[^;]*?from '((?:@[\w-]+\/)?[\w-]+)[^']*';|^import '([\w-]+)/gm,
    );
    for (const [, name] of imports) if (name !== undefined && name !== 'node') add(name);
  }
  return [...names].sort();
}

it('the licence of every bundled package is packed', () => {
  const packages = bundledPackages();
  expect(packages).toEqual(
    expect.arrayContaining(['ansi-colors', 'chalk', 'commander', 'conf', 'dot-prop', 'pg', 'undici']),
  );
  for (const name of packages) {
    const { version, license } = JSON.parse(readFileSync(join('node_modules', name, 'package.json'), 'utf8'));
    const title = `${name} ${version} (${license})\n\n`;
    expect(licences.includes(title), title).toBe(true);
    const text = licences.slice(licences.indexOf(title) + title.length).split('-'.repeat(80))[0] ?? '';
    expect(text, name).toMatch(/copyright|permission/i);
  }
  for (const name of leftOut) expect(licences).not.toMatch(new RegExp(`^${name} `, 'm'));
  expect(manifest.files).toContain('dist');
});
