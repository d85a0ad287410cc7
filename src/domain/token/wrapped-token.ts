import { maxLength, type TokenParts, takeApart } from '../../jose/compact.ts';
import { jsonObjectIn } from '../../jose/json.ts';

/** A token that begins somewhere in a text, as it is once line breaks and the like are out of it. */
export interface TokenInText {
  readonly token: string;
  /** Where the text goes on behind it. */
  readonly end: number;
  /** What was done to it, but for taking white space out: `padding`. */
  readonly repairs: readonly string[];
}

/** What stands on a line of a wrapped token. */
interface Piece {
  /** As it stands, with padding, the other base64 alphabet and what an address makes of them. */
  readonly text: string;
  readonly end: number;
  /** Nothing but the end of its line, or of what is quoted, stands behind it. */
  readonly clean: boolean;
}

interface Candidate {
  readonly token: string;
  readonly end: number;
  readonly repairs: readonly string[];
  /** Its last part is as long as its algorithm makes it, or shorter; `unknown` where nobody knows how long that is. */
  readonly length: 'whole' | 'short' | 'unknown';
  /** Its contents are a JSON object; undefined of a sealed one. */
  readonly claims: boolean | undefined;
}

/** The lines of what may be a token, as far as they were read. */
interface Lines {
  readonly pieces: readonly Piece[];
  readonly joined: string;
  readonly dots: number;
  /** What was taken out between them. */
  readonly marks: ReadonlySet<string>;
}

/** No token has more lines, and no header; and each of many beginnings may have to be followed. */
const mostLines = { token: 400, header: 12 };

/**
 * The token that begins at `start`. One that is wrapped, behind a header, in a mail, in a shell command, is put together from
 * its lines: to where its algorithm says that it ends, else as long as the lines leave no doubt. What begins anew is
 * another token.
 */
export function tokenAt(text: string, start: number): TokenInText | undefined {
  const marks = new Set<string>();
  const pieces: Piece[] = [];
  let [joined, dots] = ['', 0];
  let best: Candidate | undefined;
  for (let at: number | undefined = start; at !== undefined && pieces.length < mostLines.token; ) {
    const piece = pieceAt(text, at);
    if (!piece || beginsAnew(piece, pieces.at(-1))) break;
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
    // What may be all of it goes on only where its lines are full.
    if ((best && best.length !== 'short' && !isFull(pieces)) || dots > 4) break;
    at = nextLine(text, piece.end, pieces, marks);
  }
  return best;
}

/** Whether the first part is the header of a token: of most texts that look like one it is not. */
function hasHeader(joined: string): boolean {
  const [head = ''] = joined.replace(/^ANONYMOUS_SESSION_/, '').split('.', 1);
  const { text } = inBase64url(head);
  return text !== undefined && jsonObjectIn(Buffer.from(text, 'base64url')) !== undefined;
}

const words = /(?:[\w.+/=-]|%2[BbFf]|%3[Dd])+/y;
const lineEnd = /[ \t]*(?:[\\^`]?[\r\n]|\\[rn]|%0[AaDd]|$|["'`,;)\]}>|<&\\])/y;

/** Undefined also for a word longer than any token, of which no more is read: a pattern runs out of stack on millions. */
function pieceAt(text: string, at: number): Piece | undefined {
  words.lastIndex = 0;
  const [found] = words.exec(text.slice(at, at + maxLength + 1)) ?? [];
  if (found === undefined || found.length > maxLength) return undefined;
  const end = at + found.length;
  lineEnd.lastIndex = end;
  // Of padding nothing is lost, and in quoted-printable it says that the line goes on.
  const line = /[\r\n]/.test(text[end] ?? '') ? found.replace(/=+$/, '') : found;
  return { text: line, end, clean: lineEnd.test(text) };
}

/** From one line to the next: what a shell, a mail, a listing or a program puts between them. */
const lineBreak =
  /(?:(["'])[ \t]*[+&]?)?[ \t]*([\\^`=]?)(?:\r\n?|\n|\\r\\n|\\[rn]|%0[Dd]%0[Aa]|%0[AaDd])(?:[ \t]|\r\n?|\n|\\[nrt]|%0[AaDd9]|%20)*((?:[>|][ \t]*)*(?:\d{1,5}[ \t:|]+(?=[\w.-]+))?)\1/y;
const blanks = /(?:[ \t\u00a0]|%20)+/y;

function nextLine(text: string, end: number, pieces: readonly Piece[], marks: Set<string>): number | undefined {
  lineBreak.lastIndex = end;
  const found = lineBreak.exec(text);
  if (found) {
    const [, quote, mark = '', prefix = ''] = found;
    if (quote !== undefined) marks.add('quotes');
    if (mark !== '') marks.add('marks at the ends of lines');
    if (prefix !== '') marks.add('marks at the beginnings of lines');
    return lineBreak.lastIndex;
  }
  // Blanks within a line are between words, unless the words are those of a token that lost its line breaks.
  if (!hasLength(pieces.at(-1))) return undefined;
  blanks.lastIndex = end;
  return blanks.test(text) ? blanks.lastIndex : undefined;
}

/** Long enough for a line of a token; a short one may end with one of its dots. */
function hasLength(piece: Piece | undefined): boolean {
  return piece !== undefined && (piece.text.length >= 16 || piece.text.endsWith('.'));
}

/** Every line but the last is one of a token, and nothing but that stands on any. */
function isPlausible(pieces: readonly Piece[]): boolean {
  return pieces.slice(0, -1).every((piece) => hasLength(piece)) && pieces.slice(1).every(({ clean }) => clean);
}

/** Whether the last line is as long as the one before, so that what is a token already may go on on the next. */
function isFull(pieces: readonly Piece[]): boolean {
  const [last, before] = [pieces.at(-1), pieces.at(-2)];
  return pieces.length > 1 && last?.clean === true && last.text.length === before?.text.length;
}

/** Whether a line begins another token: with a header, of which a payload that begins a line is told by the dot before it. */
function beginsAnew({ text }: Piece, before: Piece | undefined): boolean {
  if (!before) return false;
  const begin = Buffer.from(text.replace(/^ANONYMOUS_SESSION_/, '').slice(0, 400), 'base64url').toString('latin1');
  if (!before.text.endsWith('.')) return /^\{\s*"(alg|typ|kid|enc|cty|zip|x5t|jku|iss)"\s*:/.test(begin);
  return /^\{[^{}]*"alg"\s*:\s*"[\w+-]{1,20}"/.test(begin);
}

/** What the lines may be together: as they stand, without what is no base64url of the last, in base64url. */
function* candidatesOf({ pieces, joined, dots, marks }: Lines): Generator<Candidate> {
  if (dots < 2) return;
  const end = pieces.at(-1)?.end ?? 0;
  const [strict = ''] = /^[\w.-]+/.exec(joined) ?? [];
  // What stands behind the strict part belongs to the last line, else there is more to it.
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
  // A sentence may end after it; but a token without a signature ends with a dot too.
  const bare = withoutDots(text);
  for (const token of bare === text ? [text] : [text, `${bare}.`, bare]) {
    const parts = partsOf(token);
    if (!parts) continue;
    const claims = parts.payload && jsonObjectIn(parts.payload) !== undefined;
    return yield { token, end: end - (text.length - token.length), repairs, length: lengthOf(parts), claims };
  }
}

/** Without those it ends with. A pattern would begin anew at each dot, and there may be a million. */
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
    // Three parts of a sealed token are not all of it.
    return parts.form === 'jws' && parts.header.enc !== undefined ? undefined : parts;
  } catch {
    return undefined;
  }
}

/** The other alphabet of base64 and its padding, as libraries that know no base64url write it. @see RFC 4648, section 5 */
function inBase64url(joined: string): { text: string | undefined; repairs: string[] } {
  const decoded = joined.replaceAll(/%[\dA-Fa-f]{2}/g, decodeURIComponent);
  const bare = decoded.replaceAll(/=+(?=\.|$)/g, '');
  // A text that has both alphabets is of neither.
  if (bare.includes('=') || (/[+/]/.test(bare) && /[_-]/.test(bare))) return { text: undefined, repairs: [] };
  const text = bare.replaceAll('+', '-').replaceAll('/', '_');
  return {
    text,
    repairs: [...(bare === decoded ? [] : ['padding']), ...(text === bare ? [] : ['the other base64 alphabet'])],
  };
}

/** How long a signature is, in characters: of an algorithm each, of RSA by the size of its key, of ECDSA also in DER. */
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

/** And the tag of a sealed token. @see RFC 7518, section 5.1 */
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
