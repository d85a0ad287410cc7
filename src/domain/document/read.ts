import { Composer, type CST, Lexer, LineCounter, Parser } from 'yaml';
import { type Document, documentOf } from './node.ts';
import { type Place, type Problem, problemAt } from './problem.ts';
import { wordingOf } from './syntax.ts';
import { treeOf } from './tree.ts';
import type { Variables } from './variables.ts';

export interface DocumentText {
  /** What places call it: a file as the user named it, or `stdin`. */
  readonly name: string;
  readonly text: string;
  /** Replaces references such as `${NAME}`; without it they are ordinary text. */
  readonly variables?: Variables | undefined;
}

export interface ReadDocument {
  /** Undefined where it cannot be read. With problems, it is there to be checked further, not to be used. */
  readonly document?: Document;
  readonly problems: readonly Problem[];
}

/** A configuration has a few thousand characters, and a text of this size takes the parser some seconds. */
const longestText = 1 << 20;

/**
 * Reads a text in YAML 1.2, of which JSON is a part. Anything that parsers read in different ways is a problem: a repeated
 * key, a tag, a merge key, a second document, a directive.
 */
export function readDocument({ name, text: given, variables }: DocumentText): ReadDocument {
  // Windows editors write one; YAML and JSON readers skip it.
  const text = given.startsWith('\ufeff') ? given.slice(1) : given;
  const start: Place = { file: name, line: 1, column: 1 };
  if (text.length > longestText) {
    return failed(problemAt(start, 'The file is larger than 1 MiB.', 'A file for anon-cli has a few kilobytes.'));
  }
  const lines = new LineCounter();
  lines.addNewLine(0);
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file: name, line, column: col };
  };
  const control = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.exec(text);
  if (control) {
    for (const { index } of text.matchAll(/\n/g)) lines.addNewLine(index + 1);
    return failed(controlProblem(placeOf(control.index), control[0]));
  }
  const read = tokensOf(withoutTabs(text), { onLine: lines.addNewLine, placeOf });
  if ('problem' in read) return failed(read.problem);
  // Scalars are read by tree.ts, whichever version a directive names.
  const composer = new Composer({ schema: 'failsafe', uniqueKeys: false, prettyErrors: false, logLevel: 'silent' });
  const [first, ...others] = composer.compose(read.tokens, true, text.length);
  const error = first?.errors[0];
  if (error) {
    const [offset] = error.pos;
    const { message, hint } = wordingOf(error, text.split('\n')[placeOf(offset).line - 1] ?? '');
    // A reference begins in front of its brace, at which the parser stumbles.
    const start = text.startsWith('$\u007b', offset - 1) ? offset - 1 : offset;
    return failed(problemAt(placeOf(start), message, hint));
  }
  const second = others[0];
  if (second) {
    const hint = 'Write it into a file of its own.';
    return failed(problemAt(placeOf(second.range[0]), 'A second document begins here; a file has one.', hint));
  }
  if (!first?.contents || /^(\s|#.*|---|\.\.\.)*$/.test(text)) return failed(problemAt(start, 'The file is empty.'));
  const { root, problems } = treeOf(first, { text, placeOf, variables });
  return root ? { document: documentOf(name, root), problems } : { problems };
}

function failed(problem: Problem): ReadDocument {
  return { problems: [problem] };
}

function controlProblem(place: Place, character: string): Problem {
  const code = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  return problemAt(place, `The character ${code} cannot be in a text file.`, 'Is this a binary file?');
}

/** JSON may be indented with tabs. Spaces in their place change no position. */
function withoutTabs(text: string): string {
  if (!/^\s*[{[]/.test(text) || !text.includes('\t')) return text;
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  // Inside a string, JSON has \t for it.
  return text.replaceAll('\t', ' ');
}

/** Far more than a file for anon-cli needs, and far below where the recursive composer runs out of stack. */
const maxDepth = 64;

type PlaceOf = (offset: number) => Place;

/**
 * Reads a text into tokens. Without them where it nests too deeply, or has something that the composer would not see, or place
 * badly.
 */
function tokensOf(
  text: string,
  { onLine, placeOf }: { onLine: (offset: number) => void; placeOf: PlaceOf },
): { readonly tokens: readonly CST.Token[] } | { readonly problem: Problem } {
  const parser = new Parser(onLine);
  const tokens: CST.Token[] = [];
  // Its stack is a document and what is open in it. In depths like these the parser takes quadratic time.
  for (const lexeme of new Lexer().lex(text)) {
    if (parser.stack.length > maxDepth + 1) {
      return { problem: problemAt(placeOf(parser.offset), `This is nested more than ${maxDepth} levels deep.`) };
    }
    tokens.push(...parser.next(lexeme));
  }
  tokens.push(...parser.end());
  const problem = firstProblem(tokens, placeOf);
  return problem ? { problem } : { tokens };
}

function firstProblem(tokens: readonly CST.Token[], placeOf: PlaceOf): Problem | undefined {
  for (const token of tokens) {
    const problem = unusable(token, placeOf) ?? firstProblem(inside(token), placeOf);
    if (problem) return problem;
  }
  return undefined;
}

function unusable(token: CST.Token, placeOf: PlaceOf): Problem | undefined {
  if (token.type === 'directive') {
    return problemAt(
      placeOf(token.offset),
      'A directive is not supported; the file is read as YAML 1.2.',
      'Remove it.',
    );
  }
  const quotes = { 'double-quoted-scalar': '"', 'single-quoted-scalar': "'" };
  const quote = token.type in quotes ? quotes[token.type as keyof typeof quotes] : undefined;
  // The composer reports it at the end of the file.
  if (quote && 'source' in token && (token.source.length < 2 || !token.source.endsWith(quote))) {
    return problemAt(placeOf(token.offset), `The text that begins here has no closing ${quote}`);
  }
  return undefined;
}

function inside(token: CST.Token): CST.Token[] {
  if (token.type === 'document') return token.value ? [token.value] : [];
  if (!('items' in token)) return [];
  return token.items.flatMap((item) => {
    const key = 'key' in item && item.key ? [item.key] : [];
    return 'value' in item && item.value ? [...key, item.value] : key;
  });
}
