import { AnonError } from '../errors.ts';
import type { JsonObject } from '../wire/schema.ts';
import { sessionTokenPrefix } from '../wire/session-token-format.ts';
import { base64urlProblem, characterName } from './base64url.ts';
import { jsonObjectIn } from './json.ts';

/** A token split into its parts. Nothing in them is verified yet. */
export interface TokenParts {
  /** The bare token. */
  readonly text: string;
  readonly form: 'jws' | 'jwe';
  readonly header: JsonObject;
  /** The first part, decoded: the header's JSON text. */
  readonly head: Uint8Array;
  /** The second part of a JWS, decoded; undefined for a JWE. */
  readonly payload: Uint8Array | undefined;
}

/** In characters; far longer than any token that fits in an HTTP header. */
export const maxLength = 1_000_000;

/**
 * Splits a compact JWS (three parts) or JWE (five). White space, a leading `Bearer` and the service's session token
 * prefix are ignored.
 * @see RFC 7515, section 7.1; RFC 7516, section 7.1
 * @throws {AnonError} `token_unacceptable`, which says what is wrong and where, without repeating the token
 */
export function takeApart(input: string): TokenParts {
  if (input.length > maxLength) throw notAToken(`it is longer than ${maxLength} characters`);
  const text = bareToken(input);
  if (text === '') throw notAToken('it is empty');
  if (text.startsWith('{')) throw notAToken('it is JSON; give the token in compact form, parts joined by dots');
  const parts = text.split('.');
  if (parts.length !== 3 && parts.length !== 5) {
    throw notAToken(`a JWT has 3 dot-separated parts, a JWE 5; this has ${parts.length}${nonAsciiIn(text)}`);
  }
  const head = decodePart(parts[0] ?? '', 0);
  const header = readHeader(head);
  const form = parts.length === 3 ? 'jws' : 'jwe';
  const isUnencoded = form === 'jws' && header.b64 === false;
  const bytes = parts.map((part, index) => (isUnencoded && index === 1 ? Buffer.from(part) : decodePart(part, index)));
  if (form === 'jwe' && typeof header.enc !== 'string') throw notAToken("it has 5 parts, but its header has no 'enc'");
  return { text, form, header, head, payload: form === 'jws' ? bytes[1] : undefined };
}

/**
 * The decoded second part of a JWS that begins with `head`, the first part of a JWS that {@link takeApart} accepts and that has
 * no `b64`. Undefined for anything that it would not accept, and for an empty part.
 */
export function payloadAfter(head: string, token: string): Uint8Array | undefined {
  if (!token.startsWith(head) || token.length > maxLength) return undefined;
  const parts = token.split('.');
  const isJws = parts.length === 3 && parts[0] === head;
  const isWhole = isJws && parts.every((part) => part !== '' && base64urlProblem(part) === undefined);
  return isWhole ? Buffer.from(parts[1] ?? '', 'base64url') : undefined;
}

/** The token without white space, a leading `Bearer` and the service's session token prefix. */
export function bareToken(input: string): string {
  const text = input.replace(/^\s*bearer\s+/i, '').replaceAll(/\s+/g, '');
  return text.startsWith(sessionTokenPrefix) ? text.slice(sessionTokenPrefix.length) : text;
}

function decodePart(part: string, index: number): Uint8Array {
  const problem = base64urlProblem(part);
  if (problem === undefined) return Buffer.from(part, 'base64url');
  throw notAToken(`part ${index + 1} is not base64url: ${problem}`);
}

/** A token is often cut by a non-ASCII character: an ellipsis, or a dot of another script. */
function nonAsciiIn(text: string): string {
  const at = text.search(/[^\p{ASCII}]/u);
  return at === -1 ? '' : `; character ${at + 1} is ${characterName(text.codePointAt(at) ?? 0)}`;
}

function readHeader(bytes: Uint8Array): JsonObject {
  const header = jsonObjectIn(bytes);
  if (!header) throw notAToken('its header is not a JSON object');
  if (typeof header.alg !== 'string') throw notAToken("its header has no 'alg'");
  return header;
}

function notAToken(problem: string): AnonError {
  return new AnonError('token_unacceptable', `This is not a token: ${problem}.`);
}
