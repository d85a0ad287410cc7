import type { Clock } from '../../domain/clock.ts';
import type { ConfigRecords } from '../../domain/config/record.ts';
import type { TenantConnection } from '../../domain/exchange/connection.ts';
import type { ManagementAccess } from '../../domain/exchange/management/credentials.ts';
import type { Profile, ProfileStore, SecretPlace, SecretStore } from '../../domain/profile/profile.ts';
import type { TextLine } from '../../domain/session/bulk/metadata-lines.ts';
import type { SessionStore } from '../../domain/session/saved-session.ts';
import type { KeyRing } from '../../domain/token/key-source.ts';
import type { KeyCache } from '../../domain/token/served-keys.ts';
import type { WorkerLimits } from '../../io/actions/action-worker.ts';
import type { LocalCertificates } from '../../io/certificates/local-certificates.ts';
import type { TrustWorld } from '../../io/certificates/trust-store.ts';
import type { Timer } from '../../io/clock.ts';
import type { LocalControl } from '../../io/embedded/control.ts';
import type { LocalServer, ServeOptions } from '../../io/embedded/local-server.ts';
import type { RunningServers } from '../../io/embedded/running-servers.ts';
import type { MemoryState, SavedState, StateAddress } from '../../io/embedded/state-address.ts';
import type { Folders } from '../../io/files/folders.ts';
import type { GuestFile } from '../../io/files/guest-file.ts';
import type { HostPlace } from '../../io/http/host-lookup.ts';
import type { KeyringOptions } from '../../io/store/keyring.ts';
import type { Prompts } from '../../io/terminal/prompt.ts';
import type { Terminal } from '../../io/terminal/terminal.ts';
import type { EditionName } from '../../wire/edition/edition.ts';
import type { Printing } from '../output/formats.ts';
import type { DatabaseText } from './database-state.ts';
import { type Env, environmentOf } from './environment.ts';

/**
 * Everything a command may use. Costly parts are functions and load on demand: an offline command opens no file and no
 * socket.
 */
export interface Context {
  readonly terminal: Terminal;
  readonly clock: Clock;
  /** Checked by {@link environmentOf}. An empty variable may count as not set. */
  readonly env: Env;
  readonly printing: Printing;
  /** How the process ends where the command succeeds. */
  readonly ending: { exitCode: number };
  /** Aborted by Ctrl-C. From the first access on, Ctrl-C no longer ends the process by default. */
  readonly signal: AbortSignal;
  /** Drives progress displays; no result depends on it. */
  readonly timer: Timer | undefined;
  /** Reports something that doesn't make the command fail. */
  warn(message: string): void;
  /** For a command that runs until Ctrl-C: from now on no warning waits for its end, with `--json` neither. */
  warnAtOnce(): void;
  /** A dim line on stderr: what a result is to be read with. */
  aside(message: string): void;
  /** The text of a file that the user named, at most 16 MB by default. */
  readFile(path: string, limitBytes?: number): Promise<string>;
  /** The names in a folder that the user named, sorted; undefined where there is no folder. */
  namesInFolder(path: string): Promise<readonly string[] | undefined>;
  /** Creates a file that the user named, for the user alone. */
  writeNewFile(path: string, text: string): Promise<void>;
  /** Gives a file that was read as `before` another text; refused where it has changed since. */
  replaceFile(path: string, texts: { before: string; text: string }): Promise<void>;
  /** Reads a file of any size line by line. */
  readLines(path: string): AsyncIterable<TextLine>;
  /**
   * A new file for guests, or an existing one to continue after its first `endOffset` bytes. `writers` is how many write to it at
   * the same time.
   */
  guestFile(path: string, endOffset: number | undefined, writers: number): Promise<GuestFile>;
  /** Runs `work` while no other process does so for `file`. */
  alone<Result>(file: string, work: () => Promise<Result>): Promise<Result>;
  /** The bytes of a file that may not be text. */
  readBytes(path: string): Promise<Uint8Array>;
  /** Runs `work` while no other process of this user changes settings of the same tenant. */
  changing<Result>(tenant: Pick<TenantConnection, 'issuer'>, work: () => Promise<Result>): Promise<Result>;
  /** Asks a person; only where `terminal.interactive`. */
  confirm(question: string): Promise<boolean>;
  /** Questions with other answers than yes or no. */
  readonly prompts: Prompts;
  profiles(): Promise<ProfileStore>;
  /**
   * The profile as commands use it. For the local tenant in a database, `database` is the address in use, without a password;
   * where that is another database than the saved one, the profile has no defaults and is not saved.
   * @throws {AnonError} `usage`, `state_unusable` for an invalid address
   */
  asUsed(profile: Profile): Promise<Profile>;
  /**
   * The profile with its tenant's edition, if known. The local tenant's comes from its state's file, or is `asked` for a new
   * one; a database is not asked.
   */
  withEdition(profile: Profile, asked?: EditionName): Promise<Profile>;
  /**
   * The clock that a profile's sessions and tokens are judged by, without a connection: the local tenant's, which is then said
   * on stderr, or this machine's.
   */
  clockOf(profile: Pick<Profile, 'domain' | 'database'>): Promise<Pick<Clock, 'now'>>;
  /** The saved sessions of a profile; for the local tenant, those of its state in `database`. */
  sessions(profile: Pick<Profile, 'name' | 'domain' | 'secrets' | 'database'>): Promise<SessionStore>;
  /** The saved secrets of all profiles in a place. */
  secrets(place: SecretPlace): Promise<SecretStore>;
  /** The secrets of one profile, for its tenant alone. */
  secretsOf(profile: Pick<Profile, 'name' | 'domain' | 'secrets'>): Promise<SecretStore>;
  /** The place for new secrets. */
  secretPlace(): Promise<SecretPlace>;
  connect(
    profile: Profile,
    options: {
      selection: string;
      edition: EditionName | undefined;
      transport: Transport;
      management?: ManagementAccess | undefined;
      /** For the local tenant: replaces the saved choice of its state. */
      database?: DatabaseText | undefined;
      /** For the local tenant: where it is in this process. */
      memory?: MemoryState | undefined;
      /** Replaces the signal of Ctrl-C. */
      signal?: AbortSignal;
      /** For the local tenant: without its faults and limits. */
      faultless?: true;
    },
  ): Promise<TenantConnection>;
  /** The local tenant's keys, for decoding offline in `edition`. */
  localKeys(edition: EditionName | undefined): Promise<KeyRing>;
  /** What `config apply` changed at which tenant. */
  configRecords(): Promise<ConfigRecords>;
  /** Fetched key sets of tenants and other issuers. */
  keyCache(): Promise<KeyCache>;
  /** Where the state of the local tenant is, for the profile `local`. */
  localState(profile: Pick<Profile, 'database'>): Promise<SavedState>;
  /** Where a host name leads; unknown where nobody can look it up. */
  placeOf(host: string, signal: AbortSignal): Promise<HostPlace>;
  /** The certificates of the local tenant. */
  certificates(): Promise<LocalCertificates>;
  /**
   * Runs a command in place of this one: on its terminal, with its signals, in its environment with `changes`. Calls `started` once
   * it runs, and returns the exit code that a shell would show. @throws {AnonError} `command_not_found`, `command_not_runnable`
   */
  runCommand(command: readonly string[], changes: Env, started: () => void): Promise<number>;
  /** The servers of the local tenant that this user runs. */
  servers(): Promise<RunningServers>;
  /** Runs this command line in the background, and waits for what it reports; undefined where it ended before that. */
  startDetached(): Promise<{ readonly report: unknown; readonly log: string }>;
  /** The local tenant; `database` replaces the saved choice of its state. */
  local(database?: DatabaseText): Promise<LocalControl>;
  /** Where its state is then. */
  chosenState(database?: DatabaseText): Promise<SavedState>;
  /** Serves the local tenant in a state: as {@link import('../../io/embedded/server.ts').serveLocal}. */
  serve(state: StateAddress, options: ServeOptions): Promise<LocalServer>;
}

/** What a context is built on: the process, or a test. */
export interface World {
  readonly env: Env;
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly signal: () => AbortSignal;
  readonly confirm: (question: string) => Promise<boolean>;
  readonly prompts: Prompts;
  /** Looks up a host name. */
  readonly placeOf?: (host: string, signal: AbortSignal) => Promise<HostPlace>;
  /** What changes whom this user trusts. */
  readonly trust: () => Promise<TrustWorld>;
  /** Without a timer, waits show nothing. */
  readonly timer?: Timer;
  /** Passes Node's warnings to a function instead of stderr. */
  readonly nodeWarnings?: (heard: (message: string) => void) => void;
  /** How the keyring is accessed, where not by default. */
  readonly keyring?: Partial<KeyringOptions>;
  /** How users' Actions are run, where not by default. */
  readonly actionLimits?: Partial<WorkerLimits>;
  readonly folders: () => Promise<Folders>;
  /** Saves nothing, and leaves unreadable files alone. */
  readonly readOnly?: boolean;
}

/** How a command talks to its tenant. */
export interface Transport {
  /** A file of additional certificates to trust. */
  readonly caFile: string | undefined;
  /** The longest time that a request waits when rate limited. */
  readonly maxWaitMs: number;
  /** The longest time for one exchange, from the connection to the last byte; undefined: the default. */
  readonly timeoutMs: number | undefined;
  /** A spinner shows that the command waits for the tenant. */
  readonly spins: boolean;
  /** Each exchange is a line on stderr. */
  readonly debug: boolean;
  /** Waits show nothing. */
  readonly silent: boolean;
}
