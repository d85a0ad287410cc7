import { base64urlProblem, readBase64url } from '../../jose/base64url.ts';
import { readStrictJson } from '../../jose/json.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { sealedSessionTokenHeader, sessionTokenPrefix, sessionTokenType } from '../../wire/session-token-format.ts';
import { type Check, failed, notChecked, ok, type SignedToken } from './check.ts';

/** Node's limit for all headers together: a longer token never arrives. */
const maxLength = 16_384;

/** Possible `typ` of an access token, in lower case and without `application/`. @see RFC 9068, section 2.1 */
const accessTokenTypes = ['jwt', 'at+jwt'];

/** Header parameters through which a token brings its own key. @see RFC 7515, sections 4.1.2 to 4.1.8 */
const keyParameters = ['jwk', 'jku', 'x5u', 'x5c', 'x5t', 'x5t#S256'];

export interface FormChecks {
  readonly checks: readonly Check[];
  /** Undefined when one of the checks failed. */
  readonly token: SignedToken | undefined;
}

/**
 * Splits a token strictly, so that only one spelling of it is accepted: only white space around it and `Bearer` before
 * it, three parts, each in canonical base64url. A token that only its issuer can read can't be checked; that doesn't make
 * it invalid. `issued`: a tenant issued it as an access token.
 * @see RFC 7515, sections 2, 4.1.11 and 7.1; RFC 4648, section 3.5; RFC 6750, section 2.1; RFC 8725, sections 3.10 and 3.11
 */
export function checkForm(input: string, issued = false): FormChecks {
  const only = (check: Check): FormChecks => ({ checks: [check], token: undefined });
  if (input.length > maxLength) return only(failed('form', `longer than ${maxLength} characters`));
  const text = input.trim().replace(/^bearer\s+/i, '');
  const parts = text.split('.');
  const other = /\s/.test(text) ? undefined : otherKind(text, parts, issued);
  if (other) return only(other);
  const problem = formProblem(text, parts);
  if (problem) return only(failed('form', problem));
  const [head = new Uint8Array(), payload = new Uint8Array(), signature = new Uint8Array()] = parts.map(bytesOf);
  return checkHeader({ text, payload, signature }, head);
}

/** Recognises what is not a signed JWT: a session token, an encrypted token, or one that only its issuer can read. */
function otherKind(text: string, parts: readonly string[], issued: boolean): Check | undefined {
  if (text.startsWith(sessionTokenPrefix)) return failed('kind', rejectedKind('the prefix is that of a session token'));
  const header = readStrictJson(bytesOf(parts[0] ?? ''));
  if ('value' in header) {
    if (parts.length !== 5) return undefined;
    if (isEncryptedSession(header.value)) return failed('kind', rejectedKind('the header is that of a session token'));
    return notChecked('kind', 'encrypted (JWE): only the holder of its key can read and check it');
  }
  return isOpaque(text, parts, issued)
    ? notChecked('form', 'opaque, not a JWT: only the tenant that issued it can tell whether it is valid')
    : undefined;
}

/** Exactly the header of an encrypted session token. Other encrypted tokens have more members. */
function isEncryptedSession(header: JsonObject): boolean {
  const { alg, enc } = sealedSessionTokenHeader;
  return header.alg === alg && header.enc === enc && Object.keys(header).length === 2;
}

/** A word of the characters of a bearer token. A short word, or one with only letters, is unlikely to be a token. */
function isOpaque(text: string, parts: readonly string[], issued: boolean): boolean {
  if (!/^[\w.~+/-]+=*$/.test(text) || /^bearer$/i.test(text)) return false;
  return issued || (parts.length < 3 && text.length >= 8 && /[^a-z]/.test(text));
}

/** The detail of a failed `kind` check. */
export function rejectedKind(finding: string): string {
  return `${finding}, which an API must reject`;
}

function formProblem(text: string, parts: readonly string[]): string | undefined {
  if (text === '') return 'empty';
  if (text.startsWith('{')) return 'JSON, not a token in compact form (parts joined by dots)';
  const space = text.search(/\s/);
  if (space !== -1) return `white space in part ${text.slice(0, space).split('.').length}`;
  if (parts.length !== 3) return `a signed JWT has 3 dot-separated parts; this has ${parts.length}`;
  const index = parts.findIndex((part) => readBase64url(part) === undefined);
  if (index === -1) return undefined;
  const where = base64urlProblem(parts[index] ?? '') ?? 'its last character has unused bits set';
  return `part ${index + 1} is not canonical base64url: ${where}`;
}

function bytesOf(part: string): Uint8Array {
  return Buffer.from(part, 'base64url');
}

function checkHeader(parts: Pick<SignedToken, 'text' | 'payload' | 'signature'>, head: Uint8Array): FormChecks {
  const form = ok('form', 'three parts of canonical base64url');
  const read = readStrictJson(head);
  const problem = 'problem' in read ? `the header ${read.problem}` : headerProblem(read.value);
  if ('problem' in read || problem) return { checks: [form, failed('header', problem ?? '')], token: undefined };
  const header = read.value;
  const brought = keyParameters.filter((name) => Object.hasOwn(header, name));
  const detail = brought.length === 0 ? 'no unknown critical parameters' : `${brought.join(', ')} ignored`;
  const kind = kindProblem(header.typ);
  const checks = [form, ok('header', detail), kind ? failed('kind', kind) : ok('kind', typeText(header.typ))];
  if (kind) return { checks, token: undefined };
  const { kid } = header;
  return {
    checks,
    token: { ...parts, form: 'jws', header, alg: String(header.alg), kid: typeof kid === 'string' ? kid : undefined },
  };
}

function headerProblem({ alg, kid, crit, b64 }: JsonObject): string | undefined {
  if (typeof alg !== 'string') return "no 'alg'";
  if (kid !== undefined && typeof kid !== 'string') return "'kid' is not a string";
  if (b64 !== undefined && b64 !== true) return "'b64' is not true: what is signed would differ from what is read";
  if (crit === undefined) return undefined;
  const names = Array.isArray(crit) && crit.length > 0 && crit.every((name) => typeof name === 'string');
  return names
    ? `'crit' requires unsupported extensions: ${crit.join(', ').slice(0, 60)}`
    : "'crit' is not a list of names";
}

function kindProblem(typ: unknown): string | undefined {
  if (typ === undefined) return undefined;
  if (typeof typ !== 'string') return "'typ' is not a string";
  const type = typ.toLowerCase().replace(/^application\//, '');
  if (type === sessionTokenType) return rejectedKind("'typ' is that of a session token");
  return accessTokenTypes.includes(type) ? undefined : `typ ${typ.slice(0, 40)} is not that of an access token`;
}

function typeText(typ: unknown): string {
  return typ === undefined ? "may be an access token (no 'typ')" : `may be an access token (typ ${typ})`;
}
