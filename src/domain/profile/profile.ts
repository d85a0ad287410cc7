import type { EditionName } from '../../wire/edition/edition.ts';
import type { ManagementCredentials } from '../exchange/management/credentials.ts';

/** A profile's default application. */
export interface SavedApp {
  readonly clientId: string;
  readonly name: string;
}

/** A profile's default API. */
export interface SavedApi {
  readonly audience: string;
  readonly name: string;
}

/** A tenant that the user has set up, with the defaults of commands there. */
export interface Profile {
  readonly name: string;
  /** The tenant's domain, or for a tenant on this machine its `http://` address. The embedded tenant has none. */
  readonly domain?: string | undefined;
  /** The address of the database with the embedded tenant's state, without a password; undefined: a file. */
  readonly database?: string | undefined;
  readonly edition?: EditionName | undefined;
  readonly credentials?: ManagementCredentials | undefined;
  /** Where its secrets are saved; the default is files. */
  readonly secrets?: SecretPlace | undefined;
  /** Changes to its settings must be confirmed with the profile's name. */
  readonly production?: boolean | undefined;
  /** Created for AUTH0_DOMAIN, and not saved in any file. */
  readonly adHoc?: true;
  readonly app?: SavedApp | undefined;
  readonly api?: SavedApi | undefined;
}

export interface ProfileStore {
  /** The profile that commands use by default. */
  current(): Promise<string>;
  list(): Promise<readonly Profile[]>;
  get(name: string): Promise<Profile | undefined>;
  /** Reads, changes and writes one profile atomically across processes. Returning undefined removes it. */
  change(name: string, change: (profile: Profile | undefined) => Profile | undefined): Promise<void>;
  use(name: string): Promise<void>;
}

/** The keyring of the operating system, or files that only the user may read. */
export type SecretPlace = 'keyring' | 'file';

/** The kind of secret and the profile's name; for a session, followed by the session's name. */
export type SecretKey = `${'credentials' | 'management-token' | 'session'}/${string}`;

/** Secrets that only the user may read. */
export interface SecretStore {
  get(key: SecretKey): Promise<string | undefined>;
  put(key: SecretKey, value: string): Promise<void>;
  /** Does nothing when there is no such secret. */
  remove(key: SecretKey): Promise<void>;
}
