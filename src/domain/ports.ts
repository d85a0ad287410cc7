import type { AssertionAlgorithm } from '../wire/client-assertion.ts';
import type { EditionName } from '../wire/edition/edition.ts';
import type { TenantTime } from './exchange/tenant-time.ts';

/** Time comes in as an argument, so that a test can move it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after `ms` milliseconds; rejects with `interrupted` when the user stops the command. */
  wait(ms: number): Promise<void>;
}

export interface FetchRequest {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string | undefined;
}

/** What is looked at of an answer, all of which is here; a `Response` is one. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Pick<Headers, 'get'>;
  text(): Promise<string>;
}

/**
 * One HTTP exchange, redirects not followed. The embedded tenant's `handle` fits behind it as well as a socket.
 * @throws {UnreachableError} when no whole answer came, with whether the request had gone out
 * @throws {AnonError} `interrupted` when the user stopped the command
 */
export type Fetch = (url: string, request: FetchRequest) => Promise<HttpAnswer>;

/**
 * How the tool signs in to the Management API, without what is secret of it: the client's secret, its private
 * key (PEM or JWK, as text), or the access token itself. @see RFC 6749, section 4.4, and RFC 7523, section 2.2
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

/** A Management API token, whom it was given to and how long it holds. */
export interface KeptToken {
  readonly issuer: string;
  readonly clientId: string;
  readonly audience: string;
  readonly token: string;
  /** Milliseconds since 1970, by this machine's clock. */
  readonly endsAtMs: number;
  /** Its scopes, space-separated, where the tenant told. */
  readonly scope?: string | undefined;
}

/** Keeps one profile's Management API token from one command to the next. */
export interface TokenKeeper {
  get(): Promise<KeptToken | undefined>;
  put(token: KeptToken): Promise<void>;
  remove(): Promise<void>;
}

/** What it takes to get tokens for the Management API. */
export interface ManagementAccess {
  readonly credentials: ManagementCredentials;
  /** Where they come from, and can be given anew: `login` is where they are being given. */
  readonly source: 'profile' | 'environment' | 'login';
  /** What is secret of the credentials, read when it is needed. @throws {AnonError} `not_authorised` when it is gone */
  secret(): Promise<string>;
  /** Undefined where tokens cost nothing, or are not to be written down. */
  readonly keeper: TokenKeeper | undefined;
}

/** A wait before a request is sent again. */
export interface Pause {
  readonly ms: number;
  /** In a few words: `rate limit`. */
  readonly reason: string;
  /** The tenant asked for it, so it may be long: a person is told. */
  readonly asked: boolean;
}

/** How a command waits for a tenant that cannot answer now. */
export interface Patience {
  /** The most that one request waits in all, in milliseconds. */
  readonly maxWaitMs: number;
  /** Waits, and says so where that is wanted; rejects with `interrupted` when the user stops the command. */
  wait(pause: Pause): Promise<void>;
  /** 0 to 1, so that many who were turned away together do not come back together. */
  random(): number;
}

/** A tenant that commands can talk to, whatever stands behind it. */
export interface TenantConnection {
  /** The name of its profile. */
  readonly profile: string;
  /** What a command in a hint needs so that it reaches this tenant too: nothing, or ` --profile NAME`. */
  readonly selection: string;
  /** `https://DOMAIN/`, with the slash. */
  readonly issuer: string;
  /** Where requests go, without a slash at the end. */
  readonly baseUrl: string;
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly time: TenantTime;
  readonly patience: Patience;
  /** Something the user should know, although all goes well. */
  warn(message: string): void;
  /** Undefined when the profile has none: then only what needs no configuration rights works. */
  readonly management: ManagementAccess | undefined;
  /** Undefined until somebody has asked the tenant. */
  readonly edition: EditionName | undefined;
  rememberEdition(edition: EditionName): Promise<void>;
  /** Nothing may be changed there: the Management API is only asked. */
  readonly readOnly?: boolean;
  /** The key that seals this tenant's session tokens, where it is at hand. */
  readonly sessionKey: (() => Promise<Uint8Array>) | undefined;
}

/** One line of a text file that is read bit by bit. */
export interface TextLine {
  readonly text: string;
  /** False for a last one that nothing ends. */
  readonly whole: boolean;
  /** Bytes from the beginning of the file to the end of this line, with what ends it. */
  readonly endOffset: number;
}
