import { Composer, type CST, type ErrorCode, Lexer, LineCounter, Parser, type YAMLParseError } from 'yaml';
import { type Document, documentOf } from './node.ts';
import { type Place, type Problem, problemAt } from './problem.ts';
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

/** What a syntax error means, in one sentence, and what to write instead. */
interface Wording {
  readonly message: string;
  readonly hint?: string;
}

const putInQuotes = 'Put the value in quotes.';

const wordings: Partial<Record<ErrorCode, Wording>> = {
  TAB_AS_INDENT: { message: 'A tab indents this line; YAML allows only spaces.', hint: 'Replace the tab by spaces.' },
  BAD_SCALAR_START: { message: 'A value without quotes cannot begin with this character.', hint: putInQuotes },
  BAD_DQ_ESCAPE: {
    message: 'A text in double quotes has an unknown escape.',
    hint: 'Write \\\\ for a backslash, or use single quotes.',
  },
  BAD_INDENT: { message: 'This line is not indented as the line above needs it.' },
  BLOCK_AS_IMPLICIT_KEY: {
    message: 'This line has a key in a place where only a value can be.',
    hint: 'Check the indentation, or put a value with a colon and a space in quotes.',
  },
  MULTILINE_IMPLICIT_KEY: { message: 'A key must be on one line.', hint: 'Check the indentation of the next line.' },
  KEY_OVER_1024_CHARS: { message: 'A key is longer than 1,024 characters.' },
  BLOCK_IN_FLOW: {
    message: 'Inside brackets or braces, a comma is missing or a block begins.',
    hint: 'Separate items with commas.',
  },
  BAD_DIRECTIVE: { message: 'This line begins like a directive, with %.', hint: 'Remove the line.' },
  BAD_ALIAS: { message: 'This alias has no name.', hint: putInQuotes },
  MULTIPLE_ANCHORS: { message: 'A value has more than one anchor.' },
  MULTIPLE_TAGS: { message: 'A value has more than one tag.' },
};

/** Rewords an error of the YAML parser; `line` is the text of its line. */
function wordingOf({ code, message }: YAMLParseError, line: string): Wording {
  const breaks = code === 'MISSING_CHAR' || code === 'BLOCK_IN_FLOW' || code === 'UNEXPECTED_TOKEN';
  if (breaks && /[[{,]\s*\$\{|[[{].*:\s+\$\{/.test(line)) {
    return { message: 'Inside brackets, a reference needs quotes.', hint: `Example: ['$\{NAME}']` };
  }
  if (code === 'MISSING_CHAR' || code === 'UNEXPECTED_TOKEN' || code === 'BAD_INDENT') return byMessage(message);
  return wordings[code] ?? { message: `This is not YAML: ${lowerFirst(message)}.` };
}

function byMessage(message: string): Wording {
  if (/closing .quote/.test(message)) return { message: 'A quotation mark that ends the text is missing.' };
  if (/end with a [}\]]/.test(message) || /must be .*and end with|expected .*end with/i.test(message)) {
    const bracket = /end with a \}/.test(message) ? '}' : ']';
    return { message: `A ${bracket} is missing in front of this line.` };
  }
  if (/between flow/.test(message)) {
    return { message: 'A comma is missing between two items.', hint: 'Separate items with commas.' };
  }
  if (/Unexpected ,/.test(message)) return { message: 'There are two commas without an item between them.' };
  if (/map values/.test(message)) return { message: 'A colon is missing after this key.', hint: 'Write key: value' };
  if (/at node end|in YAML stream/.test(message)) {
    return {
      message: 'This line does not belong to what is above it.',
      hint: 'Check the indentation: keys of one level begin in one column, and keys and list items do not mix.',
    };
  }
  if (/same line with key/.test(message)) {
    return { message: 'A list cannot begin in the line of its key.', hint: 'Begin a new line, or write [a, b].' };
  }
  if (/same column/.test(message)) {
    const what = /mapping/.test(message) ? 'The keys of a map' : 'The items of a list';
    return { message: `${what} must begin in one column.`, hint: 'Check the indentation of this line.' };
  }
  if (/block scalar/i.test(message)) return { message: 'The lines of a block of text must be indented.' };
  return { message: `This is not YAML: ${lowerFirst(message)}.` };
}

function lowerFirst(text: string): string {
  return `${text.slice(0, 1).toLowerCase()}${text.slice(1).replace(/\.$/, '')}`;
}
