import { userInfo } from 'node:os';
import { join as joined, posix, win32 } from 'node:path';
import { AnonError } from '../../errors.ts';
import { cleanValue, type Env } from '../env.ts';

/** Where this user's files are. */
export interface Folders {
  /** What the user decided: profiles. */
  readonly config: string;
  /** What the tool keeps: the local tenant's state, saved sessions. */
  readonly data: string;
}

/** What decides where they are. */
export interface FolderWorld {
  readonly env: Env;
  readonly platform: NodeJS.Platform;
  /** The home folder by the user database. It throws where that has no such user. */
  readonly homeOfUser: () => string;
}

const tool = 'anon-cli';

/**
 * The folders of the platform: on Linux `~/.config/anon-cli` and `~/.local/share/anon-cli`, or what XDG_* says. A variable
 * that holds no absolute path counts as not set, as its specification says: else what is secret would land in whatever
 * folder the command was started in.
 * @throws {AnonError} `usage` where neither a variable nor the user database says where home is
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

/** Those of this process, whose variables are `env`. */
export function processFolders(env: Env): Folders {
  return userFolders({ env, platform: process.platform, homeOfUser: () => userInfo().homedir });
}

/** What containers and service managers call the home of a user who has none. */
const noHome = /^(\/|\/nonexistent|\/dev\/null|\/var\/empty)\/*$/;

/** As the variable says, unless that says there is none and the user database knows one. */
function homeFolder(world: FolderWorld): string {
  const isWindows = world.platform === 'win32';
  const variable = isWindows ? 'USERPROFILE' : 'HOME';
  const said = absolute(world, world.env[variable]);
  if (said !== undefined && !noHome.test(said)) return said;
  const known = absolute(world, homeByDatabase(world));
  if (known !== undefined && !noHome.test(known)) return known;
  const home = said ?? known;
  if (home !== undefined) return home;
  const others = isWindows ? 'APPDATA and LOCALAPPDATA' : 'XDG_CONFIG_HOME and XDG_DATA_HOME';
  throw new AnonError('usage', `${variable} holds no absolute path, and this user has no home folder.`, {
    hint: `Set ${variable}, or ${others}, to an absolute path.`,
  });
}

function homeByDatabase({ homeOfUser }: FolderWorld): string | undefined {
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
