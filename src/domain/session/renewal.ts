/** What is left of a session and of its access token, in milliseconds since 1970. */
export interface SessionEnds {
  /** Undefined: an access token that does not tell. */
  readonly accessEndsAtMs: number | undefined;
  /** Undefined: nobody told. Null: never. */
  readonly sessionEndsAtMs: number | null | undefined;
}

/** How long before its end an access token is renewed, in milliseconds. */
const spareMs = 60_000;

/**
 * When to renew an access token that is had since `nowMs`: a minute before its end, of a short one at half its time,
 * at once where it is over or does not tell. Undefined where the session ends with it, so that no other would be longer.
 */
export function renewalAtMs({ accessEndsAtMs, sessionEndsAtMs }: SessionEnds, nowMs: number): number | undefined {
  if (accessEndsAtMs === undefined) return nowMs;
  // Both are whole seconds, and may be rounded apart.
  if (typeof sessionEndsAtMs === 'number' && accessEndsAtMs >= sessionEndsAtMs - 1500) return undefined;
  const leftMs = Math.max(0, accessEndsAtMs - nowMs);
  // Half of less than two seconds would have the tenant asked more than once a second.
  return nowMs + Math.max(leftMs - spareMs, leftMs / 2, Math.min(leftMs, 1000));
}
