import type { AssertionAlgorithm } from '../../../wire/client-assertion.ts';

/**
 * How the tool signs in to the Management API, without the secret part: the client's secret, its private key
 * (PEM or JWK, as text), or the access token itself. @see RFC 6749, section 4.4, and RFC 7523, section 2.2
 */
export type ManagementCredentials =
  | { readonly kind: 'client_secret'; readonly clientId: string }
  | {
      readonly kind: 'private_key';
      readonly clientId: string;
      readonly alg: AssertionAlgorithm;
      readonly keyId?: string | undefined;
    }
  | { readonly kind: 'access_token' };

/** A Management API token as it is saved, with the client and audience it was issued for. */
export interface SavedToken {
  readonly issuer: string;
  readonly clientId: string;
  readonly audience: string;
  readonly token: string;
  /** Milliseconds since 1970, by this machine's clock. */
  readonly endsAtMs: number;
  /** Its scopes, space-separated, if the tenant reported them. */
  readonly scope?: string | undefined;
}

/** Saves one profile's Management API token between commands. */
export interface TokenCache {
  get(): Promise<SavedToken | undefined>;
  put(token: SavedToken): Promise<void>;
  remove(): Promise<void>;
}

/** Everything needed to get tokens for the Management API. */
export interface ManagementAccess {
  readonly credentials: ManagementCredentials;
  /** Where the credentials come from, and where the user can replace them: `login` while they are being entered. */
  readonly source: 'profile' | 'environment' | 'login';
  /** The secret part of the credentials, read when needed. @throws {AnonError} `not_authorised` when it is missing */
  secret(): Promise<string>;
  /** Undefined where tokens cost nothing, or must not be saved. */
  readonly cache: TokenCache | undefined;
}
