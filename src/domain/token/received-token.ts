import type { DecodedToken } from './decode.ts';

/** How a received access token compares with the request. */
export interface RequestComparison {
  /** What differs, each to follow "it": `is for x, not for y`. */
  readonly differences: readonly string[];
  /** Why it can't be compared: the token can't be read. */
  readonly unreadable: string | undefined;
}

/**
 * Compares what a client can see of an access token with the request: that it is signed, its issuer and its API. A
 * signature that was not checked doesn't count against it.
 */
export function compareWithRequest(
  token: DecodedToken,
  { issuer, audience }: { issuer: string; audience: string },
): RequestComparison {
  const { form, header, claims, signature, inner } = token;
  if (inner) return compareWithRequest(inner, { issuer, audience });
  if (form === 'opaque') return { differences: [], unreadable: 'it is opaque, so only its issuer can read it' };
  if (form === 'jwe' && !claims)
    return { differences: [], unreadable: 'it is encrypted, so only the holder of its key can read it' };
  const { iss, aud } = claims ?? {};
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  const differences = [
    ...(String(header.alg).toLowerCase() === 'none' ? ["is not signed (alg 'none'): anyone could have made it"] : []),
    ...(signature?.state === 'wrong' ? [`has a wrong signature: ${signature.reason}`] : []),
    ...(iss === issuer ? [] : [`has ${iss === undefined ? 'no issuer' : `issuer ${textOf(iss)}`}, not ${issuer}`]),
    ...(audiences.includes(audience)
      ? []
      : [
          `is for ${aud === undefined ? 'no API' : audiences.map(textOf).join(', ').slice(0, 200)}, not for ${audience}`,
        ]),
  ];
  return { differences, unreadable: undefined };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 100) : '(not a string)';
}
