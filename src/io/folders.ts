import { join } from 'node:path';
import envPaths from 'env-paths';

/** Where this user's files are. */
export interface Folders {
  /** What the user decided: profiles. */
  readonly config: string;
  /** What the tool keeps: the local tenant's state, remembered sessions. */
  readonly data: string;
}

/** The folders of the platform: on Linux `~/.config/anon-cli` and `~/.local/share/anon-cli`, or what XDG_* says. */
export function userFolders(): Folders {
  const { config, data } = envPaths('anon-cli', { suffix: '' });
  return { config, data };
}

export function localStatePath({ data }: Folders): string {
  return join(data, 'local-tenant.db');
}
