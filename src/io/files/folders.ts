import { userInfo } from 'node:os';
import { join as joined, posix, win32 } from 'node:path';
import { AnonError } from '../../errors.ts';
import { cleanValue, type Env } from '../env.ts';

/** Where this user's files are. */
export interface Folders {
  /** Profiles. */
  readonly config: string;
  /** The local tenant's state, saved sessions, keys. */
  readonly data: string;
}

/** What the folders depend on. */
export interface FolderWorld {
  readonly env: Env;
  readonly platform: NodeJS.Platform;
  /** The home folder in the user database. Throws where the user isn't in it. */
  readonly homeOfUser: () => string;
}

const tool = 'anon-cli';

/**
 * The folders of the platform, in the layout of env-paths: on Linux `~/.config/anon-cli` and `~/.local/share/anon-cli`, or
 * below XDG_*. A relative path counts as not set, as the specification demands: otherwise secrets would be written to
 * whatever folder the command was started in.
 * @throws {AnonError} `usage` where neither a variable nor the user database has a home folder
 * @see https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function userFolders(world: FolderWorld): Folders {
  const { env, platform } = world;
  const { join } = pathsOf(platform);
  const named = (variable: string) => absolute(world, env[variable]);
  const inHome = (...parts: string[]) => join(homeFolder(world), ...parts);
  if (platform === 'win32') {
    return {
      config: join(named('APPDATA') ?? inHome('AppData', 'Roaming'), tool, 'Config'),
      data: join(named('LOCALAPPDATA') ?? inHome('AppData', 'Local'), tool, 'Data'),
    };
  }
  if (platform === 'darwin') {
    return {
      config: inHome('Library', 'Preferences', tool),
      data: inHome('Library', 'Application Support', tool),
    };
  }
  return {
    config: join(named('XDG_CONFIG_HOME') ?? inHome('.config'), tool),
    data: join(named('XDG_DATA_HOME') ?? inHome('.local', 'share'), tool),
  };
}

/** The folders of this process's user. */
export function processFolders(env: Env): Folders {
  return userFolders(processWorld(env));
}

/** The home folder of this process's user. @throws {AnonError} `usage` where there is no home folder */
export function processHome(env: Env): string {
  return homeFolder(processWorld(env));
}

function processWorld(env: Env): FolderWorld {
  return { env, platform: process.platform, homeOfUser: () => userInfo().homedir };
}

/** Home folders that containers and service managers give to users without one. */
const noHome = /^(\/|\/nonexistent|\/dev\/null|\/var\/empty)\/*$/;

/** From the variable, or from the user database where the variable has no real home. */
function homeFolder(world: FolderWorld): string {
  const isWindows = world.platform === 'win32';
  const variable = isWindows ? 'USERPROFILE' : 'HOME';
  const fromVariable = absolute(world, world.env[variable]);
  if (fromVariable !== undefined && !noHome.test(fromVariable)) return fromVariable;
  const fromDatabase = absolute(world, homeInDatabase(world));
  if (fromDatabase !== undefined && !noHome.test(fromDatabase)) return fromDatabase;
  const home = fromVariable ?? fromDatabase;
  if (home !== undefined) return home;
  const others = isWindows ? 'APPDATA and LOCALAPPDATA' : 'XDG_CONFIG_HOME and XDG_DATA_HOME';
  throw new AnonError('usage', `${variable} is not an absolute path, and this user has no home folder.`, {
    hint: `Set ${variable}, or ${others}, to an absolute path.`,
  });
}

function homeInDatabase({ homeOfUser }: FolderWorld): string | undefined {
  try {
    return homeOfUser();
  } catch {
    return undefined;
  }
}

function absolute({ platform }: FolderWorld, raw: string | undefined): string | undefined {
  const path = cleanValue(raw ?? '');
  return pathsOf(platform).isAbsolute(path) ? path : undefined;
}

function pathsOf(platform: NodeJS.Platform) {
  return platform === 'win32' ? win32 : posix;
}

export function localStatePath({ data }: Folders): string {
  return joined(data, 'local-tenant.db');
}
