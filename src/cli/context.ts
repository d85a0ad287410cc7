import { join } from 'node:path';
import type { Clock, KeyRing, Profile, ProfileStore, SessionStore, TenantConnection } from '../domain/ports.ts';
import type { Folders } from '../io/folders.ts';
import type { LocalControl } from '../io/local-control.ts';
import { localKeyRing } from '../io/local-keys.ts';
import type { LocalPorts } from '../io/local-tenant.ts';
import type { Choice } from '../io/picker.ts';
import type { Terminal } from '../io/terminal.ts';
import type { EditionName } from '../wire/edition/edition.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/**
 * What a command may touch. What costs something to have is a function, loaded when a command asks for it:
 * one that works offline opens no file and no socket.
 */
export interface Context {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly env: Env;
  /** Aborted by Ctrl-C. Looking at it is what makes Ctrl-C the command's own business. */
  readonly signal: AbortSignal;
  /** Something the user should know, although the command does what it was asked. */
  warn(message: string): void;
  /** The text of a file that the user named. */
  readFile(path: string): Promise<string>;
  /** Asks a person; only where `terminal.interactive`. */
  confirm(question: string): Promise<boolean>;
  /** Asks a person for a line of text; only where `terminal.interactive`. */
  ask(question: string): Promise<string>;
  /** Asks a person to choose one, and gives its value; only where `terminal.interactive`. */
  choose(question: string, choices: readonly Choice[]): Promise<string>;
  /** Asks a person to choose at least one, and gives their values; only where `terminal.interactive`. */
  chooseMany(question: string, choices: readonly Choice[]): Promise<readonly string[]>;
  profiles(): Promise<ProfileStore>;
  sessions(): Promise<SessionStore>;
  connect(
    profile: Profile,
    options: { selection: string; edition: EditionName | undefined },
  ): Promise<TenantConnection>;
  /** The embedded tenant's keys, for decoding offline. */
  localKeys(): Promise<KeyRing>;
  local(): Promise<LocalControl>;
}

/** What a context is made of: the process's own, or a test's. */
export interface World {
  readonly env: Env;
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly signal: () => AbortSignal;
  readonly confirm: (question: string) => Promise<boolean>;
  readonly ask: (question: string) => Promise<string>;
  readonly choose: Context['choose'];
  readonly chooseMany: Context['chooseMany'];
  readonly folders: () => Promise<Folders>;
}

export function createContext(world: World, warn: (message: string) => void): Context {
  const { clock, env, terminal } = world;
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

  const profiles = async (): Promise<ProfileStore> => {
    const { profileStore } = await import('../io/profile-store.ts');
    return profileStore({ folders: await world.folders(), now, warn, exclusively: exclusively('profiles') });
  };

  return {
    terminal,
    clock,
    env,
    warn,
    get signal() {
      return world.signal();
    },
    readFile: async (path) => (await import('../io/user-file.ts')).readUserFile(path),
    confirm: world.confirm,
    ask: world.ask,
    choose: world.choose,
    chooseMany: world.chooseMany,
    profiles,
    async sessions() {
      const { sessionStore } = await import('../io/session-store.ts');
      return sessionStore({ folders: await world.folders(), now, warn, exclusively: exclusively('sessions') });
    },
    async connect(profile, { selection, edition }) {
      const common = { profile: profile.name, selection, clock };
      const { domain } = profile;
      if (domain === undefined) {
        const { connectLocal } = await import('../io/local-tenant.ts');
        return overridden(await connectLocal(await localPorts(), common), edition);
      }
      const [{ connectRemote }, { addressOf }] = await Promise.all([
        import('../io/remote-tenant.ts'),
        import('../domain/profile/address.ts'),
      ]);
      const rememberEdition = async (found: EditionName) =>
        (await profiles()).change(profile.name, (before) => before && { ...before, edition: found });
      const remote = connectRemote(
        profile,
        { ...common, ...addressOf(domain), rememberEdition },
        { env, signal: world.signal() },
      );
      return overridden(remote, edition);
    },
    async localKeys() {
      return localKeyRing(async () => (await localPorts()).path, warn);
    },
    local: async () => (await import('../io/local-control.ts')).localControl(await localPorts()),
  };
}

function overridden(tenant: TenantConnection, edition: EditionName | undefined): TenantConnection {
  return edition ? { ...tenant, edition } : tenant;
}
