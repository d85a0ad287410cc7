import type { WorldAction } from '../../wire/tenant-world.ts';
import { type Action, actionsOf } from '../actions/action.ts';
import { randomUuid } from '../random.ts';
import { isoTime } from '../users/user.ts';
import type { WorldDraft } from './draft.ts';

/** Puts the Actions of a world. Those of a trigger run in the order of the world, after others that the tenant has. */
export async function putActions(draft: WorldDraft, actions: readonly WorldAction[]): Promise<void> {
  for (const trigger of new Set(actions.map((action) => action.trigger))) {
    const wanted = actions.filter((action) => action.trigger === trigger);
    const others = await actionsOf(draft.writer, trigger);
    const known = wanted.map(({ name }) => others.find((other) => other.name === name));
    const orders = ordersFor(known, Math.max(0, ...others.map(({ order }) => order)));
    for (const [index, action] of wanted.entries()) {
      putAction(draft, action, known[index], orders[index] ?? 0);
    }
  }
}

function putAction(draft: WorldDraft, action: WorldAction, before: Action | undefined, order: number): void {
  const { name, trigger, file, secrets } = action;
  const id = before?.id ?? randomUuid(draft.randomFor(`action ${trigger} ${name}`));
  const created = { created_at: isoTime(draft.nowSeconds) };
  const after = { ...created, ...before, id, name, trigger, file, secrets: { ...secrets }, order };
  draft.put('action', id, after, before && { ...before }, { kind: 'action', name });
}

/** The places of those that the tenant has, in ascending order, and new ones after all others. */
function ordersFor(known: readonly (Action | undefined)[], last: number): number[] {
  const free = known.flatMap((action) => action?.order ?? []).sort((a, b) => a - b);
  return known.map((_, index) => free[index] ?? last + 1 + index - free.length);
}
