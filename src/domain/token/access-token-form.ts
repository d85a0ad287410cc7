import type { JsonObject } from '../../wire/schema.ts';
import { sealedSessionTokenHeader, sessionTokenPrefix, sessionTokenType } from '../../wire/session-token-format.ts';
import { type Check, failed, ok, type SignedToken } from './check.ts';
import { readStrictJson } from './strict-json.ts';

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
 * white space and a `Bearer` before it, three parts, each in the one base64url that its bytes have.
 * @see RFC 7515, sections 2, 4.1.11 and 7.1; RFC 4648, section 3.5; RFC 8725, sections 3.10 and 3.11
 */
export function checkForm(input: string): FormChecks {
  const wrong = (check: Check): FormChecks => ({ checks: [check], token: undefined });
  if (input.length > maxLength) return wrong(failed('form', `it is longer than ${maxLength} characters`));
  const text = input.trim().replace(/^bearer\s+/i, '');
  const parts = text.split('.');
  const kind = /\s/.test(text) ? undefined : otherKind(text, parts);
  if (kind) return wrong(failed('kind', kind));
  const problem = formProblem(text, parts);
  if (problem) return wrong(failed('form', problem));
  const [head = new Uint8Array(), payload = new Uint8Array(), signature = new Uint8Array()] = parts.map(bytesOf);
  return checkHeader({ text, payload, signature }, head);
}

/** What is no access token by its looks alone. */
function otherKind(text: string, parts: readonly string[]): string | undefined {
  if (text.startsWith(sessionTokenPrefix)) return sessionToken('by its prefix');
  if (parts.length !== 5) return undefined;
  const header = readStrictJson(bytesOf(parts[0] ?? ''));
  const sealed = 'value' in header && isSealedSession(header.value);
  return sealed ? sessionToken('by its header') : 'it is encrypted (a JWE), and an access token is a signed JWT';
}

function isSealedSession({ alg, enc }: JsonObject): boolean {
  return alg === sealedSessionTokenHeader.alg && enc === sealedSessionTokenHeader.enc;
}

/** What is said of a session token where an access token should be. */
export function sessionToken(how: string): string {
  return `it is a session token ${how}: it renews its session, and no API may take it`;
}

function formProblem(text: string, parts: readonly string[]): string | undefined {
  if (text === '') return 'it is empty';
  if (text.startsWith('{')) return 'it is JSON, not the compact form of parts joined by dots';
  if (/\s/.test(text)) return 'there is white space inside';
  if (parts.length !== 3) return `a signed JWT has 3 parts joined by dots, and this has ${parts.length}`;
  const odd = parts.findIndex((part) => Buffer.from(bytesOf(part)).toString('base64url') !== part);
  return odd === -1 ? undefined : `part ${odd + 1} is not canonical base64url`;
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
