import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LocalTenant } from '../../local/open-tenant.ts';
import type { SavedTokens } from '../../local/worlds/guests.ts';
import type { Seeded, SeedingOptions } from '../../local/worlds/seed-world.ts';
import type { EditionName } from '../../wire/edition/edition.ts';
import type { TenantWorld, WorldAction, WorldGuestTokens, WorldProblem } from '../../wire/tenant-world.ts';
import type { WorkerLimits } from '../actions/action-worker.ts';
import type { LocalPorts } from './ports.ts';
import { newMemoryState } from './state-address.ts';
import { withLocal } from './tenant.ts';

/** Problems of a world that were found without the tenant: then nothing is saved, and those of the tenant are added. */
type KnownProblems = readonly WorldProblem[];

export interface SeedRequest extends Omit<SeedingOptions, 'saved'> {
  readonly world: TenantWorld;
  readonly known: KnownProblems;
  /** Of the tenant, which is created in it if it is new. */
  readonly edition: EditionName | undefined;
  /** The session tokens of guests that are saved on this machine, by name. */
  readonly saved: SavedTokens;
}

/** Where there are problems, nothing was saved. */
export interface SeedResult extends Seeded {
  /** New tokens; none for guests whose saved tokens are still theirs, and none in a dry run. */
  readonly guests: readonly WorldGuestTokens[];
}

/** Puts a world into the local tenant, in one transaction. @throws as `openLocal` */
export async function seedLocal(ports: LocalPorts, request: SeedRequest): Promise<SeedResult> {
  const { world, known, edition, saved, ...options } = request;
  const isTrial = options.dryRun || known.length > 0;
  // A trial run in a tenant that does not exist creates none.
  const tried = isTrial && options.isNew ? { ...ports, state: await newMemoryState() } : ports;
  return withLocal(tried, { edition: options.reset ? undefined : edition }, async (local) => {
    const seeded = await seedOpen(local, { world, known }, { ...options, saved }, ports.actionLimits);
    const isSaved = seeded.problems.length === 0 && !options.dryRun;
    return { ...seeded, guests: isSaved ? await local.issueGuests(world, saved) : [] };
  });
}

/** The same for an open tenant, whose issuer may not be final: without tokens. */
export async function seedOpen(
  local: Pick<LocalTenant, 'seedWorld'>,
  { world, known }: { readonly world: TenantWorld; readonly known: KnownProblems },
  options: SeedingOptions,
  limits: Partial<WorkerLimits> | undefined,
): Promise<Seeded> {
  const problems = [...known, ...(await actionProblems(world.actions, limits))];
  const seeded = await local.seedWorld(world, problems.length === 0 ? options : { ...options, dryRun: true });
  const places = new Set(problems.map(({ path }) => JSON.stringify(path)));
  const others = seeded.problems.filter(({ path }) => !places.has(JSON.stringify(path)));
  return { ...seeded, problems: [...problems, ...others] };
}

/** The path of a `file:` URL; undefined for any other. */
export function filePath(url: URL): string | undefined {
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}

/** A world whose Actions have absolute paths: they start at the folder of its file, or at the working directory. */
export function withPaths(world: TenantWorld, file: string | undefined): TenantWorld {
  const folder = file === undefined ? '' : dirname(file);
  return { ...world, actions: world.actions.map((action) => ({ ...action, file: resolve(folder, action.file) })) };
}

/** A world for a tenant that is being opened; `refuse` throws for its problems. */
export interface WorldToServe {
  readonly world: TenantWorld;
  readonly known: KnownProblems;
  readonly refuse: (problems: readonly WorldProblem[]) => void;
}

/** Puts a world into a new tenant, and returns what makes its guests' tokens once the issuer is final. */
export async function putWorld(
  local: Pick<LocalTenant, 'seedWorld' | 'issueGuests'>,
  { world, known, refuse }: WorldToServe,
  limits: Partial<WorkerLimits> | undefined,
): Promise<() => Promise<readonly WorldGuestTokens[]>> {
  const { problems } = await seedOpen(local, { world, known }, { isNew: true }, limits);
  refuse(problems);
  return () => local.issueGuests(world, {});
}

/** Loads each file, and says why it is not an Action of its trigger. */
async function actionProblems(
  actions: readonly WorldAction[],
  limits: Partial<WorkerLimits> | undefined,
): Promise<WorldProblem[]> {
  if (actions.length === 0) return [];
  const { actionRunner } = await import('../actions/action-runner.ts');
  const runner = actionRunner(limits);
  try {
    const problems: WorldProblem[] = [];
    for (const [all, { trigger, file }] of actions.entries()) {
      const problem = await runner.check(trigger, file);
      const index = actions.slice(0, all).filter((other) => other.trigger === trigger).length;
      if (problem === undefined) continue;
      problems.push({ path: ['actions', trigger, index, 'file'], message: `This is not an Action: ${problem}.` });
    }
    return problems;
  } finally {
    await runner.close();
  }
}
