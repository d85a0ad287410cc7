import type { DecodedToken } from './decode.ts';

/** Whether an access token that came is the one that was asked for. */
export interface AsAsked {
  /** What of it is not, each in words that go on from "it". None where nothing speaks against it. */
  readonly doubts: readonly string[];
  /** Why nobody can tell: it cannot be read. */
  readonly untold: string | undefined;
}

/**
 * Looks at what a client can see of an access token that it was given: that it is signed, by whom it says it was issued, and
 * for which API. A signature that was not checked is no doubt.
 */
export function asAsked(token: DecodedToken, { issuer, audience }: { issuer: string; audience: string }): AsAsked {
  const { form, header, claims, signature, inner } = token;
  if (inner) return asAsked(inner, { issuer, audience });
  if (form === 'opaque') return { doubts: [], untold: 'it is opaque, and only who issued it can read it' };
  if (form === 'jwe' && !claims) return { doubts: [], untold: 'it is encrypted, and only who has its key can read it' };
  const { iss, aud } = claims ?? {};
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  const doubts = [
    ...(String(header.alg).toLowerCase() === 'none' ? ["is not signed (alg 'none'): anyone could have made it"] : []),
    ...(signature?.state === 'wrong' ? [`has a wrong signature: ${signature.reason}`] : []),
    ...(iss === issuer ? [] : [`names ${iss === undefined ? 'no issuer' : `the issuer ${shown(iss)}`}, not ${issuer}`]),
    ...(audiences.includes(audience)
      ? []
      : [
          `is for ${aud === undefined ? 'no API' : audiences.map(shown).join(', ').slice(0, 200)}, not for ${audience}`,
        ]),
  ];
  return { doubts, untold: undefined };
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 100) : 'that is no text';
}
