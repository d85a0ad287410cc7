import { createHash, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import type { AssertionAlgorithm } from '../../wire/client-assertion.ts';
import type { AuthenticationMethods, PublicKeyCredential } from '../../wire/client-credential.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { managementRefusal, type Refusal } from '../http/refusal.ts';
import { type Random, randomName } from '../random.ts';
import type { StoreReader } from '../store/store.ts';

const minimumModulusBits = 2048;

/** The document of a public key that an application registers. @throws {Refusal} 400 */
export function newCredential(
  { random, now, clientId }: { random: Random; now: Date; clientId: string },
  body: PublicKeyCredential,
): JsonObject {
  const alg = body.alg ?? 'RS256';
  const key = readPublicKey(body.pem, alg);
  const expiresAt = body.parse_expiry_from_cert ? certificateExpiry(body.pem) : body.expires_at;
  const spki = key.export({ type: 'spki', format: 'der' });
  return {
    id: `cred_${randomName(random, 22)}`,
    client_id: clientId,
    name: body.name ?? '',
    kid: body.kid ?? createHash('sha256').update(spki).digest('base64url'),
    alg,
    credential_type: body.credential_type,
    pem: key.export({ type: 'spki', format: 'pem' }),
    created_at: now.toISOString(),
    updated_at: now.toISOString(),
    ...(expiresAt !== undefined && { expires_at: new Date(expiresAt).toISOString() }),
  };
}

/** A credential as the service returns it: without its key and its application. */
export function shownCredential({ pem: _, client_id: __, ...shown }: JsonObject): JsonObject {
  return shown;
}

/** The keys that an application may authenticate with: those both registered and enabled. */
export async function credentialsOf(store: StoreReader, client: JsonObject): Promise<JsonObject[]> {
  const named = await Promise.all(namedCredentials(client).map((id) => store.get('client_credential', id)));
  return named.flatMap((credential) => (credential?.client_id === client.client_id && credential ? [credential] : []));
}

/** The ids of the credentials that an application has enabled, including those that do not exist. */
export function namedCredentials(client: JsonObject): string[] {
  const methods = client.client_authentication_methods as Partial<AuthenticationMethods> | undefined;
  return methods?.private_key_jwt?.credentials.map(({ id }) => id) ?? [];
}

/** The application without a credential among its enabled ones. */
export function withoutCredential(client: JsonObject, removed: string): JsonObject {
  const credentials = namedCredentials(client).filter((id) => id !== removed);
  return {
    ...client,
    client_authentication_methods: { private_key_jwt: { credentials: credentials.map(asReference) } },
  };
}

/** A credential as an application refers to it. */
export function asReference(id: unknown): { id: string } {
  return { id: String(id) };
}

export function isExpired({ expires_at }: JsonObject, nowSeconds: number): boolean {
  return typeof expires_at === 'string' && Date.parse(expires_at) <= nowSeconds * 1000;
}

/** Reads a public key or a certificate. Node.js would accept a private key too, which must never be sent. */
function readPublicKey(pem: string, alg: AssertionAlgorithm): KeyObject {
  if (/PRIVATE KEY/.test(pem)) throw refusal('pem must be a public key, not a private one.');
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    throw refusal('pem is not a public key or certificate in PEM format.');
  }
  if (!suits(key, alg)) throw refusal(`pem is not a key for ${alg}.`);
  return key;
}

function suits({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject, alg: AssertionAlgorithm): boolean {
  if (alg === 'ES256') return asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1';
  return asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= minimumModulusBits;
}

function certificateExpiry(pem: string): string {
  try {
    return new X509Certificate(pem).validTo;
  } catch {
    throw refusal('pem is no certificate to read an expiry from.');
  }
}

/** Assumed: all wording. */
function refusal(problem: string): Refusal {
  return managementRefusal(400, problem, 'invalid_body');
}

interface Expectations {
  readonly clientId: string;
  readonly audience: string[];
  readonly now: Date;
  readonly toleranceSeconds: number;
}

interface AssertionClaims {
  readonly jti: string;
  readonly exp: number;
  readonly iat: number | undefined;
}

/**
 * The claims of an assertion signed with one of `keys` and that key's own algorithm; undefined for any other. Use it with
 * import(): it loads the jose library, and few requests need it.
 */
export async function verifyAssertion(
  jwt: string,
  keys: readonly JsonObject[],
  expected: Expectations,
): Promise<AssertionClaims | undefined> {
  const kid = kidOf(jwt);
  for (const { pem, alg } of keys.filter((key) => kid === undefined || key.kid === kid)) {
    try {
      const { payload } = await jwtVerify(jwt, createPublicKey(String(pem)), {
        algorithms: [String(alg)],
        issuer: expected.clientId,
        subject: expected.clientId,
        audience: expected.audience,
        currentDate: expected.now,
        clockTolerance: expected.toleranceSeconds,
        requiredClaims: ['exp', 'jti'],
      });
      const { jti, exp, iat } = payload;
      if (typeof jti === 'string' && jti !== '' && exp !== undefined) return { jti, exp, iat };
    } catch {
      // Another key's, or not meant for this tenant.
    }
  }
  return undefined;
}

function kidOf(jwt: string): string | undefined {
  try {
    return decodeProtectedHeader(jwt).kid;
  } catch {
    return undefined;
  }
}
