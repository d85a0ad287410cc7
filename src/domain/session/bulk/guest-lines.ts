import { AnonError } from '../../../errors.ts';
import { isJsonObject, type JsonObject } from '../../../wire/schema.ts';
import { answerMembers, type GuestTokens } from '../request-tokens.ts';
import type { TextLine } from './metadata-lines.ts';

/** Every member that a line may have. */
export const guestLineNames: readonly string[] =
  'n session_token access_token token_type expires_in session_expires_in scope guest error'.split(' ');

/**
 * One of many guests as a line of NDJSON: its number, the members of the service's answer, the guest id where a token shows
 * it, and `error` where the answer has no usable access token. The number comes first, and stays the same however often a
 * run is resumed. `claims` are those of the access token, if they are known already.
 */
export function guestLine(n: number, tokens: GuestTokens, claims?: JsonObject): JsonObject {
  const line: JsonObject = { n, ...answerMembers(tokens) };
  const guest = guestOf(tokens, claims);
  if (guest !== undefined) line.guest = guest;
  if (tokens.problem !== undefined) line.error = tokens.problem;
  return line;
}

/** The guest id in the tokens, unchecked: they came straight from the service. Undefined where they cannot be read. */
function guestOf({ accessToken, sessionToken }: GuestTokens, claims = claimsOf(accessToken)): string | undefined {
  const { sub } = claims;
  const guest = typeof sub === 'string' ? sub : claimsOf(sessionToken).user_id;
  return typeof guest === 'string' ? guest : undefined;
}

function claimsOf(token = ''): JsonObject {
  const payload = token.split('.', 2)[1];
  // An encrypted token has an empty second part. For thousands of guests, an exception each would be the slowest step.
  return payload ? (parse(Buffer.from(payload, 'base64url').toString('utf8')) ?? {}) : {};
}

/** The lines that an earlier run wrote. */
export interface WrittenGuests {
  readonly count: number;
  /** How many of them have no usable access token. */
  readonly failed: number;
  /** Bytes up to the end of the last whole line: what follows was cut off in the middle. */
  readonly endOffset: number;
  has(n: number): boolean;
}

/**
 * Reads the lines of a run of `count` guests that ended early.
 * @throws {AnonError} `usage` when they are from anything else: then nothing may be appended to them
 */
export async function readGuestLines(lines: AsyncIterable<TextLine>, count: number): Promise<WrittenGuests> {
  const seen = new Uint8Array(count + 1);
  const total = { count: 0, failed: 0, endOffset: 0 };
  for await (const { text, whole, endOffset } of lines) {
    if (!whole) break;
    const guest = guestOnLine(text);
    const problem = guest ? conflict(guest.n, count, seen) : 'is not a guest';
    if (!guest || problem !== undefined) throw notResumable(total.count + 1, problem ?? '');
    seen[guest.n] = 1;
    total.count += 1;
    total.failed += guest.failed ? 1 : 0;
    total.endOffset = endOffset;
  }
  return { ...total, has: (n) => seen[n] === 1 };
}

/** Undefined when {@link guestLine} did not write the line, or not all of it. */
function guestOnLine(text: string): { readonly n: number; readonly failed: boolean } | undefined {
  const { n, access_token: access, session_token: session, error } = parse(text) ?? {};
  const failed = typeof error === 'string';
  if (!Number.isSafeInteger(n) || Number(n) < 1) return undefined;
  return typeof access === 'string' || (failed && typeof session === 'string') ? { n: Number(n), failed } : undefined;
}

function conflict(n: number, count: number, seen: Uint8Array): string | undefined {
  if (n > count) return `has guest ${n}, which is more than --count ${count}`;
  return seen[n] ? `repeats guest ${n}` : undefined;
}

function notResumable(line: number, problem: string): AnonError {
  return new AnonError('usage', `Line ${line} of the file to resume ${problem}.`, {
    hint: 'Resume with the file and the --count of the run that ended early. Nothing was changed.',
  });
}

function parse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
