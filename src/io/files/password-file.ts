import { readFileSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import type { PostgresAddress } from '../../domain/profile/database-address.ts';
import type { Env } from '../env.ts';
import { codeOf, reasonOf } from './files.ts';

/** The files that were warned about. */
const warned = new Set<string>();

/** What a line of a password file is for. */
export type Login = Pick<PostgresAddress, 'host' | 'port' | 'database' | 'user'>;

/**
 * The password in libpq's password file: the one that PGPASSFILE names, or else `~/.pgpass`. A file that other users may
 * read is ignored with a warning, as libpq does; each file causes one warning.
 * @see https://www.postgresql.org/docs/current/libpq-pgpass.html
 */
export function passwordFor(login: Login, env: Env, warn: (message: string) => void): string | undefined {
  const named = env.PGPASSFILE || undefined;
  const path = named ?? defaultPath(env);
  if (path === undefined) return undefined;
  const warnOnce = (problem: string) => {
    if (!warned.has(path)) warn(`The password file ${path} ${problem}.`);
    warned.add(path);
  };
  try {
    const problem = problemOf(statSync(path));
    if (problem === undefined) return passwordIn(readFileSync(path, 'utf8'), login);
    warnOnce(`is ignored: ${problem}`);
  } catch (error) {
    // Few users have the default file.
    if (named !== undefined || codeOf(error) !== 'ENOENT') {
      warnOnce(`cannot be read: ${reasonOf(error)}`);
    }
  }
  return undefined;
}

function defaultPath({ HOME, APPDATA }: Env): string | undefined {
  if (process.platform === 'win32') return APPDATA ? join(APPDATA, 'postgresql', 'pgpass.conf') : undefined;
  return HOME ? join(HOME, '.pgpass') : undefined;
}

/** Windows has no modes. */
function problemOf(status: Stats): string | undefined {
  if (!status.isFile()) return 'it is not a regular file';
  const mode = status.mode & 0o777;
  if (process.platform === 'win32' || (mode & 0o077) === 0) return undefined;
  return `other users may access it (mode 0${mode.toString(8)}; expected 0600)`;
}

/** The folders of Unix sockets that a line for `localhost` is for. */
const defaultSockets = ['/var/run/postgresql', '/run/postgresql', '/tmp'];

/** The password in the first line that fits: `host:port:database:user:password`, where `*` fits everything. */
export function passwordIn(text: string, { host, port, database, user }: Login): string | undefined {
  const hosts = defaultSockets.includes(host) ? [host, 'localhost'] : [host];
  const wanted = [hosts, [String(port)], [database], [user]];
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('#')) continue;
    const fields = fieldsOf(line);
    const [password] = fields.slice(wanted.length);
    if (password === undefined) continue;
    const fits = wanted.every((values, index) => {
      const field = fields[index] ?? '';
      return field === '*' || values.includes(unescaped(field));
    });
    if (fits) return unescaped(password) || undefined;
  }
  return undefined;
}

/** A colon or a backslash inside a field has a backslash before it. */
function fieldsOf(line: string): string[] {
  return line.match(/(?:^|(?<=:))(?:\\.|[^:\\]|\\$)*(?=:|$)/gs) ?? [];
}

function unescaped(field: string): string {
  return field.replaceAll(/\\(.)/gs, '$1');
}
