import { resourceServerPath } from '../../wire/resource-server.ts';
import { noContent } from '../../wire/schema.ts';
import { type Plan, plannedDelete } from '../plan/plan.ts';
import { shellWord } from '../shell-word.ts';
import type { ApiWithGrants } from './api.ts';
import { grantChanges } from './guest-grants.ts';

/** Plans to delete an API; the tenant deletes its guest grants with it. One of the tenant's own is none that `findApi` finds. */
export function planApiDeletion(api: ApiWithGrants): Plan<ApiWithGrants> {
  const write = plannedDelete(
    { path: resourceServerPath(api.id), subject: `API ${shellWord(api.name)}`, answer: noContent },
    {
      name: api.name,
      identifier: api.audience,
      scopes: api.scopes.map(({ value }) => value),
      ...grantChanges(api.grants, ({ clientId }) => clientId ?? 'every application'),
    },
  );
  return { writes: [write], outcome: () => api };
}
