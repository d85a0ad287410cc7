import { isAnonError } from '../../errors.ts';
import type { EditionName } from '../../wire/edition/edition.ts';
import { editionNamed } from '../../wire/edition/editions.ts';
import type { TenantWorld, WorldPath, WorldProblem } from '../../wire/tenant-world.ts';
import { checkGuestTokenLifetime, checkSessionLifetime } from '../lifetime.ts';

/** A world for a tenant of an edition, and its problems that no tenant has to find. */
export interface TriedWorld {
  /** Without settings that the edition does not have, so that the rest can be tried. */
  readonly world: TenantWorld;
  readonly known: readonly WorldProblem[];
}

export function forEdition(
  { world, problems }: { readonly world: TenantWorld; readonly problems: readonly WorldProblem[] },
  name: EditionName,
): TriedWorld {
  const unknownThere = problemsInEdition(world, name);
  if (unknownThere.length === 0) return { world, known: problems };
  const apis = world.apis.map((api) => ({ ...api, tokenLifetimeSeconds: undefined }));
  return { world: { ...world, tenant: {}, apis }, known: [...problems, ...unknownThere] };
}

/** What a tenant of an edition cannot have. */
export function problemsInEdition({ tenant, apis }: TenantWorld, name: EditionName): WorldProblem[] {
  const edition = editionNamed(name);
  const { lifetimeSeconds, tokenFormat, cookie } = tenant;
  const problems: WorldProblem[] = [];
  const check = (path: WorldPath, work: () => void) => {
    try {
      work();
    } catch (error) {
      if (!isAnonError(error)) throw error;
      problems.push({ path, message: error.message });
    }
  };
  if (lifetimeSeconds !== undefined) {
    check(['tenant', 'lifetime'], () => checkSessionLifetime(edition, lifetimeSeconds));
  }
  if (tokenFormat !== undefined && !edition.tokenFormats.includes(tokenFormat)) {
    const message = `Edition ${name} has only the format ${edition.tokenFormats.join(', ')}.`;
    problems.push({ path: ['tenant', 'format'], message });
  }
  if (cookie !== undefined && !edition.hasCookie) {
    problems.push({ path: ['tenant', 'cookie'], message: `Edition ${name} has no cookie.`, hint: 'Leave it out.' });
  }
  for (const { audience, tokenLifetimeSeconds: seconds } of apis) {
    if (seconds === undefined) continue;
    check(['apis', audience, 'token-lifetime'], () => checkGuestTokenLifetime(edition, seconds));
  }
  return problems;
}
