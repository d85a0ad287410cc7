import { maxLength, type TokenParts, takeApart } from '../../jose/compact.ts';
import { jsonObjectIn } from '../../jose/json.ts';

/** A token in a text, with line breaks and the like removed. */
export interface TokenInText {
  readonly token: string;
  /** The index after it. */
  readonly end: number;
  /** What was removed or converted, apart from white space: `padding`. */
  readonly repairs: readonly string[];
}

/** One line of a wrapped token. */
interface Piece {
  /** Unconverted: with padding, plain base64 and URL escapes. */
  readonly text: string;
  readonly end: number;
  /** Followed by nothing but the end of its line or of a quotation. */
  readonly clean: boolean;
}

interface Candidate {
  readonly token: string;
  readonly end: number;
  readonly repairs: readonly string[];
  /** Whether its last part has the length that its algorithm makes; `unknown` for other algorithms. */
  readonly length: 'whole' | 'short' | 'unknown';
  /** Whether its contents are a JSON object; undefined for a JWE. */
  readonly claims: boolean | undefined;
}

/** The lines of a possible token that were read so far. */
interface Lines {
  readonly pieces: readonly Piece[];
  readonly joined: string;
  readonly dots: number;
  /** What was removed between the lines. */
  readonly marks: ReadonlySet<string>;
}

/** Limits on lines, because each of many possible beginnings may have to be followed. */
const mostLines = { token: 400, header: 12 };

/**
 * The token that begins at `start`. A wrapped token (in a header, a mail, a shell command) is joined from its lines: up to
 * the length that its algorithm makes, or as long as the lines clearly belong together. A new header begins another token.
 */
export function tokenAt(text: string, start: number): TokenInText | undefined {
  const marks = new Set<string>();
  const pieces: Piece[] = [];
  let [joined, dots] = ['', 0];
  let best: Candidate | undefined;
  for (let at: number | undefined = start; at !== undefined && pieces.length < mostLines.token; ) {
    const piece = pieceAt(text, at);
    if (!piece || beginsToken(piece, pieces.at(-1))) break;
    const wasFull = isFull(pieces);
    const hadHeader = dots > 0;
    pieces.push(piece);
    joined += piece.text;
    dots += piece.text.split('.').length - 1;
    if (dots === 0 && pieces.length === mostLines.header) break;
    if (dots > 0 && !hadHeader && !hasHeader(joined)) break;
    for (const candidate of candidatesOf({ pieces, joined, dots, marks })) {
      const likely = pieces.length === 1 || (candidate.claims !== false && isPlausible(pieces));
      const better = candidate.length === 'whole' || ((!best || wasFull) && best?.length !== 'whole' && likely);
      if (better) best = candidate;
    }
    // A possible end is passed only if the lines are full.
    if ((best && best.length !== 'short' && !isFull(pieces)) || dots > 4) break;
    at = nextLine(text, piece.end, pieces, marks);
  }
  return best;
}

/** Whether the first part is a token's header. Most texts that look like one aren't. */
function hasHeader(joined: string): boolean {
  const [head = ''] = joined.replace(/^ANONYMOUS_SESSION_/, '').split('.', 1);
  const { text } = inBase64url(head);
  return text !== undefined && jsonObjectIn(Buffer.from(text, 'base64url')) !== undefined;
}

const words = /(?:[\w.+/=-]|%2[BbFf]|%3[Dd])+/y;
const lineEnd = /[ \t]*(?:[\\^`]?[\r\n]|\\[rn]|%0[AaDd]|$|["'`,;)\]}>|<&\\])/y;

/** Undefined also for a word longer than any token: a pattern runs out of stack on millions of characters. */
function pieceAt(text: string, at: number): Piece | undefined {
  words.lastIndex = 0;
  const [found] = words.exec(text.slice(at, at + maxLength + 1)) ?? [];
  if (found === undefined || found.length > maxLength) return undefined;
  const end = at + found.length;
  lineEnd.lastIndex = end;
  // At the end of a line '=' is padding, or quoted-printable's mark for a line that continues.
  const line = /[\r\n]/.test(text[end] ?? '') ? found.replace(/=+$/, '') : found;
  return { text: line, end, clean: lineEnd.test(text) };
}

/** What a shell, a mail, a listing or a program puts between two lines. */
const lineBreak =
  /(?:(["'])[ \t]*[+&]?)?[ \t]*([\\^`=]?)(?:\r\n?|\n|\\r\\n|\\[rn]|%0[Dd]%0[Aa]|%0[AaDd])(?:[ \t]|\r\n?|\n|\\[nrt]|%0[AaDd9]|%20)*((?:[>|][ \t]*)*(?:\d{1,5}[ \t:|]+(?=[\w.-]+))?)\1/y;
const blanks = /(?:[ \t\u00a0]|%20)+/y;

function nextLine(text: string, end: number, pieces: readonly Piece[], marks: Set<string>): number | undefined {
  lineBreak.lastIndex = end;
  const found = lineBreak.exec(text);
  if (found) {
    const [, quote, mark = '', prefix = ''] = found;
    if (quote !== undefined) marks.add('quotes');
    if (mark !== '') marks.add('marks at line ends');
    if (prefix !== '') marks.add('marks at line starts');
    return lineBreak.lastIndex;
  }
  // Blanks separate words, unless they replaced the line breaks of a token.
  if (!hasLength(pieces.at(-1))) return undefined;
  blanks.lastIndex = end;
  return blanks.test(text) ? blanks.lastIndex : undefined;
}

/** Whether it is long enough for a line of a token. A short line may end with a dot. */
function hasLength(piece: Piece | undefined): boolean {
  return piece !== undefined && (piece.text.length >= 16 || piece.text.endsWith('.'));
}

/** Whether every line looks like one of a token and has nothing else on it. */
function isPlausible(pieces: readonly Piece[]): boolean {
  return pieces.slice(0, -1).every((piece) => hasLength(piece)) && pieces.slice(1).every(({ clean }) => clean);
}

/** Whether the last line is as long as the one before, so that the token may continue on the next. */
function isFull(pieces: readonly Piece[]): boolean {
  const [last, before] = [pieces.at(-1), pieces.at(-2)];
  return pieces.length > 1 && last?.clean === true && last.text.length === before?.text.length;
}

/** Whether a line begins another token's header. After a line that ends with a dot, it may be a payload instead. */
function beginsToken({ text }: Piece, before: Piece | undefined): boolean {
  if (!before) return false;
  const begin = Buffer.from(text.replace(/^ANONYMOUS_SESSION_/, '').slice(0, 400), 'base64url').toString('latin1');
  if (!before.text.endsWith('.')) return /^\{\s*"(alg|typ|kid|enc|cty|zip|x5t|jku|iss)"\s*:/.test(begin);
  return /^\{[^{}]*"alg"\s*:\s*"[\w+-]{1,20}"/.test(begin);
}

/** What the lines may be together: verbatim, without a last word that isn't base64url, or converted to base64url. */
function* candidatesOf({ pieces, joined, dots, marks }: Lines): Generator<Candidate> {
  if (dots < 2) return;
  const end = pieces.at(-1)?.end ?? 0;
  const [strict = ''] = /^[\w.-]+/.exec(joined) ?? [];
  // The rest after the base64url part must belong to the last line.
  const behind = joined.length - strict.length;
  if (behind <= (pieces.at(-1)?.text.length ?? 0)) {
    const padded = joined.startsWith('=', strict.length);
    yield* tokens(strict, end - behind, [...marks, ...(padded ? ['padding'] : [])]);
  }
  if (behind === 0) return;
  const { text, repairs } = inBase64url(joined);
  if (text !== undefined) yield* tokens(text, end, [...marks, ...repairs]);
}

function* tokens(text: string, end: number, repairs: readonly string[]): Generator<Candidate> {
  // A dot at the end may end a sentence, or a token without a signature.
  const bare = withoutDots(text);
  for (const token of bare === text ? [text] : [text, `${bare}.`, bare]) {
    const parts = partsOf(token);
    if (!parts) continue;
    const claims = parts.payload && jsonObjectIn(parts.payload) !== undefined;
    return yield { token, end: end - (text.length - token.length), repairs, length: lengthOf(parts), claims };
  }
}

/** Without trailing dots. A pattern would take quadratic time on a million dots. */
function withoutDots(text: string): string {
  let end = text.length;
  while (text[end - 1] === '.') end -= 1;
  return text.slice(0, end);
}

function partsOf(token: string): TokenParts | undefined {
  const dots = token.split('.').length - 1;
  if (dots !== 2 && dots !== 4) return undefined;
  try {
    const parts = takeApart(token);
    // A JWS header has no 'enc': these are three of a JWE's five parts.
    return parts.form === 'jws' && parts.header.enc !== undefined ? undefined : parts;
  } catch {
    return undefined;
  }
}

/** Converts plain base64 with padding, as libraries without base64url write it. @see RFC 4648, section 5 */
function inBase64url(joined: string): { text: string | undefined; repairs: string[] } {
  const decoded = joined.replaceAll(/%[\dA-Fa-f]{2}/g, decodeURIComponent);
  const bare = decoded.replaceAll(/=+(?=\.|$)/g, '');
  // A text with both alphabets is in neither.
  if (bare.includes('=') || (/[+/]/.test(bare) && /[_-]/.test(bare))) return { text: undefined, repairs: [] };
  const text = bare.replaceAll('+', '-').replaceAll('/', '_');
  return {
    text,
    repairs: [...(bare === decoded ? [] : ['padding']), ...(text === bare ? [] : ['plain base64'])],
  };
}

/** Lengths of signatures in characters, by algorithm: for RSA by key size, for ECDSA also in DER. */
const signatureLengths: readonly [RegExp, readonly number[]][] = [
  [/^[RP]S\d/, [342, 512, 683, 1366]],
  [/^ES256/, [86, 94, 95, 96]],
  [/^ES384/, [128, 136, 138, 139]],
  [/^ES512/, [176, 183, 184, 186]],
  [/^HS256/, [43]],
  [/^HS384/, [64]],
  [/^HS512/, [86]],
  [/^Ed(DSA|25519)/, [86]],
  [/^none$/i, [0]],
];

/** Lengths of a JWE's tag. @see RFC 7518, section 5.1 */
const tagLengths: readonly [RegExp, readonly number[]][] = [
  [/GCM$|HS256$/, [22]],
  [/HS384$/, [32]],
  [/HS512$/, [43]],
];

function lengthOf({ form, text, header }: TokenParts): Candidate['length'] {
  const [name, table] = form === 'jws' ? [header.alg, signatureLengths] : [header.enc, tagLengths];
  const lengths = table.find(([pattern]) => pattern.test(String(name)))?.[1];
  const length = text.length - text.lastIndexOf('.') - 1;
  if (lengths?.includes(length)) return 'whole';
  return lengths && length < Math.max(...lengths) ? 'short' : 'unknown';
}
