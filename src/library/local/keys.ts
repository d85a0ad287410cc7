/** A key of the tenant, without the key itself. Times are ISO 8601, in UTC, by the tenant's clock. */
export interface TenantKey {
  /** Of a session key: a fingerprint, which no token shows. */
  readonly kid: string;
  /** What it is for: signatures, or the encryption of what only the tenant reads, such as session tokens. */
  readonly use: 'signing' | 'session';
  readonly state: 'current' | 'previous';
  /** When a previous signing key leaves the JWKS automatically; null: when it is revoked. */
  readonly endsAt: string | null;
}

/** The keys of the tenant. */
export interface TenantKeys {
  /** Those whose tokens it accepts, the current ones first. */
  list(): Promise<readonly TenantKey[]>;
  /**
   * Makes a new key, and returns it. Tokens of the key before stay valid: its public key stays in the JWKS until the last of
   * them has ended. Default: `signing`.
   */
  rotate(use?: 'signing' | 'session'): Promise<TenantKey>;
  /** Removes a previous key: its tokens are refused. @throws `not_found`; `usage` for a current key */
  revoke(kid: string): Promise<void>;
}
