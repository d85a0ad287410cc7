import type { EditionName } from '../../wire/edition/edition.ts';
import type { ManagementCredentials } from '../exchange/management/credentials.ts';
/** An application as a profile remembers it. */
export interface SavedApp {
  readonly clientId: string;
  readonly name: string;
}

/** An API as a profile remembers it. */
export interface SavedApi {
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
  readonly app?: SavedApp | undefined;
  readonly api?: SavedApi | undefined;
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
