/** The key set that a server published, as it was fetched. */
export interface KeptKeys {
  readonly url: string;
  /** Milliseconds since 1970. */
  readonly fetchedAtMs: number;
  readonly freshForSeconds: number;
  /** A token named a key that was not among them when they had just been fetched. */
  readonly missedOne?: boolean | undefined;
  /** JWKs (RFC 7517). */
  readonly keys: readonly Readonly<Record<string, unknown>>[];
}

/** Keeps published key sets from one command to the next. */
export interface KeyCache {
  get(url: string): Promise<KeptKeys | undefined>;
  put(kept: KeptKeys): Promise<void>;
}
