import { isAnonError } from '../../errors.ts';
import { bareToken, takeApart } from '../../jose/compact.ts';
import { jsonObjectIn } from '../../jose/json.ts';
import { tokenAt } from './wrapped-token.ts';

/** A token in a text, with its name there: `access_token`, `ACCESS_TOKEN`, `Authorization`. */
export interface FoundToken {
  readonly name: string | undefined;
  readonly token: string;
  /** What was removed from it or converted, apart from white space: `padding`. */
  readonly repairs?: readonly string[];
  /** A tenant issued it as a token, so it is one whatever it looks like. */
  readonly issued?: true;
}

/**
 * The tokens in a pasted text: one token, however it is wrapped; a JSON answer of a token endpoint; a line of a `.env`
 * file, a header, a curl command, or any other text. Each token once, in order.
 * @throws {AnonError} `token_unacceptable` when there is no token; it says why the text isn't one
 */
export function findTokens(text: string): FoundToken[] {
  const json = jsonIn(text);
  const found = json === undefined ? inText(text) : stringsOf(json).flatMap(named);
  if (found.length > 0) return withoutDuplicates(found);
  // The header's JSON may begin with white space, which the patterns below don't cover.
  const bare = bareToken(text);
  // Throws unless the whole text is a token; for text with spaces it says where what looks like a token breaks.
  takeApart(json === undefined && /\s/.test(text.trim()) ? (brokenTokenIn(text) ?? text) : text);
  return [{ name: undefined, token: bare }];
}

/**
 * Why what begins like a token beside the tokens of a text is not one: `a JWT has 3 dot-separated parts, a JWE 5; this has 2`.
 * A list of tokens may have been cut at its end.
 */
export function brokenBeside(given: string): string[] {
  if (!/\s/.test(given.trim()) || jsonIn(given) !== undefined) return [];
  const { text } = cleaned(given);
  const problems: string[] = [];
  let from = 0;
  for (const { index } of text.matchAll(beginning)) {
    if (index < from) continue;
    const token = tokenAt(text, index);
    const word = token ? '' : (wordAt(text, index) ?? '');
    from = token?.end ?? index + word.length;
    const problem = brokenHeader.test(word) ? problemOf(word) : undefined;
    if (problem) problems.push(problem);
  }
  return problems;
}

/** The header of a JWS or JWE, and more. */
const brokenHeader = /^(?:ANONYMOUS_SESSION_)?eyJ[\w-]{10,}\.[\w-]/;

function problemOf(word: string): string | undefined {
  const [head = ''] = bareToken(word).split('.', 1);
  if (typeof jsonObjectIn(Buffer.from(head, 'base64url'))?.alg !== 'string') return undefined;
  try {
    takeApart(word);
    return 'its end is missing';
  } catch (error) {
    return isAnonError(error) ? error.message.replace(/^This is not a token: |\.$/g, '') : undefined;
  }
}

/** A longer name helps nobody. */
const longestName = 120;

/** Members of an answer that are tokens, JWTs or not. @see RFC 6749, section 5.1; OpenID Connect Core, section 3.1.3.3 */
const tokenMembers = /(?:^|\.)(?:access_token|session_token|id_token|refresh_token|anon_transfer_token)$/;

function named({ name: path, text }: { name: string; text: string }): FoundToken[] {
  const name = path === '' || path.length > longestName ? undefined : path;
  const found = inText(text).map((token) => ({ ...token, name }));
  if (found.length > 0) return found;
  return tokenMembers.test(path) && /^[\x21-\x7e]+$/.test(text) ? [{ name, token: text, issued: true }] : [];
}

// How the base64url of a JOSE header begins, with or without white space after the brace. Only matched at the start of a
// word (`%3D` ends one), which keeps the search linear in the length of the text.
const beginning = /(?:(?<![\w.-])|(?<=%[\dA-Fa-f]{2})|(?<=\\[nrt]))(?:ANONYMOUS_SESSION_)?e[yw][\w-]{6}/g;

// Tokens that follow a word without a space. Limited, because most matches only look like a token.
const glued = /(?<=[\w.-])eyJ[\w-]{6}/g;
const mostGlued = 100;

function inText(given: string): FoundToken[] {
  const { text, repairs } = cleaned(given);
  const found = startingAt(text, text.matchAll(beginning));
  const tokens = found.length > 0 ? found : startingAt(text, [...text.matchAll(glued)].slice(0, mostGlued));
  return tokens.map(({ name, token, repairs: made }) => {
    // A token that occurs verbatim in the text was not repaired.
    const all = [...(given.includes(token) ? [] : repairs), ...made];
    return { name, token, ...(all.length > 0 && { repairs: all }) };
  });
}

function startingAt(text: string, starts: Iterable<RegExpExecArray>) {
  const found: { name: string | undefined; token: string; repairs: readonly string[] }[] = [];
  let from = 0;
  for (const { index } of starts) {
    if (index < from) continue;
    const token = tokenAt(text, index);
    if (!token) continue;
    found.push({ name: nameBefore(text, index), token: token.token, repairs: token.repairs });
    from = token.end;
  }
  return found;
}

/** The part of a text without tokens that looks most like one. */
function brokenTokenIn(given: string): string | undefined {
  const { text } = cleaned(given);
  const start = text.search(beginning);
  beginning.lastIndex = 0;
  if (start === -1) return undefined;
  return wordAt(text, start);
}

function wordAt(text: string, start: number): string | undefined {
  return /^[^\s"'`,;)\]}<>|&]{1,20000}/.exec(text.slice(start, start + 20_000))?.[0];
}

/** The name in `NAME=`, `"name": "` or `Name: Bearer `, whatever the quotes. */
function nameBefore(text: string, index: number): string | undefined {
  const before = text.slice(Math.max(0, index - longestName), index);
  return /([A-Za-z_][\w.-]*)\\?["']?\s*[=:]\s*\\?["']?(?:bearer\s+)?$/i.exec(before)?.[1];
}

function jsonIn(text: string): unknown {
  if (!/^\s*[{["]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The strings in a JSON value with their dotted paths. Not recursive: the value may nest too deeply for that. */
function stringsOf(value: unknown): { name: string; text: string }[] {
  const strings: { name: string; text: string }[] = [];
  const left: { name: string; value: unknown }[] = [{ name: '', value }];
  for (let item = left.pop(); item; item = left.pop()) {
    const { name, value } = item;
    if (typeof value === 'string') strings.push({ name, text: value });
    if (typeof value !== 'object' || value === null) continue;
    const inside = Object.entries(value).map(([key, inner]) => ({
      name: name === '' ? key : `${name}.${key}`,
      value: inner,
    }));
    for (const inner of inside.reverse()) left.push(inner);
  }
  return strings;
}

function withoutDuplicates(found: readonly FoundToken[]): FoundToken[] {
  const seen = new Set<string>();
  return found.filter(({ token }) => {
    const bare = bareToken(token);
    if (seen.has(bare)) return false;
    seen.add(bare);
    return true;
  });
}

/** A text prepared for the search. */
interface CleanText {
  readonly text: string;
  /** For people: `invisible characters`. */
  readonly repairs: readonly string[];
}

/** Invisible characters: terminal colours, soft hyphens, zero-width characters, direction marks. */
const invisible =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are searched for
  /\u001b\[[\d;?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]|&(?:shy|zwnj|zwj|ZeroWidthSpace|NoBreak);|<wbr\s*\/?>/g;

/** Dot, hyphen and underscore, as escaped in JSON, URLs and HTML. */
const escaped: readonly [RegExp, string][] = [
  [/\\u002e|%(?:25)*2e|&(?:#46|#x2e|period);/gi, '.'],
  [/\\u002d|%(?:25)*2d|&(?:#45|#x2d|hyphen|dash);/gi, '-'],
  [/\\u005f|%(?:25)*5f|&(?:#95|#x5f|lowbar|underbar);/gi, '_'],
];

/** Removes invisible characters and undoes escapes, which programs leave in tokens. */
function cleaned(text: string): CleanText {
  const visible = text.replaceAll(invisible, '').replaceAll(/<br\s*\/?>|[\v\f\u0085\u2028\u2029]/gi, '\n');
  const plain = escaped.reduce((changed, [written, character]) => changed.replaceAll(written, character), visible);
  return {
    text: plain,
    repairs: [
      ...(visible === text ? [] : ['invisible characters']),
      ...(plain === visible ? [] : ['escaped characters']),
    ],
  };
}
