import type { EditionName } from '../wire/edition/edition.ts';
import type { JsonObject } from '../wire/schema.ts';
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

/** What a client may sign an assertion with. @see management-api, section 1.1 */
export type SigningAlgorithm = 'RS256' | 'RS384' | 'PS256' | 'ES256';

/**
 * How the tool signs in to the Management API, without what is secret of it: the client's secret, its private
 * key (PEM or JWK, as text), or the access token itself. @see RFC 6749, section 4.4, and RFC 7523, section 2.2
 */
export type ManagementCredentials =
  | { readonly kind: 'client_secret'; readonly clientId: string }
  | {
      readonly kind: 'private_key';
      readonly clientId: string;
      readonly alg: SigningAlgorithm;
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

/** An application as a profile remembers it. */
export interface ChosenApp {
  readonly clientId: string;
  readonly name: string;
}

/** An API as a profile remembers it. */
export interface ChosenApi {
  readonly audience: string;
  readonly name: string;
}

/** A tenant the user has told the tool about, and what commands use there when nothing else is said. */
export interface Profile {
  readonly name: string;
  /** The tenant's domain, or for a tenant on this machine its `http://` address. The embedded tenant has none. */
  readonly domain?: string | undefined;
  readonly edition?: EditionName | undefined;
  readonly credentials?: ManagementCredentials | undefined;
  /** Where its secrets are kept; in files when nothing is said. */
  readonly secrets?: SecretPlace | undefined;
  /** A change of its settings has to be agreed to by name. */
  readonly production?: boolean | undefined;
  /** Made up for AUTH0_DOMAIN: no file knows of it. */
  readonly adHoc?: true;
  readonly app?: ChosenApp | undefined;
  readonly api?: ChosenApi | undefined;
}

export interface ProfileStore {
  /** The profile that commands use when none is named. */
  current(): Promise<string>;
  list(): Promise<readonly Profile[]>;
  get(name: string): Promise<Profile | undefined>;
  /** Reads, changes and writes one profile with no other process in between. Returning undefined removes it. */
  change(name: string, change: (profile: Profile | undefined) => Profile | undefined): Promise<void>;
  use(name: string): Promise<void>;
}

/** A guest that another took the place of: where metadata is set once, other metadata takes a new session. */
export interface ReplacedGuest {
  readonly guestId?: string | undefined;
  /** When the next one came, in milliseconds since 1970. */
  readonly untilMs: number;
}

/**
 * A guest session as it is kept, so that the next command needs nothing else. Times are milliseconds since 1970 by this
 * machine's clock, right or wrong, so that what is left needs no question; what is not there was not told. Where the tenant
 * gave no access token it is empty.
 */
export interface RememberedSession {
  readonly sessionToken: string;
  readonly accessToken: string;
  /** Of the access token, where it is not `Bearer`. */
  readonly tokenType?: string | undefined;
  readonly clientId: string;
  readonly audience: string;
  /** As it was asked for: an update asks again. */
  readonly scope?: string | undefined;
  readonly appName?: string | undefined;
  readonly apiName?: string | undefined;
  readonly guestId?: string | undefined;
  /** As last known: another who has the session token may have changed it since. */
  readonly metadata?: JsonObject | undefined;
  readonly createdAtMs?: number | undefined;
  readonly accessEndsAtMs?: number | undefined;
  /** Null for a session that never ends. */
  readonly sessionEndsAtMs?: number | null | undefined;
  /** The guests before this one, the latest first. */
  readonly replaced?: readonly ReplacedGuest[] | undefined;
}

/** The keyring of the operating system, or files that only the user may read. */
export type SecretPlace = 'keyring' | 'file';

/** What of a profile is secret, and the profile's name; of a session its own name behind that. */
export type SecretKey = `${'credentials' | 'management-token' | 'session'}/${string}`;

/** Texts that nobody but the user may read. */
export interface SecretStore {
  get(key: SecretKey): Promise<string | undefined>;
  put(key: SecretKey, value: string): Promise<void>;
  /** Removing what is not there is no error. */
  remove(key: SecretKey): Promise<void>;
}

/** The guest sessions of one profile, by name. */
export interface SessionStore {
  /** In the order of the alphabet. What is listed may be gone when it is asked for. */
  names(): Promise<readonly string[]>;
  /** The name of the session that commands use when none is named, whether there is one or not. */
  current(): Promise<string>;
  use(name: string): Promise<void>;
  get(name: string): Promise<RememberedSession | undefined>;
  put(name: string, session: RememberedSession): Promise<void>;
  /** For whoever has both names alone, and no session by the new one: it has one of them, also when the process is killed. */
  rename(from: string, to: string): Promise<void>;
  /** Forgetting none is no error. */
  forget(name: string): Promise<void>;
  /** Nothing of any session stays. */
  forgetAll(): Promise<void>;
  /** Runs `work` while no other process does the same for this session, so that what it reads is still so when it writes. */
  exclusively<Result>(name: string, work: () => Promise<Result>): Promise<Result>;
}

/** One line of a text file that is read bit by bit. */
export interface TextLine {
  readonly text: string;
  /** False for a last one that nothing ends. */
  readonly whole: boolean;
  /** Bytes from the beginning of the file to the end of this line, with what ends it. */
  readonly endOffset: number;
}

/** A key that a token may be checked against or opened with, and what to call it. */
export interface NamedKey {
  readonly name: string;
  /** A JWK (RFC 7517), private or public. */
  readonly jwk: Readonly<Record<string, unknown>>;
  /** The user gave it to check with: where it fits, that is so whatever use is written on it. */
  readonly anyUse?: true;
}

/** The keys at hand. */
export interface KeyRing {
  /** Keys that a token with this header and issuer may have been signed with; none when the issuer is a stranger. */
  signatureKeys(token: { kid: string | undefined; issuer: string | undefined }): Promise<readonly NamedKey[]>;
  /** Keys that a sealed token may open with. */
  sealKeys(): Promise<readonly NamedKey[]>;
}
