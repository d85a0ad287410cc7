import { createRequire } from 'node:module';
import { stripVTControlCharacters } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { exitCodes } from '../../../src/cli/exit-code.ts';
import { globalOptions } from '../../../src/cli/options/global.ts';
import { commands, groups } from '../../../src/cli/program/commands.ts';
import { helpText, helpTexts } from '../../../src/cli/program/help.ts';
import { paintHelp } from '../../../src/cli/render/wrapped.ts';
import { palette } from '../../../src/io/terminal/palette.ts';
import { unsafe } from '../../support/screen.ts';

const leaves = Object.keys(commands);
const paths = ['', ...Object.keys(groups), ...leaves];
let texts: Record<string, string>;
let built: { helpText(path: string): Promise<string> };

beforeAll(async () => {
  texts = await helpTexts();
  built = createRequire(import.meta.url)('../../../dist/program-help.cjs');
});

it('the shipped help matches the command tree', async () => {
  for (const path of paths) expect(await built.helpText(path)).toBe(texts[path]);
  expect(Object.keys(texts).sort()).toEqual([...paths].sort());
});

it('the help of one path is the same as in the list of all', async () => {
  for (const path of ['', 'token', 'token create']) expect(await helpText(path)).toBe(texts[path]);
});

describe.each(paths)('the help of "%s"', (path) => {
  it('fits a terminal of 80 columns', () => {
    expect(texts[path]?.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('shows how it is used', () => {
    expect(texts[path]).toMatch(new RegExp(`^Usage: anon-cli ${path}`));
  });

  it('holds no trailing space and no escape code', () => {
    expect(texts[path]?.split('\n').filter((line) => /\s$/.test(line) || unsafe.test(line))).toEqual([]);
  });
});

describe.each(leaves)('the help of "%s"', (path) => {
  it('has an example that begins with the program', () => {
    expect(texts[path]).toMatch(/^Examples?:\n {2}\$ (.* \| )?anon-cli /m);
    expect(texts[path]).toContain(`anon-cli ${path}`);
  });

  it('says in one line where the global options are', () => {
    expect(texts[path]).toMatch(/^Global options: anon-cli --help$/m);
    expect(texts[path]).not.toContain('  --max-wait ');
  });
});

it('the root help has the global options', () => {
  for (const { flags } of globalOptions) expect(texts['']).toContain(`  ${flags} `);
});

it('the root help has the table of exit codes', () => {
  for (const { code, meaning } of exitCodes) expect(texts['']).toContain(`  ${String(code).padEnd(5)}${meaning}\n`);
});

it('help for a terminal with colours is the same text with highlighted titles and examples', () => {
  for (const text of Object.values(texts)) {
    const painted = paintHelp(text, palette);
    expect(painted).not.toBe(text);
    expect(stripVTControlCharacters(painted)).toBe(text);
  }
});
