/** A key to check or open a token with, and its name for messages. */
export interface NamedKey {
  readonly name: string;
  /** A JWK (RFC 7517), private or public. */
  readonly jwk: Readonly<Record<string, unknown>>;
  /** The user gave this key to check with: it is used whatever `use` or `key_ops` it declares. */
  readonly anyUse?: true;
}

/** The keys that are available on this machine or from the tenant. */
export interface KeyRing {
  /** Keys that may have signed a token with this header and issuer; empty when the issuer is unknown. */
  signatureKeys(token: { kid: string | undefined; issuer: string | undefined }): Promise<readonly NamedKey[]>;
  /** Keys that may decrypt an encrypted token. */
  sealKeys(): Promise<readonly NamedKey[]>;
}
