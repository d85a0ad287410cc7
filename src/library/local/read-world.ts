import type { Problem } from '../../domain/document/problem.ts';
import { AnonError } from '../../errors.ts';
import type { WorldToServe } from '../../io/embedded/local-worlds.ts';
import type { EditionName } from '../../wire/edition/edition.ts';
import { checkJson } from '../members.ts';
import type { LocalWorld } from './world.ts';

/** A world for a new tenant. */
export interface WorldToStart {
  readonly edition: EditionName;
  readonly serving: WorldToServe;
  /** By name or client id, and by audience; undefined where the world has none. */
  readonly app: string | undefined;
  readonly api: string | undefined;
}

/** The world in a file, or in an object. @throws {AnonError} `usage` with every problem */
export async function readWorldFor(
  given: string | URL | LocalWorld,
  asked: EditionName | undefined,
): Promise<WorldToStart> {
  const [{ readWorld }, { forEdition }, { filePath, withPaths }] = await Promise.all([
    import('../../domain/world/world.ts'),
    import('../../domain/world/for-edition.ts'),
    import('../../io/embedded/local-worlds.ts'),
  ]);
  const seed = given instanceof URL ? (filePath(given) ?? given) : given;
  const file = typeof seed === 'string' ? seed : undefined;
  const read = readWorld({
    name: file ?? 'seed',
    text: await textOf(seed),
    variables: file === undefined ? undefined : variable,
  });
  if ('problems' in read) throw worldError(read.problems);
  const { world, placed } = read.written;
  const edition = asked ?? world.edition ?? 'preview';
  const refuse: WorldToServe['refuse'] = (problems) => {
    if (problems.length > 0) throw worldError(placed(problems));
  };
  if (world.edition !== undefined && world.edition !== edition) {
    refuse([{ path: ['edition'], message: `This world is for edition ${world.edition}, not ${edition}.` }]);
  }
  const tried = forEdition(read.written, edition);
  const app = world.apps.find(({ enabled }) => enabled) ?? world.apps[0];
  const api = world.apis.find(({ open }) => open) ?? world.apis[0];
  return {
    edition,
    serving: { world: withPaths(tried.world, file), known: tried.known, refuse },
    app: app?.clientId ?? app?.reference,
    api: api?.audience,
  };
}

/** In an object, the caller has put them in; in a file, they stand as for `local seed`. */
function variable(name: string): string | undefined {
  return process.env[name];
}

async function textOf(seed: string | URL | LocalWorld): Promise<string> {
  if (typeof seed === 'string') return (await import('../../io/files/user-file.ts')).readUserFile(seed);
  if (typeof seed !== 'object' || seed === null || seed instanceof URL) {
    throw new AnonError('usage', 'seed must be the path or file: URL of a file, or an object.');
  }
  checkJson('seed', seed);
  return JSON.stringify(seed);
}

/** In one message: a test that fails shows nothing else. */
function worldError(problems: readonly Problem[]): AnonError {
  const lines = problems.map(({ file, line, column, message, hint }) => {
    return `${file}:${line}:${column}: ${message}${hint === undefined ? '' : ` ${hint}`}`;
  });
  return new AnonError('usage', lines.join('\n'));
}
