import { AnonError } from '../errors.ts';
import type { JsonObject } from '../wire/schema.ts';
import { sessionTokenPrefix } from '../wire/session-token-format.ts';
import { base64urlProblem, characterName } from './base64url.ts';
import { jsonObjectIn } from './json.ts';

/** A token taken apart, nothing of it believed yet. */
export interface TokenParts {
  /** The token alone, without what was around it. */
  readonly text: string;
  readonly form: 'jws' | 'jwe';
  readonly header: JsonObject;
  /** The first part, decoded: the header as it is written. */
  readonly head: Uint8Array;
  /** The second part of a JWS, decoded. A JWE has none that can be read. */
  readonly payload: Uint8Array | undefined;
}

/** Longer than any token that an HTTP header would carry; what is beyond is not a token somebody was given. */
export const maxLength = 1_000_000;

/**
 * Takes a compact JWS (three parts) or JWE (five) apart. White space, a `Bearer` before it and the
 * service's own session-token prefix do not matter.
 * @see RFC 7515, section 7.1; RFC 7516, section 7.1
 * @throws {AnonError} `token_unacceptable`, saying what is wrong where and repeating nothing of the token
 */
export function takeApart(input: string): TokenParts {
  if (input.length > maxLength) throw notAToken(`it has more than ${maxLength} characters`);
  const text = bareToken(input);
  if (text === '') throw notAToken('it is empty');
  if (text.startsWith('{')) throw notAToken('it is JSON; give the token in its compact form, parts joined by dots');
  const parts = text.split('.');
  if (parts.length !== 3 && parts.length !== 5) {
    throw notAToken(`a JWT has 3 parts joined by dots and a JWE 5, and this has ${parts.length}${strangerIn(text)}`);
  }
  const head = decodePart(parts[0] ?? '', 0);
  const header = readHeader(head);
  const form = parts.length === 3 ? 'jws' : 'jwe';
  const asItStands = form === 'jws' && header.b64 === false;
  const bytes = parts.map((part, index) => (asItStands && index === 1 ? Buffer.from(part) : decodePart(part, index)));
  if (form === 'jwe' && typeof header.enc !== 'string')
    throw notAToken("it has 5 parts, but its header names no 'enc'");
  return { text, form, header, head, payload: form === 'jws' ? bytes[1] : undefined };
}

/** The token alone, without white space, a `Bearer` before it and the service's own prefix. */
export function bareToken(input: string): string {
  const text = input.replace(/^\s*bearer\s+/i, '').replaceAll(/\s+/g, '');
  return text.startsWith(sessionTokenPrefix) ? text.slice(sessionTokenPrefix.length) : text;
}

function decodePart(part: string, index: number): Uint8Array {
  const problem = base64urlProblem(part);
  if (problem === undefined) return Buffer.from(part, 'base64url');
  throw notAToken(`its part ${index + 1} is not base64url: ${problem}`);
}

/** A character of another script may be what cuts a token: an ellipsis, a dot that only looks like one. */
function strangerIn(text: string): string {
  const at = text.search(/[^\p{ASCII}]/u);
  return at === -1 ? '' : `; character ${at + 1} is ${characterName(text.codePointAt(at) ?? 0)}`;
}

function readHeader(bytes: Uint8Array): JsonObject {
  const header = jsonObjectIn(bytes);
  if (!header) throw notAToken('its header is not a JSON object');
  if (typeof header.alg !== 'string') throw notAToken("its header names no 'alg'");
  return header;
}

function notAToken(problem: string): AnonError {
  return new AnonError('token_unacceptable', `This is not a token: ${problem}.`);
}
