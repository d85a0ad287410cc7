import { createHmac, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { base64urlJson, readBase64url } from '../../jose/base64url.ts';
import type { SessionTokenFormat } from '../../wire/edition/edition.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { SessionTokenClaims } from '../../wire/session-token.ts';
import { sealedSessionTokenHeader, sessionTokenType } from '../../wire/session-token-format.ts';
import { guestAccess } from '../guests/access-token.ts';
import { type ApiForGuests, findApi } from '../guests/gates.ts';
import { nextSession, sessionSettings } from '../guests/session.ts';
import { isRefusal } from '../http/refusal.ts';
import { type Random, randomHex, randomToken } from '../random.ts';
import type { Moment, TenantScope } from '../scope.ts';
import type { TenantKeys } from '../tokens/keys.ts';
import { seal } from '../tokens/sealed-token.ts';

/** A token to make, valid unless one of its members makes it invalid. */
export interface TokenToMint extends Bearer {
  readonly kind: MintedKind;
  /** Of a session token; by default the tenant's. */
  readonly format?: SessionTokenFormat | undefined;
  /** Added last; an undefined one is left out. */
  readonly claims?: JsonObject | undefined;
  readonly header?: JsonObject | undefined;
  readonly expired?: boolean | undefined;
  readonly notYetValid?: boolean | undefined;
  /** Made with the keys of another tenant, under the name of this one's. */
  readonly foreign?: boolean | undefined;
  /** Changed after it was made. */
  readonly tampered?: boolean | undefined;
  /** Of a signed token. HS256: with the public key as the secret, which fools whoever lets the token choose. */
  readonly alg?: 'none' | 'HS256' | undefined;
}

/** Makes a token, without a trace in the tenant. `foreignKeys` makes the keys of another tenant. */
export async function mintToken(
  scope: TenantScope,
  moment: Moment,
  foreignKeys: () => Promise<TenantKeys>,
  wanted: TokenToMint,
): Promise<string> {
  const keys = wanted.foreign ? { ...(await foreignKeys()), kid: moment.keys.kid } : moment.keys;
  const claims = await claimsFor(scope, moment, wanted);
  const token = isSealed(moment, wanted)
    ? sealed(keys, scope.random, moment, claims, wanted)
    : await signed(keys, claims, wanted);
  return wanted.tampered ? changed(token) : token;
}

async function claimsFor(scope: TenantScope, moment: Moment, wanted: TokenToMint): Promise<JsonObject> {
  const { kind, expired, notYetValid, claims: given } = wanted;
  const valid = await validClaims(scope, moment, kind, wanted);
  const late = expired ? expiredClaims(valid, moment) : valid;
  return { ...(notYetValid ? earlyClaims(late, moment) : late), ...given };
}

function isSealed(moment: Moment, { kind, format, alg }: TokenToMint): boolean {
  return kind === 'session_token' && alg === undefined && (format ?? sessionSettings(moment).tokenFormat) === 'jwe';
}

function sealed(
  keys: TenantKeys,
  random: Random,
  { edition }: Moment,
  claims: JsonObject,
  { header }: TokenToMint,
): string {
  const written = base64urlJson({ ...sealedSessionTokenHeader, ...header });
  return `${edition.sessionTokenPrefix}${seal(keys, random, written, claims)}`;
}

async function signed(keys: TenantKeys, claims: JsonObject, { kind, alg, header }: TokenToMint): Promise<string> {
  const typ = kind === 'session_token' ? sessionTokenType : 'JWT';
  const input = `${base64urlJson({ alg: alg ?? 'RS256', typ, kid: keys.kid, ...header })}.${base64urlJson(claims)}`;
  return `${input}.${await signatureOf(input, keys, alg)}`;
}

const rs256 = promisify((input: Buffer, key: KeyObject, done: (error: Error | null, signature: Buffer) => void) =>
  sign('sha256', input, key, done),
);

async function signatureOf(input: string, { privateKey, publicKey }: TenantKeys, alg: TokenToMint['alg']) {
  if (alg === 'none') return '';
  if (alg === undefined) return (await rs256(Buffer.from(input), privateKey)).toString('base64url');
  const secret = publicKey.export({ type: 'spki', format: 'pem' });
  return createHmac('sha256', secret).update(input).digest('base64url');
}

/** One bit of the signature is another, or of what authenticates an encrypted token. */
function changed(token: string): string {
  const start = token.lastIndexOf('.') + 1;
  const bytes = Buffer.from(readBase64url(token.slice(start)) ?? '');
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  return token.slice(0, start) + bytes.toString('base64url');
}

/** The kinds of token that a test may want. */
type MintedKind = 'access_token' | 'session_token' | 'id_token';

/** Who a token is for. */
interface Bearer {
  readonly client: JsonObject;
  readonly audience: string;
}

/** In seconds, as in the service. */
const idTokenLifetimeSeconds = 36_000;

/** How far the times of a token that is not valid now are from now: further than any API tolerates. */
const awaySeconds = 3600;

/** The claims of a new guest's access token or session token, or of a new user's ID token. */
async function validClaims(scope: TenantScope, moment: Moment, kind: MintedKind, bearer: Bearer): Promise<JsonObject> {
  const { random } = scope;
  if (kind === 'id_token') return idTokenClaims(moment, random, bearer);
  const session = nextSession(moment, random, { client_id: '' }, bearer.client, undefined);
  return kind === 'session_token' ? { ...session } : accessClaims(scope, moment, session, bearer);
}

async function accessClaims(
  { store, random }: TenantScope,
  moment: Moment,
  session: SessionTokenClaims,
  { client, audience }: Bearer,
): Promise<JsonObject> {
  const api = await findApi(store, moment, { client_id: '', audience }, client).catch((error): ApiForGuests => {
    if (!isRefusal(error)) throw error;
    // An API that is closed to guests gets tokens too: it is for the API to refuse them.
    const access = { enabled: false, scopes: undefined, tokenLifetimeSeconds: undefined };
    return { audience, name: audience, access, scopes: [], claims: [] };
  });
  return guestAccess(moment, random, { session, api, scope: api.scopes.join(' ') }).claims;
}

function idTokenClaims({ issuer, nowSeconds }: Moment, random: Random, { client }: Bearer): JsonObject {
  return {
    iss: issuer,
    sub: `auth0|${randomHex(random, 12)}`,
    aud: client.client_id,
    iat: nowSeconds,
    exp: nowSeconds + idTokenLifetimeSeconds,
    sid: randomToken(random, 24),
  };
}

/** The same claims an hour after their end. */
function expiredClaims(claims: JsonObject, { edition, nowSeconds }: Moment): JsonObject {
  const exp = nowSeconds - awaySeconds;
  const iat = exp - lifetimeOf(claims);
  // A session token has it too, as the time of its first request.
  const created = 'created_at' in claims && { created_at: edition.writeTime(iat * 1000) };
  return { ...claims, ...created, iat, exp };
}

/** The same claims an hour before their beginning. */
function earlyClaims(claims: JsonObject, { nowSeconds }: Moment): JsonObject {
  const nbf = nowSeconds + awaySeconds;
  return { ...claims, nbf, exp: nbf + lifetimeOf(claims) };
}

/** A session need not have an end. */
function lifetimeOf({ iat, exp }: JsonObject): number {
  return typeof iat === 'number' && typeof exp === 'number' ? exp - iat : awaySeconds;
}
