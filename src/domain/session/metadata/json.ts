import { AnonError } from '../../../errors.ts';
import { duplicateMember } from '../../../jose/json.ts';

/** A thousand times the limit of metadata. */
const longest = 1 << 20;

/**
 * Parses JSON, and refuses what would silently arrive as another value. `source` is the text's name in errors; they
 * repeat nothing of it except the name of a key.
 * @throws {AnonError} `usage`; `notJson` makes the error for text that is not JSON
 */
export function readMetadataJson(text: string, source: string, notJson: () => AnonError): unknown {
  if (text.length > longest) throw new AnonError('usage', `${source} is longer than 1 MiB.`);
  const value = parse(text, notJson);
  const twice = duplicateMember(text);
  if (twice !== undefined) throw new AnonError('usage', `${source} ${twice}.`);
  if (!largeNumbersIn(text).some(losesDigits)) return value;
  throw new AnonError('usage', `${source} has a number that is too large: it would arrive as another number.`, {
    hint: 'Write it as text to keep every digit.',
  });
}

function parse(text: string, notJson: () => AnonError): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which may be private.
    throw notJson();
  }
}

/** The numbers in a JSON text, if any of them may be too large: most texts have none. */
function largeNumbersIn(text: string): string[] {
  if (!/\d{16}|\de/i.test(text)) return [];
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g) ?? [];
  return tokens.filter((token) => !token.startsWith('"'));
}

/** Whole numbers are exact up to 2^53, and some beyond; `1e400` is not a number at all. */
function losesDigits(number: string): boolean {
  const value = Number(number);
  if (!Number.isFinite(value)) return true;
  return /^-?\d+$/.test(number) && !Number.isSafeInteger(value) && BigInt(number) !== BigInt(value);
}
