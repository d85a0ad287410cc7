import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/domain/config/read-config.ts';
import { AnonError } from '../../../src/errors.ts';
import * as wrong from './wrong-files.ts';

const { misspeltKeys, unknownKeys, wrongTypes, traps, syntax, values, references } = wrong;
const all = { misspeltKeys, unknownKeys, wrongTypes, traps, syntax, values, references };

function problemsIn(text: string) {
  const ports = {
    async readText(file: string) {
      if (file === 'anon.yaml') return text;
      throw new AnonError('usage', `${file} cannot be read: it does not exist.`);
    },
    locate: (name: string) => ({ name, id: name }),
    variables: (name: string) => (name === 'NAME' ? 'web' : undefined),
  };
  return readConfig({ files: ['anon.yaml'], settings: [], policyFiles: [] }, ports).then(({ problems }) => problems);
}

/** The text without its mark, and where the mark is: a byte order mark in front takes no column. */
function unmarked(marked: string): { text: string; place: string } {
  const [before = '', after = ''] = marked.split('▲');
  const lines = before.replace('\ufeff', '').split('\n');
  return { text: before + after, place: `${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}` };
}

it('there are 200 wrong files, each another', () => {
  const texts = Object.values(all).flatMap((files) => files.map(([text]) => text));
  expect(new Set(texts).size).toBe(texts.length);
  expect(texts.length).toBeGreaterThanOrEqual(200);
});

describe.each(Object.entries(all))('a wrong file: %s', (_group, files) => {
  it.each(files.map(([text, words]) => [text.slice(0, 70), { text, words }] as const))('%j', async (_name, given) => {
    const { text, place } = unmarked(given.text);
    const problems = await problemsIn(text);
    expect(problems.map(({ line, column }) => `${line}:${column}`)).toEqual([place]);
    expect(`${problems[0]?.message} ${problems[0]?.hint ?? ''}`).toContain(given.words);
  });
});

it('a problem is one line, whatever it quotes', async () => {
  const messagesIn = async (text: string) => (await problemsIn(text)).map(({ message }) => message);
  expect(await messagesIn('tenant:\n  lifetime: |\n    $\u007b\n    30d\n')).toEqual([
    "'$\u007b\\n30d\\n' is not a reference to an environment variable.",
  ]);
  expect(await messagesIn('tenant:\n  lifetime: |\n    30\n    d\n')).toEqual(["'30\\nd\\n' is not a valid duration."]);
});

describe('no text', () => {
  const pieces = fc.constantFrom(
    ...[
      'tenant',
      'apps',
      'apis',
      'lifetime',
      ': ',
      ':',
      '\n',
      '  ',
      '- ',
      '[',
      ']',
      '{',
      '}',
      ',',
      '"',
      "'",
      '&a ',
      '*a',
      '|',
      '>',
      '#',
    ],
    ...[
      '${',
      '}',
      '$${',
      '!!',
      '%',
      '---\n',
      '...\n',
      '? ',
      '\t',
      '\r\n',
      'true',
      'no',
      '30d',
      '1e3',
      '~',
      '\\',
      '\u0000',
      '🛒',
      '<<',
    ],
  );

  it.each([
    ['of pieces of YAML', fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join(''))],
    ['of any characters', fc.string({ unit: 'binary', maxLength: 60 })],
    ['of JSON', fc.json()],
  ])('%s fails without a problem, or has one outside of itself', async (_name, texts) => {
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        for (const { line, column, message } of await problemsIn(text)) {
          const lines = text.split('\n');
          expect(line).toBeLessThanOrEqual(lines.length);
          expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 1);
          expect(message).toMatch(/\S/);
          expect(message).not.toMatch(/undefined|\[object|Error:|\n/);
        }
      }),
      { numRuns: 150 },
    );
  });
});
