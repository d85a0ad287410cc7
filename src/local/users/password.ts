import { type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import type { JsonObject } from '../../wire/schema.ts';
import type { Random } from '../random.ts';

/**
 * The cost of a password's hash, 2^14 blocks of 1 KiB: about 40 ms and 16 MiB. OWASP recommends five to eight times as much for
 * production. But this tenant is for development and its state also has the signing keys, while tests log in hundreds of times.
 */
const cost = { log2N: 14, r: 8, p: 1 };
const saltBytes = 16;
const hashBytes = 32;

/** A password's hash with its salt and its cost: `$scrypt$ln=14,r=8,p=1$SALT$HASH`. */
export async function hashPassword(random: Random, password: string): Promise<string> {
  const salt = Buffer.from(random(saltBytes));
  return encode(salt, await derive(password, salt, cost));
}

function encode(salt: Buffer, hash: Buffer): string {
  const { log2N, r, p } = cost;
  return `$scrypt$ln=${log2N},r=${r},p=${p}$${salt.toString('base64url')}$${hash.toString('base64url')}`;
}

/** Compared with where there is no user or no password, so that the time does not reveal who has an account. */
const nobody = encode(Buffer.alloc(saltBytes), Buffer.alloc(hashBytes));

/** Whether it is the password of the user. False, after the same work, for an undefined user and for one without a password. */
export async function isPassword(user: JsonObject | undefined, password: string): Promise<boolean> {
  const known = user && decode(user.password_hash);
  const { hash, salt, ...saved } = known ?? (decode(nobody) as Decoded);
  const isSame = timingSafeEqual(await derive(password, salt, saved), hash);
  return isSame && known !== undefined;
}

interface Cost {
  readonly log2N: number;
  readonly r: number;
  readonly p: number;
}

interface Decoded extends Cost {
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** Undefined for anything that {@link hashPassword} does not write, and for a cost that would stop the tenant. */
function decode(encoded: unknown): Decoded | undefined {
  const [, ln, r, p, salt = '', hash = ''] =
    /^\$scrypt\$ln=(1[0-7]),r=(8),p=([1-5])\$([\w-]{22})\$([\w-]{43})$/.exec(String(encoded)) ?? [];
  if (ln === undefined) return undefined;
  const [saltBuffer, hashBuffer] = [Buffer.from(salt, 'base64url'), Buffer.from(hash, 'base64url')];
  return { log2N: Number(ln), r: Number(r), p: Number(p), salt: saltBuffer, hash: hashBuffer };
}

function derive(password: string, salt: Buffer, { log2N, r, p }: Cost): Promise<Buffer> {
  const N = 2 ** log2N;
  const options: ScryptOptions = { N, r, p, maxmem: 256 * N * r };
  return new Promise((resolve, reject) => {
    // The same letters may be typed as different code points.
    scrypt(password.normalize('NFKC'), salt, hashBytes, options, (error, hash) =>
      error ? reject(error) : resolve(hash),
    );
  });
}

/** @see https://auth0.com/docs/authenticate/database-connections/password-strength */
const classes = [/[a-z]/, /[A-Z]/, /[0-9]/, /[ -/:-@[-`{-~]/];

export const passwordRule =
  'The password must have at least 8 characters, with three of these: lower case letters, upper case letters, digits, special characters.';

/**
 * Why a new password is refused; undefined for a strong one. Assumed: the connection has the policy "good", and no dictionary
 * of common passwords.
 */
export function passwordProblem(password: string): string | undefined {
  if ([...password].length >= 8 && classes.filter((letters) => letters.test(password)).length >= 3) return undefined;
  return passwordRule;
}
