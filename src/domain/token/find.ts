import { bareToken, takeApart } from './compact.ts';

/** A token in a text, and what the text calls it: `access_token`, `ACCESS_TOKEN`, `Authorization`. */
export interface FoundToken {
  readonly name: string | undefined;
  readonly token: string;
}

/**
 * The tokens in what somebody pasted: one token, however it is wrapped; a JSON answer of a token endpoint; a line of
 * a `.env` file, a header, a curl command, or any text with tokens in it. Each once, in their order.
 * @throws {AnonError} `token_unacceptable` when there is none, saying what is wrong with the text as a token
 */
export function findTokens(text: string): FoundToken[] {
  if (isToken(text)) return [{ name: undefined, token: text }];
  const json = jsonIn(text);
  const found = json === undefined ? inText(text) : stringsOf(json).flatMap(named);
  // It throws: the whole was no token.
  if (found.length === 0) takeApart(text);
  return onlyOnce(found);
}

/** Beyond that a name tells nobody anything. */
const longestName = 120;

function named({ name: path, text }: { name: string; text: string }): FoundToken[] {
  const name = path === '' || path.length > longestName ? undefined : path;
  if (isToken(text)) return [{ name, token: text }];
  return inText(text).map(({ token }) => ({ name, token }));
}

// A JOSE header is a JSON object, whose base64url begins so, with or without white space after the brace. Looked
// for at the start of a word only, so that a long text takes its length and not its square: `%3D` is no part of a word.
const tokenLike = /(?:(?<![\w.-])|(?<=%[\dA-F]{2}))(?:ANONYMOUS_SESSION_)?e[yw][\w-]{6,}\.[\w.-]*/g;

function inText(text: string): FoundToken[] {
  return [...text.matchAll(tokenLike)].flatMap(({ 0: match, index }) => {
    // A sentence may end after it; but a token without a signature ends with a dot too.
    const token = [match, withoutDots(match)].find(isToken);
    return token === undefined ? [] : [{ name: nameBefore(text, index), token }];
  });
}

/** Without those it ends with. A pattern would begin anew at each dot, and there may be a million. */
function withoutDots(text: string): string {
  let end = text.length;
  while (text[end - 1] === '.') end -= 1;
  return text.slice(0, end);
}

/** `NAME=`, `"name": "`, `Name: Bearer `, whatever the quotes. */
function nameBefore(text: string, index: number): string | undefined {
  const before = text.slice(Math.max(0, index - longestName), index);
  return /([A-Za-z_][\w.-]*)\\?["']?\s*[=:]\s*\\?["']?(?:bearer\s+)?$/i.exec(before)?.[1];
}

function isToken(text: string): boolean {
  try {
    takeApart(text);
    return true;
  } catch {
    return false;
  }
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
