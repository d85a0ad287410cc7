import { basename } from 'node:path';
import { DocumentError } from '../../domain/document/problem.ts';
import { forEdition } from '../../domain/world/for-edition.ts';
import { readWorld, type WrittenWorld } from '../../domain/world/world.ts';
import { AnonError } from '../../errors.ts';
import { type WorldToServe, withPaths } from '../../io/embedded/local-worlds.ts';
import type { EditionName } from '../../wire/edition/edition.ts';
import type { WorldProblem } from '../../wire/tenant-world.ts';
import type { Context } from '../world/context.ts';

/** A world in a file, or in stdin for `-`. @throws {DocumentError} with every problem */
export async function worldIn(context: Context, file: string): Promise<WrittenWorld> {
  const isStdin = file === '-';
  const text = isStdin ? await context.terminal.readStdin() : await context.readFile(file);
  const variables = (name: string) => context.env[name];
  const read = readWorld({ name: isStdin ? 'stdin' : file, text, variables });
  if ('problems' in read) throw new DocumentError(read.problems);
  return { ...read.written, world: withPaths(read.written.world, isStdin ? undefined : file) };
}

/** A world for a new tenant, and what is chosen with it. */
export interface ServedWorld {
  readonly written: WrittenWorld;
  readonly edition: EditionName | undefined;
  readonly serving: WorldToServe;
  /** The first enabled application and the first open API, or else the first ones; undefined where the world has none. */
  readonly values: { readonly app: string | undefined; readonly api: string | undefined };
}

/** The world in a file, for a new tenant in memory. @throws {DocumentError} with every problem */
export async function servedWorld(
  context: Context,
  file: string,
  asked: EditionName | undefined,
): Promise<ServedWorld> {
  const written = await worldIn(context, file);
  const edition = editionFor(written, asked);
  const { apps, apis } = written.world;
  const app = apps.find(({ enabled }) => enabled) ?? apps[0];
  const api = apis.find(({ open }) => open) ?? apis[0];
  const tried = forEdition(written, edition ?? 'preview');
  const serving = { ...tried, refuse: (problems: readonly WorldProblem[]) => refuseProblems(written, problems) };
  return { written, edition, serving, values: { app: app?.clientId ?? app?.reference, api: api?.audience } };
}

/** The e-mail address or id of a user of the world, who is to be logged in. @throws {AnonError} `not_found` */
export function userOfWorld({ written }: ServedWorld, reference: string): string {
  const { users } = written.world;
  const known = users.some(
    ({ email, id }) => email.toLowerCase() === reference.toLowerCase() || `auth0|${id}` === reference,
  );
  if (known) return reference;
  throw new AnonError('not_found', `User '${reference.slice(0, 60)}' not found in ${written.name}.`, {
    hint: `Add to its users: ${reference.includes('@') ? reference.slice(0, 60) : 'their e-mail address'}: {}`,
  });
}

/** What messages call it. */
export function worldName(file: string): string {
  return file === '-' ? 'the world from stdin' : basename(file);
}

/** @throws {DocumentError} where there are any */
export function refuseProblems({ placed }: WrittenWorld, problems: readonly WorldProblem[]): void {
  if (problems.length > 0) throw new DocumentError(placed(problems));
}

/**
 * The edition of a new tenant for a world: `asked` for, or else that of the world.
 * @throws {DocumentError} where the world has another one, or what no tenant of the edition has
 */
export function editionFor(written: WrittenWorld, asked: EditionName | undefined): EditionName | undefined {
  const { edition } = written.world;
  if (asked !== undefined && edition !== undefined && asked !== edition) {
    const message = `This world is for edition ${edition}, and edition ${asked} is asked for.`;
    refuseProblems(written, [{ path: ['edition'], message }]);
  }
  return asked ?? edition;
}
