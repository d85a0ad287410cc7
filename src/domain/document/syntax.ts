import type { ErrorCode, YAMLParseError } from 'yaml';

/** What a syntax error means, in one sentence, and what to write instead. */
interface Wording {
  readonly message: string;
  readonly hint?: string;
}

const quote = 'Put the value in quotes.';

const wordings: Partial<Record<ErrorCode, Wording>> = {
  TAB_AS_INDENT: { message: 'A tab indents this line; YAML allows only spaces.', hint: 'Replace the tab by spaces.' },
  BAD_SCALAR_START: { message: 'A value without quotes cannot begin with this character.', hint: quote },
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
  BAD_ALIAS: { message: 'This alias has no name.', hint: quote },
  MULTIPLE_ANCHORS: { message: 'A value has more than one anchor.' },
  MULTIPLE_TAGS: { message: 'A value has more than one tag.' },
};

/** Rewords an error of the YAML parser; `line` is the text of its line. */
export function wordingOf({ code, message }: YAMLParseError, line: string): Wording {
  if (/[[{,]\s*\$\{/.test(line) && (code === 'MISSING_CHAR' || code === 'BLOCK_IN_FLOW')) {
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
