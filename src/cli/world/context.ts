import type { Clock } from '../../domain/clock.ts';
import type { TenantConnection } from '../../domain/exchange/connection.ts';
import type { ManagementAccess } from '../../domain/exchange/management/credentials.ts';
import type { Profile, ProfileStore, SecretPlace, SecretStore } from '../../domain/profile/profile.ts';
import type { TextLine } from '../../domain/session/bulk/metadata-lines.ts';
import type { SessionStore } from '../../domain/session/saved-session.ts';
import type { KeyRing } from '../../domain/token/key-source.ts';
import type { KeyCache } from '../../domain/token/served-keys.ts';
import type { LocalControl } from '../../io/embedded/control.ts';
import type { Folders } from '../../io/files/folders.ts';
import type { GuestFile } from '../../io/files/guest-file.ts';
import type { KeyringOptions } from '../../io/store/keyring.ts';
import type { Prompts } from '../../io/terminal/prompt.ts';
import type { Terminal } from '../../io/terminal/terminal.ts';
import type { Timer } from '../../io/timer.ts';
import type { EditionName } from '../../wire/edition/edition.ts';
import type { Printing } from '../output/formats.ts';
import { type Env, environmentOf } from './environment.ts';

/**
 * What a command may touch. What costs something to have is a function, loaded when a command asks for it:
 * one that works offline opens no file and no socket.
 */
export interface Context {
  readonly terminal: Terminal;
  readonly clock: Clock;
  /** Read by the one door: {@link environmentOf}. A variable that is empty may count as not set. */
  readonly env: Env;
  readonly printing: Printing;
  /** Aborted by Ctrl-C. Looking at it is what makes Ctrl-C the command's own business. */
  readonly signal: AbortSignal;
  /** For what is shown while something goes on; nothing depends on it. */
  readonly timer: Timer | undefined;
  /** Something the user should know, although the command does what it was asked. */
  warn(message: string): void;
  /** The text of a file that the user named. */
  readFile(path: string): Promise<string>;
  /** Writes a file that the user named and that is not there yet, for the user alone. */
  writeNewFile(path: string, text: string): Promise<void>;
  /** The same line by line, however long it is. */
  readLines(path: string): AsyncIterable<TextLine>;
  /** A new file for guests, or the one that is there, to go on after its first `endOffset` bytes. */
  guestFile(path: string, endOffset: number | undefined): Promise<GuestFile>;
  /** Runs `work` while no other process does the same for `file`. */
  alone<Result>(file: string, work: () => Promise<Result>): Promise<Result>;
  /** Its bytes, where it may be no text. */
  readBytes(path: string): Promise<Uint8Array>;
  /** Runs `work` while no other process of this user changes settings of the same tenant. */
  changing<Result>(tenant: Pick<TenantConnection, 'issuer'>, work: () => Promise<Result>): Promise<Result>;
  /** Asks a person; only where `terminal.interactive`. */
  confirm(question: string): Promise<boolean>;
  /** The same for more than yes or no. */
  readonly prompts: Prompts;
  profiles(): Promise<ProfileStore>;
  /** A profile with the edition that its tenant speaks, as far as this machine knows: the embedded tenant's state says its own, and a fresh one takes what is asked for. */
  withEdition(profile: Profile, asked?: EditionName): Promise<Profile>;
  /** The guest sessions that are kept of a profile. */
  sessions(profile: Pick<Profile, 'name' | 'domain' | 'secrets'>): Promise<SessionStore>;
  /** The secrets that are kept there, of every profile. */
  secrets(place: SecretPlace): Promise<SecretStore>;
  /** The secrets of one profile, which are for its tenant alone. */
  secretsOf(profile: Pick<Profile, 'name' | 'domain' | 'secrets'>): Promise<SecretStore>;
  /** Where new secrets go. */
  secretPlace(): Promise<SecretPlace>;
  connect(
    profile: Profile,
    options: {
      selection: string;
      edition: EditionName | undefined;
      transport: Transport;
      management?: ManagementAccess | undefined;
      /** Ends what is under way, where Ctrl-C is not to. */
      signal?: AbortSignal;
    },
  ): Promise<TenantConnection>;
  /** The embedded tenant's keys, for decoding offline in `edition`. */
  localKeys(edition: EditionName | undefined): Promise<KeyRing>;
  /** The keys that tenants and other issuers published, as they were fetched. */
  keyCache(): Promise<KeyCache>;
  local(): Promise<LocalControl>;
}

/** What a context is made of: the process's own, or a test's. */
export interface World {
  readonly env: Env;
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly signal: () => AbortSignal;
  readonly confirm: (question: string) => Promise<boolean>;
  readonly prompts: Prompts;
  /** Without one, nothing is shown while something is waited for. */
  readonly timer?: Timer;
  /** Has a function called with what Node.js warns of, which else goes to stderr. */
  readonly nodeWarnings?: (heard: (message: string) => void) => void;
  /** How the keyring is asked, where not as usual. */
  readonly keyring?: Partial<KeyringOptions>;
  readonly folders: () => Promise<Folders>;
  /** Profiles are only looked at: not one is changed, and a file of them that cannot be read is left alone. */
  readonly readOnly?: boolean;
}

/** How a command talks to its tenant, whichever it is. */
export interface Transport {
  /** A file of certificates to trust beside the usual ones. */
  readonly caFile: string | undefined;
  /** The most that one request waits for the tenant. */
  readonly maxWaitMs: number;
  /** The most that one exchange takes, from the connection to the last byte; undefined: the default. */
  readonly timeoutMs: number | undefined;
  /** A person is shown when the tenant keeps a command waiting. */
  readonly spins: boolean;
  /** Every exchange is told on stderr. */
  readonly debug: boolean;
  /** Nothing is said of waits. */
  readonly silent: boolean;
}
