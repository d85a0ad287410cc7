/**
 * How long a guest session may live, in seconds. 0 stands for "never expires", which the documentation
 * advises against. Assumed: the range, taken from edition `ea` (1 minute to 1 year) with seconds allowed.
 */
export const sessionLifetime = {
  neverSeconds: 0,
  minSeconds: 1,
  maxSeconds: 31_536_000,
  defaultSeconds: 2_592_000,
  /** Below this the documentation warns. */
  shortSeconds: 86_400,
} as const;

/** How long a guest's access token for one API may live, in seconds. Assumed: the range of `token_lifetime`. */
export const guestTokenLifetime = {
  minSeconds: 1,
  maxSeconds: 2_592_000,
  defaultSeconds: 86_400,
} as const;
