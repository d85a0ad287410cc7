import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';
import { describe, expect, it } from 'vitest';
import { helpTexts } from '../src/cli/program/help.ts';

// docs/words.md is the rule: its last column holds the phrases that no message, help page, document or comment may use.

interface Phrase {
  readonly pattern: RegExp;
  /** Longer phrases in which this one is right. */
  readonly exceptions: readonly RegExp[];
  readonly instead: string;
}

interface Passage {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

const glossary = phrasesOf(readFileSync('docs/words.md', 'utf8'));

/** Messages live here. `wire` and `local` hold the words of the service, which are not ours to choose. */
const speaking = ['cli', 'domain', 'io', 'jose', 'library', 'errors.ts'];
const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({ path, ...parsed(join('src', path), readFileSync(join('src', path), 'utf8')) }));
const documents = [
  ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md'],
  ...readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

function parsed(file: string, text: string) {
  const { program, comments } = parseSync(file, text);
  return { file, text, program, comments };
}

/** The rows of the glossary: code in the last column is refused, italics there are its exceptions. */
function phrasesOf(page: string): Phrase[] {
  return [...page.matchAll(/^\| (?!write|---)(.+) \| .+ \| (.+) \|$/gm)].flatMap(([, instead = '', not = '']) => {
    const exceptions = [...not.matchAll(/\*([^*]+)\*/g)].map(([, words = '']) => phrasePattern(words));
    return [...not.matchAll(/`([^`]+)`/g)].map(([, words = '']) => ({
      pattern: phrasePattern(words),
      exceptions,
      instead: instead.replaceAll('`', ''),
    }));
  });
}

/** A phrase that begins with a capital is refused only with it: at the start of a sentence. */
function phrasePattern(words: string): RegExp {
  const pattern = words.replaceAll(' ', String.raw`\s+`).replace(/\.$/, '[a-z]+');
  return new RegExp(`${/^\w/.test(words) ? '\\b' : ''}${pattern}\\b`, /^[A-Z]/.test(words) ? 'g' : 'gi');
}

/** What the glossary refuses in a text, with where it stands there. */
function refusedIn(text: string): { at: number; words: string; instead: string }[] {
  return glossary.flatMap(({ pattern, exceptions, instead }) =>
    [...text.matchAll(pattern)]
      .filter(({ index, 0: words }) => !exceptions.some((longer) => covers(longer, text, index, words.length)))
      .map(({ index, 0: words }) => ({ at: index, words, instead })),
  );
}

function covers(longer: RegExp, text: string, from: number, length: number): boolean {
  return [...text.matchAll(longer)].some(({ index, 0: words }) => index < from + length && from < index + words.length);
}

/** One line a complaint: the place, the words, what to write, and the text around them. */
function complaints(passages: readonly Passage[]): string[] {
  return passages.flatMap(({ file, line, text }) =>
    refusedIn(text).map(({ at, words, instead }) => {
      const place = `${file}:${line + text.slice(0, at).split('\n').length - 1}`;
      const around = text.slice(Math.max(0, at - 60), at + words.length + 60).replaceAll(/\s+/g, ' ');
      return `${place}: "${words}" (write: ${instead}) in: ${around.trim()}`;
    }),
  );
}

/** Every string and template of two words or more, with `X` for what is filled in; strings that are added up are one. */
function stringsIn({ file, text, program }: ReturnType<typeof parsed>): Passage[] {
  const found: Passage[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(visit);
    if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
    const { type, start } = node as { type?: string; start?: number };
    if (type === 'ImportDeclaration' || type?.startsWith('TS')) return;
    const words = wordsOf(node as Node);
    if (words !== undefined && /\S\s+\S/.test(words)) {
      found.push({ file, line: text.slice(0, start).split('\n').length, text: words });
    }
    const whole = type === 'BinaryExpression' && words !== undefined;
    for (const inner of whole ? innerExpressions(node as Node) : Object.values(node)) visit(inner);
  };
  visit(program.body);
  return found;
}

interface Node {
  readonly type: string;
  readonly value?: unknown;
  readonly operator?: string;
  readonly left?: Node;
  readonly right?: Node;
  readonly quasis?: readonly { readonly value: { readonly cooked: string } }[];
  readonly expressions?: readonly Node[];
}

function wordsOf(node: Node): string | undefined {
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node.type === 'TemplateLiteral') return node.quasis?.map(({ value }) => value.cooked).join('X');
  if (node.type !== 'BinaryExpression' || node.operator !== '+' || !node.left || !node.right) return undefined;
  const [left, right] = [wordsOf(node.left), wordsOf(node.right)];
  return left === undefined && right === undefined ? undefined : `${left ?? 'X'}${right ?? 'X'}`;
}

/** What is filled into a sum of strings: its text has been read already. */
function innerExpressions(node: Node): readonly (Node | undefined)[] {
  if (node.type === 'BinaryExpression' && wordsOf(node) !== undefined) {
    return [node.left, node.right].flatMap((side) => (side ? innerExpressions(side) : []));
  }
  if (node.type === 'TemplateLiteral') return node.expressions ?? [];
  return node.type === 'Literal' ? [] : [node];
}

/** Comments of one line each, one below the other, are one text. */
function commentsIn({ file, text, comments }: ReturnType<typeof parsed>): Passage[] {
  const passages: { file: string; line: number; text: string; end: number }[] = [];
  for (const { start, end, value } of comments) {
    const words = value.replaceAll(/^[ *]+/gm, '');
    const last = passages.at(-1);
    if (last && text.slice(last.end, start).trim() === '') {
      last.text += `\n${words}`;
      last.end = end;
    } else passages.push({ file, line: text.slice(0, start).split('\n').length, text: words, end });
  }
  return passages;
}

/** The prose of a page: what is set as code is data, but for comments in examples. */
function proseOf(file: string, page: string): Passage {
  const blank = (block: string) => block.replaceAll(/[^\n]/g, ' ');
  const text = page
    .replaceAll(/^```(\w*)\n[\s\S]*?^```$/gm, (block) =>
      block.replaceAll(/^(.*?)((?:# |\/\/ ).*)?$/gm, (_, code: string, comment = '') => blank(code) + comment),
    )
    .replaceAll(/`[^`\n]*`/g, (code) => `X${' '.repeat(code.length - 1)}`)
    .replaceAll(/\]\([^)\n]*\)/g, (target) => `]${' '.repeat(target.length - 1)}`);
  return { file, line: 1, text };
}

it.each(speaking)('no message in src/%s uses a word that the glossary refuses', (room) => {
  const here = sources.filter(({ path }) => path === room || path.startsWith(join(room, '/')));
  expect(complaints(here.flatMap(stringsIn))).toEqual([]);
});

it('no help page uses a word that the glossary refuses', async () => {
  const pages = Object.entries(await helpTexts());
  expect(complaints(pages.map(([path, text]) => ({ file: `--help of "${path}"`, line: 1, text })))).toEqual([]);
});

it.each(documents)('%s uses no word that the glossary refuses', (file) => {
  expect(complaints([proseOf(file, readFileSync(file, 'utf8'))])).toEqual([]);
});

it('no type of the library is explained with a word that the glossary refuses', () => {
  expect(complaints(sources.filter(({ path }) => path.startsWith('library')).flatMap(commentsIn))).toEqual([]);
});

it('no comment in src uses a word that the glossary refuses', () => {
  // The code that seals tokens may call it so, as the RFCs do.
  const found = complaints(sources.flatMap(commentsIn)).filter((complaint) => !/^\S+ "sealed"/i.test(complaint));
  expect(found).toEqual([]);
});

describe('the glossary', () => {
  it.each([
    ["The access token of profile 'acme' is none.", 'is none'],
    ['Of the tokens given, number 1 is no token.', 'is no token'],
    ['--session is of sessions that are kept.', 'kept', 'is of'],
    ['wait so long for a rate limit at most (60s)', 'so long'],
    ['Such as --max-wait 5m', 'Such as'],
    ['The header has no alg, and it\nhas no kid', ', and it\nhas'],
    ['SEALED: its key is not at hand.', 'at hand', 'SEALED'],
    ['already so at localhost:4400, nothing to send', 'already so', 'nothing to send'],
  ])('refuses part of %j', (text, ...words) => {
    expect(refusedIn(text).map((refused) => refused.words)).toEqual(words);
  });

  it.each([
    'There is no saved session.',
    'The session is no longer valid; nonetheless it is official.',
    'a value, such as 5m',
    'Nothing else is sent.',
    'is not a token: a JWT has 3 parts, this has 1',
    'Pass --yes when there is no terminal.',
  ])('lets pass %j', (text) => {
    expect(refusedIn(text)).toEqual([]);
  });

  it('names the place, the words and what to write', () => {
    const [complaint] = complaints([{ file: 'a.ts', line: 7, text: 'One line.\nThe key was\nkept.' }]);
    expect(complaint).toBe('a.ts:9: "kept" (write: saved) in: One line. The key was kept.');
  });

  it('reads strings, templates and sums of both, and no code', () => {
    const source = [
      "import { a } from './so long';",
      "type A = 'so many words';",
      'const b = `one $' + "{a('two words')}` + 'is none';",
      "f({ 'is of': /so long/, c: 'none' });",
    ].join('\n');
    expect(stringsIn(parsed('a.ts', source)).map(({ line, text }) => `${line} ${text}`)).toEqual([
      '3 one Xis none',
      '3 two words',
      '4 is of',
    ]);
  });

  it('reads comments as whole texts', () => {
    const source = '/** One\n * two. */\nconst a = 1; // three\n// four\n// five\nf(a); // six';
    expect(commentsIn(parsed('a.ts', source)).map(({ line, text }) => [line, text.trim()])).toEqual([
      [1, 'One\ntwo.'],
      [3, 'three\nfour\nfive'],
      [6, 'six'],
    ]);
  });

  it('reads the prose of a page, and the comments in its examples', () => {
    const page = 'It is `kept` [here](so-long.md).\n\n```sh\nkept # so long\n```\n';
    expect(proseOf('a.md', page).text.replaceAll(/ +/g, ' ').trim()).toBe('It is X [here] .\n\n \n # so long');
  });
});
