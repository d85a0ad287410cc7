import { clientGrant, clientGrantPath, clientGrantsPath, guestSubject } from '../../wire/client-grant.ts';
import { type JsonObject, noContent } from '../../wire/schema.ts';
import { type Answers, type PlannedWrite, plannedDelete, plannedPatch, plannedPost } from '../plan/plan.ts';
import { shellWord } from '../shell-word.ts';
import type { ApiWithGrants } from './api.ts';
import { type GuestGrant, grantOf } from './guest-grants.ts';
import { union } from './scopes.ts';

/** The application whose guests a client grant is for. */
export interface GrantHolder {
  readonly clientId: string;
  readonly name: string;
}

interface PlannedGrant {
  /** Undefined when nothing has to change. */
  readonly write: PlannedWrite | undefined;
  /** The API's guest grants after the write. */
  outcome(answers: Answers): readonly GuestGrant[];
}

/**
 * Plans the client grant for an application's guests at an API: creates it, or adds and removes scopes. Grants for
 * other applications and other subject types are not touched.
 */
export function planGrant(
  api: ApiWithGrants,
  app: GrantHolder,
  { add = [], remove = [] }: { add?: readonly string[]; remove?: readonly string[] },
): PlannedGrant {
  const before = api.grants.find(({ clientId }) => clientId === app.clientId);
  const others = api.grants.filter((grant) => grant !== before);
  const subject = `guest grant of ${shellWord(app.name)} at ${shellWord(api.name)}`;
  if (!before?.id) {
    if (add.length === 0) return { write: undefined, outcome: () => api.grants };
    const body = { client_id: app.clientId, audience: api.audience, scope: [...add], subject_type: guestSubject };
    const post = plannedPost({ path: clientGrantsPath, subject, answer: clientGrant }, body);
    return { write: post, outcome: (answers) => withGrant(others, answers.to(post), before) };
  }
  const patch = plannedPatch(
    { path: clientGrantPath(before.id), subject, answer: clientGrant },
    { scope: before.allScopes ? undefined : before.scopes, ...(before.allScopes && { allow_all_scopes: true }) },
    mergedScopes(api, before, { add, remove }),
  );
  return { write: patch, outcome: (answers) => withGrant(others, answers.to(patch), before) };
}

/** Plans to remove the client grants of all guests at an API. */
export function planRevocations(api: ApiWithGrants): {
  writes: readonly PlannedWrite[];
  outcome(answers: Answers): readonly GuestGrant[];
} {
  const writes = api.grants.flatMap((grant) =>
    grant.id === undefined
      ? []
      : [
          plannedDelete(
            { path: clientGrantPath(grant.id), subject: `guest grant ${grant.id}`, answer: noContent },
            { client_id: grant.clientId, ...(grant.allScopes ? { allow_all_scopes: true } : { scope: grant.scopes }) },
          ),
        ],
  );
  return { writes, outcome: () => [] };
}

/** A grant of all scopes has no list; removing a scope replaces it with a list of the others. */
function mergedScopes(
  api: ApiWithGrants,
  { scopes, allScopes }: GuestGrant,
  { add, remove }: { add: readonly string[]; remove: readonly string[] },
): JsonObject {
  if (!allScopes) return { scope: union(scopes, add).filter((scope) => !remove.includes(scope)) };
  const defined = api.scopes.map(({ value }) => value);
  if (!defined.some((scope) => remove.includes(scope))) return {};
  return { allow_all_scopes: false, scope: defined.filter((scope) => !remove.includes(scope)) };
}

function withGrant(
  others: readonly GuestGrant[],
  answer: Parameters<typeof grantOf>[0] | undefined,
  before: GuestGrant | undefined,
): readonly GuestGrant[] {
  const grant = answer ? grantOf(answer) : before;
  return grant ? [...others, grant] : others;
}
