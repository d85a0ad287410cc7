import { bareToken, takeApart } from '../../jose/compact.ts';
import { tokenAt } from './wrapped-token.ts';

/** A token in a text, and what the text calls it: `access_token`, `ACCESS_TOKEN`, `Authorization`. */
export interface FoundToken {
  readonly name: string | undefined;
  readonly token: string;
  /** What had to be taken out of it or written otherwise, other than white space: `padding`. */
  readonly repairs?: readonly string[];
  /** A tenant gave it as a token, so that it is one whatever it looks like. */
  readonly issued?: true;
}

/**
 * The tokens in what somebody pasted: one token, however it is wrapped; a JSON answer of a token endpoint; a line of
 * a `.env` file, a header, a curl command, or any text with tokens in it. Each once, in their order.
 * @throws {AnonError} `token_unacceptable` when there is none, saying what is wrong with the text as a token
 */
export function findTokens(text: string): FoundToken[] {
  const json = jsonIn(text);
  const found = json === undefined ? inText(text) : stringsOf(json).flatMap(named);
  if (found.length > 0) return onlyOnce(found);
  // Its header may begin with white space, which no pattern foresees.
  const bare = bareToken(text);
  // It throws: the whole was no token, or else it says where what looks like one breaks.
  takeApart(json === undefined && /\s/.test(text.trim()) ? (brokenIn(text) ?? text) : text);
  return [{ name: undefined, token: bare }];
}

/** Beyond that a name tells nobody anything. */
const longestName = 120;

/** Members of an answer that are tokens, JWT or not. @see RFC 6749, section 5.1; OpenID Connect Core, section 3.1.3.3 */
const tokenMembers = /(?:^|\.)(?:access_token|session_token|id_token|refresh_token|anon_transfer_token)$/;

function named({ name: path, text }: { name: string; text: string }): FoundToken[] {
  const name = path === '' || path.length > longestName ? undefined : path;
  const found = inText(text).map((one) => ({ ...one, name }));
  if (found.length > 0) return found;
  return tokenMembers.test(path) && /^[\x21-\x7e]+$/.test(text) ? [{ name, token: text, issued: true }] : [];
}

// A JOSE header is a JSON object, whose base64url begins so, with or without white space after the brace. Looked
// for at the start of a word only, so that a long text takes its length and not its square: `%3D` is no part of a word.
const beginning = /(?:(?<![\w.-])|(?<=%[\dA-Fa-f]{2})|(?<=\\[nrt]))(?:ANONYMOUS_SESSION_)?e[yw][\w-]{6}/g;

// What stands before it may touch it. Where the first is one, others that only look like it are not worth the time.
const glued = /(?<=[\w.-])eyJ[\w-]{6}/g;
const mostGlued = 100;

function inText(given: string): FoundToken[] {
  const { text, repairs } = withoutTraces(given);
  const found = startingAt(text, text.matchAll(beginning));
  const all = found.length > 0 ? found : startingAt(text, [...text.matchAll(glued)].slice(0, mostGlued));
  return all.map((one) => {
    // One that stands in the text as it is was not touched.
    const done = [...(given.includes(one.token) ? [] : repairs), ...one.repairs];
    return { name: one.name, token: one.token, ...(done.length > 0 && { repairs: done }) };
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

/** What looks most like a token in a text that holds none: as much of it as could be one. */
function brokenIn(given: string): string | undefined {
  const { text } = withoutTraces(given);
  const start = text.search(beginning);
  beginning.lastIndex = 0;
  if (start === -1) return undefined;
  return /^[^\s"'`,;)\]}<>|&]{1,20000}/.exec(text.slice(start, start + 20_000))?.[0];
}

/** `NAME=`, `"name": "`, `Name: Bearer `, whatever the quotes. */
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

/** The texts in a JSON value with the members that lead to them, dotted. It may nest too deeply for recursion. */
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

function onlyOnce(found: readonly FoundToken[]): FoundToken[] {
  const seen = new Set<string>();
  return found.filter(({ token }) => {
    const bare = bareToken(token);
    if (seen.has(bare)) return false;
    seen.add(bare);
    return true;
  });
}

/** What was done to a text before a token was looked for in it. */
interface PastedText {
  readonly text: string;
  /** In words, for people: `invisible characters`. */
  readonly repairs: readonly string[];
}

/** Characters that nobody sees: colours of a terminal, soft hyphens, zero-width ones, marks of direction. */
const invisible =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for
  /\u001b\[[\d;?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]|&(?:shy|zwnj|zwj|ZeroWidthSpace|NoBreak);|<wbr\s*\/?>/g;

/** The dot, the hyphen and the underscore, as JSON, addresses and HTML write what they need not write so. */
const escaped: readonly [RegExp, string][] = [
  [/\\u002e|%(?:25)*2e|&(?:#46|#x2e|period);/gi, '.'],
  [/\\u002d|%(?:25)*2d|&(?:#45|#x2d|hyphen|dash);/gi, '-'],
  [/\\u005f|%(?:25)*5f|&(?:#95|#x5f|lowbar|underbar);/gi, '_'],
];

/** A text without what programs leave in a token, or write its characters as. What is not part of any is left as it is. */
function withoutTraces(text: string): PastedText {
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
