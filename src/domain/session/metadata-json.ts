import { AnonError } from '../../errors.ts';
import { duplicateMember } from '../../jose/json.ts';

/** A thousand times what metadata may have. */
const longest = 1 << 20;

/**
 * The JSON value that `text` is. What would silently arrive as something else is refused. `source` is what an error
 * calls it; nothing of the text is repeated but the name of a key.
 * @throws {AnonError} `usage`, `notJson` where it is none
 */
export function readMetadataJson(text: string, source: string, notJson: () => AnonError): unknown {
  if (text.length > longest) throw new AnonError('usage', `${source} is longer than 1 MiB.`);
  const value = parse(text, notJson);
  const twice = duplicateMember(text);
  if (twice !== undefined) throw new AnonError('usage', `${source} ${twice}.`);
  if (!largeNumbersIn(text).some(arrivesAsAnother)) return value;
  throw new AnonError('usage', `${source} has a number that would arrive as another: it is too large.`, {
    hint: 'Write it as text, which keeps every digit.',
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

/** Those numbers of a text that is JSON of which some may be too large: most texts have none. */
function largeNumbersIn(text: string): string[] {
  if (!/\d{16}|\de/i.test(text)) return [];
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g) ?? [];
  return tokens.filter((token) => !token.startsWith('"'));
}

/** Whole numbers are exact up to 2^53, and some beyond; `1e400` is none at all. */
function arrivesAsAnother(number: string): boolean {
  const value = Number(number);
  if (!Number.isFinite(value)) return true;
  return /^-?\d+$/.test(number) && !Number.isSafeInteger(value) && BigInt(number) !== BigInt(value);
}
