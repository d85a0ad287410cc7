import { join } from 'node:path';
import type {
  Clock,
  KeyCache,
  KeyRing,
  ManagementAccess,
  Profile,
  ProfileStore,
  SecretPlace,
  SecretStore,
  SessionStore,
  TenantConnection,
} from '../domain/ports.ts';
import type { Folders } from '../io/folders.ts';
import type { KeyringOptions } from '../io/keyring.ts';
import type { LocalControl } from '../io/local-control.ts';
import { localKeyRing } from '../io/local-keys.ts';
import type { LocalPorts } from '../io/local-tenant.ts';
import { patience } from '../io/patience.ts';
import type { Choice } from '../io/picker.ts';
import type { Terminal } from '../io/terminal.ts';
import type { EditionName } from '../wire/edition/edition.ts';
import type { Printing } from './output.ts';
import { secretStores } from './secret-stores.ts';
import type { Transport } from './transport.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/**
 * What a command may touch. What costs something to have is a function, loaded when a command asks for it:
 * one that works offline opens no file and no socket.
 */
export interface Context {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly env: Env;
  readonly printing: Printing;
  /** Aborted by Ctrl-C. Looking at it is what makes Ctrl-C the command's own business. */
  readonly signal: AbortSignal;
  /** Something the user should know, although the command does what it was asked. */
  warn(message: string): void;
  /** The text of a file that the user named. */
  readFile(path: string): Promise<string>;
  /** Asks a person; only where `terminal.interactive`. */
  confirm(question: string): Promise<boolean>;
  /** The same for more than yes or no. */
  readonly prompts: Prompts;
  profiles(): Promise<ProfileStore>;
  sessions(): Promise<SessionStore>;
  /** The secrets that are kept there. */
  secrets(place: SecretPlace): Promise<SecretStore>;
  /** Where new secrets go. */
  secretPlace(): Promise<SecretPlace>;
  connect(
    profile: Profile,
    options: {
      selection: string;
      edition: EditionName | undefined;
      transport: Transport;
      management?: ManagementAccess | undefined;
    },
  ): Promise<TenantConnection>;
  /** The embedded tenant's keys, for decoding offline. */
  localKeys(): Promise<KeyRing>;
  /** The keys that tenants and other issuers published, as they were fetched. */
  keyCache(): Promise<KeyCache>;
  local(): Promise<LocalControl>;
}

/** What a person is asked. What is typed into `secret` is not shown. */
export interface Prompts {
  text(question: string): Promise<string>;
  secret(question: string): Promise<string>;
  /** The value of the choice that was made; the first is the default. */
  choose(question: string, choices: readonly Choice[]): Promise<string>;
  /** The values of those that were chosen, at least one. */
  chooseMany(question: string, choices: readonly Choice[]): Promise<readonly string[]>;
}

/** What a context is made of: the process's own, or a test's. */
export interface World {
  readonly env: Env;
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly signal: () => AbortSignal;
  readonly confirm: (question: string) => Promise<boolean>;
  readonly prompts: Prompts;
  /** How the keyring is asked, where not as usual. */
  readonly keyring?: Partial<KeyringOptions>;
  readonly folders: () => Promise<Folders>;
  /** Profiles are only looked at: not one is changed, and a file of them that cannot be read is left alone. */
  readonly readOnly?: boolean;
}

export function createContext(world: World, warn: (message: string) => void): Context {
  const { clock, env, terminal, readOnly } = world;
  const now = () => clock.now();

  // One lock a kind of file: who holds one may need another meanwhile, never the same again.
  const exclusively =
    (name: 'profiles' | 'sessions' | 'local-tenant') =>
    async <Result>(work: () => Promise<Result>): Promise<Result> => {
      const [{ withLock }, { privateFolder }] = await Promise.all([import('../io/lock.ts'), import('../io/files.ts')]);
      const { data } = await world.folders();
      privateFolder(data);
      return withLock(join(data, `${name}.lock`), clock, work);
    };

  const localPorts = async (): Promise<LocalPorts> => {
    const { localStatePath } = await import('../io/folders.ts');
    return { path: localStatePath(await world.folders()), now, warn, exclusively: exclusively('local-tenant') };
  };

  const { secrets, secretPlace } = secretStores(world, { now, warn });

  const profiles = async (): Promise<ProfileStore> => {
    const { profileStore } = await import('../io/profile-store.ts');
    const folders = await world.folders();
    const kept = () => secrets('file');
    return profileStore({ folders, now, warn, readOnly, secrets: kept, exclusively: exclusively('profiles') });
  };

  const printing: Printing = {};
  const watched = async (tenant: TenantConnection, { debug }: Transport): Promise<TenantConnection> => {
    const { calls } = printing;
    const told = calls ? (await import('./format/calls.ts')).recorded(tenant, calls) : tenant;
    return debug ? (await import('./debug.ts')).debugged(told, (text) => terminal.note(text)) : told;
  };
  const readFile = async (path: string) => (await import('../io/user-file.ts')).readUserFile(path);

  return {
    terminal,
    clock,
    env,
    warn,
    printing,
    get signal() {
      return world.signal();
    },
    readFile,
    confirm: world.confirm,
    prompts: world.prompts,
    profiles,
    secrets,
    secretPlace,
    async sessions() {
      const { sessionStore } = await import('../io/session-store.ts');
      const folders = await world.folders();
      const secretsOf = async (name: string) => {
        if (name === localProfile) return undefined;
        return (await (await profiles()).get(name))?.secrets === 'keyring' ? secrets('keyring') : undefined;
      };
      return sessionStore({ folders, now, warn, secretsOf, exclusively: exclusively('sessions') });
    },
    async connect(profile, { selection, edition, transport, management: given }) {
      const { caFile, maxWaitMs, silent } = transport;
      const waits = patience(maxWaitMs, { clock, terminal, silent });
      const common = { profile: profile.name, selection, clock, patience: waits };
      const { domain } = profile;
      if (domain === undefined) {
        const { connectLocal } = await import('../io/local-tenant.ts');
        return watched(overridden(await connectLocal(await localPorts(), common), edition), transport);
      }
      const [{ connectRemote }, { addressOf }, { managementAccess }] = await Promise.all([
        import('../io/remote-tenant.ts'),
        import('../domain/profile/address.ts'),
        import('./management-access.ts'),
      ]);
      const rememberEdition = async (found: EditionName) => {
        if (profile.adHoc || readOnly) return;
        await (await profiles()).change(profile.name, (before) => before && { ...before, edition: found });
      };
      const kept = () => secrets(profile.secrets ?? 'file');
      const management = given ?? managementAccess({ env, readFile, warn }, profile, kept);
      const remote = connectRemote(
        profile,
        { ...common, ...addressOf(domain), management, rememberEdition },
        { env, signal: world.signal(), caFile },
      );
      return watched(overridden(remote, edition), transport);
    },
    async localKeys() {
      return localKeyRing(async () => (await localPorts()).path, warn);
    },
    async keyCache() {
      return (await import('../io/key-cache.ts')).keyCache({ folders: await world.folders(), now, warn });
    },
    local: async () => (await import('../io/local-control.ts')).localControl(await localPorts()),
  };
}

/** The embedded tenant's profile: what is remembered there is in files, so that starting up takes no keyring. */
const localProfile = 'local';

function overridden(tenant: TenantConnection, edition: EditionName | undefined): TenantConnection {
  return edition ? { ...tenant, edition } : tenant;
}
