import { AnonError } from '../../errors.ts';
import { checkJson, checkMembers, type Members } from '../members.ts';

/** A token for a test. Without further members, it is valid: a new guest's, or with `id_token` a new user's. */
export interface TokenToMint {
  readonly kind: 'access_token' | 'session_token' | 'id_token';
  /**
   * Replaces claims or adds to them; an undefined one is left out. Examples: `{ aud: "https://other.example" }`,
   * `{ iss: "https://other.example/" }`, `{ scope: "read:orders" }`.
   */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Members of the header, as `claims`. Example: `{ kid: "unknown" }`. */
  readonly header?: Readonly<Record<string, unknown>>;
  /** It ended an hour ago, by the tenant's clock. */
  readonly expired?: boolean;
  /** It begins in an hour: `nbf`. */
  readonly notYetValid?: boolean;
  /** Signed or encrypted with the key of another tenant, under the `kid` of this tenant's. */
  readonly foreign?: boolean;
  /** One bit of its signature was changed, or of what authenticates an encrypted token. */
  readonly tampered?: boolean;
  /** `none`: without a signature. `HS256`: with the public key, as PEM, as the secret. */
  readonly alg?: 'none' | 'HS256';
  /** Of a session token: signed (edition `preview`), or encrypted (default: as the tenant is set). */
  readonly format?: 'jwt' | 'jwe';
}

const members: Members<TokenToMint> = {
  ...{ kind: 'any', claims: 'object', header: 'object', expired: 'boolean', notYetValid: 'boolean' },
  ...{ foreign: 'boolean', tampered: 'boolean', alg: 'any', format: 'any' },
};

const kinds = ['access_token', 'session_token', 'id_token'];
const algorithms = ['none', 'HS256'];
const formats = ['jwt', 'jwe'];

/** @throws {AnonError} `usage`, or `edition_unsupported` for a signed session token in edition `ea` */
export function checkMint(token: TokenToMint, edition: 'preview' | 'ea'): void {
  checkMembers('mint', token, members);
  const { kind, alg, format, tampered, claims = {}, header = {} } = token;
  checkJson('claims', claims);
  checkJson('header', header);
  if (!kinds.includes(kind)) throw new AnonError('usage', `mint needs a kind: ${kinds.join(', ')}.`);
  if (alg !== undefined && !algorithms.includes(alg)) {
    throw new AnonError('usage', `alg must be ${algorithms.join(' or ')}. Without it, the token is signed with RS256.`);
  }
  if (tampered && alg === 'none')
    throw new AnonError('usage', 'Without a signature (alg none), tampered changes nothing.');
  if (format !== undefined && !formats.includes(format)) {
    throw new AnonError('usage', `format must be ${formats.join(' or ')}.`);
  }
  // The claim would win: the token would be valid, and a test of what must refuse it would say nothing.
  for (const [member, claim] of [
    ['expired', 'exp'],
    ['notYetValid', 'nbf'],
  ] as const) {
    if (!token[member] || !Object.hasOwn(claims, claim)) continue;
    throw new AnonError('usage', `${member} sets the claim ${claim}: leave one of them out.`);
  }
  if (kind !== 'session_token') {
    if (format !== undefined) throw new AnonError('usage', 'format is for session tokens.');
    return;
  }
  if (alg !== undefined && format === 'jwe') throw new AnonError('usage', 'alg is for signed tokens: format jwt.');
  if (edition === 'ea' && (alg !== undefined || format === 'jwt')) {
    throw new AnonError('edition_unsupported', 'Edition ea has no signed session tokens.', {
      hint: 'Leave format and alg out, or start the tenant with edition preview.',
    });
  }
}
