import { base64urlProblem } from '../../jose/base64url.ts';
import { readStrictJson } from '../../jose/json.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { sealedSessionTokenHeader, sessionTokenPrefix, sessionTokenType } from '../../wire/session-token-format.ts';
import { type Check, failed, notChecked, ok, type SignedToken } from './check.ts';

/** What a server takes in all its headers together; no token longer than that arrives anywhere. */
const maxLength = 16_384;

/** `typ` of what may be an access token, in lower case and without `application/`. @see RFC 9068, section 2.1 */
const accessTokenTypes = ['jwt', 'at+jwt'];

/** Header parameters by which a token brings its own key. @see RFC 7515, sections 4.1.2 to 4.1.8 */
const keyParameters = ['jwk', 'jku', 'x5u', 'x5c', 'x5t', 'x5t#S256'];

export interface FormChecks {
  readonly checks: readonly Check[];
  /** Undefined when one of the checks failed. */
  readonly token: SignedToken | undefined;
}

/**
 * Takes a token apart as strictly as its parts are defined, so that there is one way to write it: nothing around it but
 * white space and a `Bearer` before it, three parts, each in the one base64url that its bytes have. A token that only its
 * issuer can read is no bad one: it cannot be checked. With `issued` it is the tenant that called this an access token.
 * @see RFC 7515, sections 2, 4.1.11 and 7.1; RFC 4648, section 3.5; RFC 6750, section 2.1; RFC 8725, sections 3.10 and 3.11
 */
export function checkForm(input: string, issued = false): FormChecks {
  const only = (check: Check): FormChecks => ({ checks: [check], token: undefined });
  if (input.length > maxLength) return only(failed('form', `it is longer than ${maxLength} characters`));
  const text = input.trim().replace(/^bearer\s+/i, '');
  const parts = text.split('.');
  const other = /\s/.test(text) ? undefined : otherKind(text, parts, issued);
  if (other) return only(other);
  const problem = formProblem(text, parts);
  if (problem) return only(failed('form', problem));
  const [head = new Uint8Array(), payload = new Uint8Array(), signature = new Uint8Array()] = parts.map(bytesOf);
  return checkHeader({ text, payload, signature }, head);
}

/** What is no signed JWT by its looks alone: a session token, a sealed one, or one that only its issuer can read. */
function otherKind(text: string, parts: readonly string[], issued: boolean): Check | undefined {
  if (text.startsWith(sessionTokenPrefix)) return failed('kind', sessionToken('by its prefix'));
  const header = readStrictJson(bytesOf(parts[0] ?? ''));
  if ('value' in header) {
    if (parts.length !== 5) return undefined;
    if (isSealedSession(header.value)) return failed('kind', sessionToken('by its header'));
    return notChecked('kind', 'it is encrypted (a JWE): only who holds its key can read and check it');
  }
  return isOpaque(text, parts, issued)
    ? notChecked('form', 'it is opaque, not a JWT: only the tenant that issued it can say whether it is good')
    : undefined;
}

/** Header by header what a sealed session token has, and nothing else: other sealed tokens name their issuer. */
function isSealedSession(header: JsonObject): boolean {
  const { alg, enc } = sealedSessionTokenHeader;
  return header.alg === alg && header.enc === enc && Object.keys(header).length === 2;
}

/** A word of the characters that a bearer token may have. One of letters alone, or a short one, was hardly issued. */
function isOpaque(text: string, parts: readonly string[], issued: boolean): boolean {
  if (!/^[\w.~+/-]+=*$/.test(text) || /^bearer$/i.test(text)) return false;
  return issued || (parts.length < 3 && text.length >= 8 && /[^a-z]/.test(text));
}

/** What is said of a session token where an access token should be. */
export function sessionToken(how: string): string {
  return `it is a session token ${how}: it renews its session, and no API may take it`;
}

function formProblem(text: string, parts: readonly string[]): string | undefined {
  if (text === '') return 'it is empty';
  if (text.startsWith('{')) return 'it is JSON, not the compact form of parts joined by dots';
  const space = text.search(/\s/);
  if (space !== -1) return `there is white space inside, in part ${text.slice(0, space).split('.').length}`;
  if (parts.length !== 3) return `a signed JWT has 3 parts joined by dots, and this has ${parts.length}`;
  const odd = parts.findIndex((part) => Buffer.from(bytesOf(part)).toString('base64url') !== part);
  if (odd === -1) return undefined;
  const where = base64urlProblem(parts[odd] ?? '') ?? 'its last character has bits that no byte has';
  return `part ${odd + 1} is not canonical base64url: ${where}`;
}

function bytesOf(part: string): Uint8Array {
  return Buffer.from(part, 'base64url');
}

function checkHeader(parts: Pick<SignedToken, 'text' | 'payload' | 'signature'>, head: Uint8Array): FormChecks {
  const form = ok('form', 'three parts of canonical base64url');
  const read = readStrictJson(head);
  const problem = 'problem' in read ? `it ${read.problem}` : headerProblem(read.value);
  if ('problem' in read || problem) return { checks: [form, failed('header', problem ?? '')], token: undefined };
  const header = read.value;
  const brought = keyParameters.filter((name) => Object.hasOwn(header, name));
  const fine = brought.length === 0 ? 'no parameter that is unknown' : `${brought.join(', ')} in it: never used`;
  const kind = kindProblem(header.typ);
  const checks = [form, ok('header', fine), kind ? failed('kind', kind) : ok('kind', typeText(header.typ))];
  if (kind) return { checks, token: undefined };
  const { kid } = header;
  return {
    checks,
    token: { ...parts, form: 'jws', header, alg: String(header.alg), kid: typeof kid === 'string' ? kid : undefined },
  };
}

function headerProblem({ alg, kid, crit, b64 }: JsonObject): string | undefined {
  if (typeof alg !== 'string') return "it names no 'alg'";
  if (kid !== undefined && typeof kid !== 'string') return "its 'kid' is not a string";
  if (b64 !== undefined && b64 !== true) return "'b64' is not true: what is signed would not be what is read";
  if (crit === undefined) return undefined;
  const names = Array.isArray(crit) && crit.length > 0 && crit.every((name) => typeof name === 'string');
  return names
    ? `'crit' demands what is not known here: ${crit.join(', ').slice(0, 60)}`
    : "'crit' is not a list of names";
}

function kindProblem(typ: unknown): string | undefined {
  if (typ === undefined) return undefined;
  if (typeof typ !== 'string') return "its 'typ' is not a string";
  const type = typ.toLowerCase().replace(/^application\//, '');
  if (type === sessionTokenType) return sessionToken("by its 'typ'");
  return accessTokenTypes.includes(type) ? undefined : `its 'typ' is ${typ.slice(0, 40)}, not that of an access token`;
}

function typeText(typ: unknown): string {
  return typ === undefined ? "it may be an access token: it has no 'typ'" : `it may be an access token: typ ${typ}`;
}
