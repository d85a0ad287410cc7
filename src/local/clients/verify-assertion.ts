import { createPublicKey } from 'node:crypto';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import type { JsonObject } from '../../wire/schema.ts';

// Loaded by import(): few requests need it, and it brings the jose library. It shares no state with the rest.

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

/** The claims of an assertion signed with one of `keys` and that key's own algorithm; undefined for any other. */
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
