/** `local key list` prints an array of these. Times are ISO 8601, in UTC, by the tenant's clock. */
export type LocalKeyResult = {
  /** Of a session key: a fingerprint, which no token shows. */
  readonly kid: string;
  readonly use: 'signing' | 'session';
  readonly state: 'current' | 'previous';
  /** Null: with the tenant. */
  readonly created_at: string | null;
  readonly rotated_at: string | null;
  /** When a previous signing key leaves the JWKS automatically; null: when it is revoked. */
  readonly ends_at: string | null;
};

/** `local key rotate`: the new key, and the one before. */
export type LocalKeyRotateResult = LocalKeyResult & { readonly previous: LocalKeyResult };

/** `local key revoke`. */
export type LocalKeyRevokeResult = {
  readonly kid: string;
  readonly use: 'signing' | 'session';
  readonly revoked: true;
};
