import { defaultChoice, only } from '../../../domain/find-by-reference.ts';
import { isAnonError, ResponseError, withHint } from '../../../errors.ts';
import type { Choice } from '../../../io/terminal/prompt.ts';
import { askUntilAccepted } from '../../input/questions.ts';
import type { Dialog } from './dialog.ts';

/** How to choose an application or an API, or create one. */
export interface Pickable<Item, New> {
  /** `application` */
  readonly noun: string;
  readonly question: string;
  /** The option for an existing one: `--app <app>`. */
  readonly flag: string;
  /** The name from the options. */
  readonly named: string | undefined;
  readonly toCreate: string | undefined;
  /** The option that creates one with this name. */
  createFlag(name: string): string;
  find(reference: string): Promise<Item>;
  list(): Promise<readonly Item[]>;
  /** A new or existing one with this name, or with a name that is asked for. */
  create(name: string | undefined): Promise<Item | New | undefined>;
  isChosen(item: Item): boolean;
  isOpen(item: Item): boolean;
  nameOf(item: Item): string;
  choice(item: Item): Choice;
  /** Checks the user's choice. @throws {AnonError} `usage` */
  check?(item: Item): void;
  /** The user chose this one. */
  chosen(reference: string): void;
  /** This one was the default. */
  assumed(reference: string): void;
}

/** The one that the options name or create, otherwise the default one, otherwise the user's choice. */
export async function pick<Item, New>(
  { user, missing }: Dialog,
  pickable: Pickable<Item, New>,
): Promise<Item | New | undefined> {
  if (pickable.toCreate !== undefined) return pickable.create(pickable.toCreate);
  if (pickable.named !== undefined) return findOrCreate(user, pickable, pickable.named);
  const items = await pickable.list();
  const preferred = defaultChoice(items, pickable);
  if (user && !only(items)) return askWhich(user, pickable, items, preferred);
  if (preferred === undefined) missing.push(pickable.flag);
  else pickable.assumed(pickable.nameOf(preferred));
  return preferred;
}

async function findOrCreate<Item, New>(
  user: Dialog['user'],
  pickable: Pickable<Item, New>,
  reference: string,
): Promise<Item | New | undefined> {
  const { noun, find, create, createFlag } = pickable;
  try {
    return await find(reference);
  } catch (error) {
    if (!isAnonError(error) || error instanceof ResponseError || error.code !== 'not_found') throw error;
    if (!user) throw withHint(error, `To create it, pass ${createFlag(reference)}. ${error.hint ?? ''}`);
    if (await user.confirm(`${error.message} Create this ${noun}?`)) return create(reference);
    const items = await pickable.list();
    return askWhich(user, pickable, items, defaultChoice(items, pickable));
  }
}

function askWhich<Item, New>(
  user: NonNullable<Dialog['user']>,
  pickable: Pickable<Item, New>,
  items: readonly Item[],
  preferred: Item | undefined,
): Promise<Item | New | undefined> {
  const { noun, question, isOpen, choice, create, check, chosen, nameOf } = pickable;
  if (items.length === 0) return create(undefined);
  const first = preferred === undefined ? [] : [preferred];
  const inOrder = [...new Set([...first, ...items.filter(isOpen), ...items])];
  const byValue = new Map(inOrder.map((item) => [choice(item).value, item]));
  return askUntilAccepted(
    user,
    () => user.prompts.chooseOrNew(question, inOrder.map(choice), noun),
    (answer) => {
      const item = 'value' in answer ? byValue.get(answer.value) : undefined;
      if (item === undefined) return create(('name' in answer && answer.name) || undefined);
      check?.(item);
      const namesakes = items.filter((other) => nameOf(other).toLowerCase() === nameOf(item).toLowerCase());
      chosen(namesakes.length === 1 ? nameOf(item) : choice(item).value);
      return item;
    },
  );
}
