import type { JsonObject } from '../../wire/schema.ts';
import { type Random, randomUuid } from '../random.ts';
import type { Store, StoreReader } from '../store/store.ts';
import type { ActionTrigger } from './runner.ts';

/** An Action, as it is saved. */
export interface Action {
  readonly id: string;
  readonly name: string;
  readonly trigger: ActionTrigger;
  /** An absolute path on the machine that added it. */
  readonly file: string;
  readonly secrets: Readonly<Record<string, string>>;
  /** Actions of a trigger run in ascending order. */
  readonly order: number;
  /** ISO 8601. */
  readonly created_at: string;
}

export type NewAction = Pick<Action, 'name' | 'trigger' | 'file' | 'secrets'>;

/** The Actions of a trigger, or all, in the order in which they run. */
export async function actionsOf(store: StoreReader, trigger?: ActionTrigger): Promise<Action[]> {
  const where = trigger && { lookup: 'trigger', value: trigger };
  const documents = (await store.list('action', where)) as readonly unknown[] as readonly Action[];
  return [...documents].sort((a, b) => a.trigger.localeCompare(b.trigger) || a.order - b.order);
}

/** Adds an Action after those of its trigger. Undefined where the trigger has one with this name. */
export async function addAction(
  store: Store,
  { random, nowMs }: { readonly random: Random; readonly nowMs: number },
  added: NewAction,
): Promise<Action | undefined> {
  const id = randomUuid(random);
  return store.write(async (writer) => {
    const others = await actionsOf(writer, added.trigger);
    if (others.some(({ name }) => name === added.name)) return undefined;
    const order = (others.at(-1)?.order ?? 0) + 1;
    const action: Action = { id, ...added, order, created_at: new Date(nowMs).toISOString() };
    writer.put('action', id, { ...action } satisfies JsonObject);
    return action;
  });
}
