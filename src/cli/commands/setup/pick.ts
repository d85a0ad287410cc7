import { defaultChoice, only } from '../../../domain/find-by-reference.ts';
import { isAnonError, ResponseError, withHint } from '../../../errors.ts';
import type { Choice } from '../../../io/terminal/prompt.ts';
import { askUntilAccepted } from '../../input/questions.ts';
import type { Dialog } from './dialog.ts';

/** Applications or APIs, as far as choosing one of them goes. */
export interface Pickable<Item, New> {
  /** `application` */
  readonly noun: string;
  readonly question: string;
  /** The option that names one: `--app <app>`. */
  readonly flag: string;
  /** What the options name. */
  readonly named: string | undefined;
  readonly toCreate: string | undefined;
  /** The option that makes one of this name. */
  createFlag(name: string): string;
  find(reference: string): Promise<Item>;
  list(): Promise<readonly Item[]>;
  /** One of this name, or of one that is asked for: to be made, or already there. */
  create(name: string | undefined): Promise<Item | New | undefined>;
  isChosen(item: Item): boolean;
  isOpen(item: Item): boolean;
  nameOf(item: Item): string;
  choice(item: Item): Choice;
  /** Why one that a person chooses will not do. @throws {AnonError} `usage` */
  check?(item: Item): void;
  /** A person chose the one that this option would name; or it was the only one. */
  chosen(reference: string): void;
  assumed(reference: string): void;
}

/** The one that the options name or make, else the default one, else the one that a person chooses. */
export async function pick<Item, New>(
  { person, missing }: Dialog,
  pickable: Pickable<Item, New>,
): Promise<Item | New | undefined> {
  if (pickable.toCreate !== undefined) return pickable.create(pickable.toCreate);
  if (pickable.named !== undefined) return findOrCreate(person, pickable, pickable.named);
  const items = await pickable.list();
  const preferred = defaultChoice(items, pickable);
  if (person && !only(items)) return asked(person, pickable, items, preferred);
  if (preferred === undefined) missing.push(pickable.flag);
  else pickable.assumed(pickable.nameOf(preferred));
  return preferred;
}

async function findOrCreate<Item, New>(
  person: Dialog['person'],
  pickable: Pickable<Item, New>,
  reference: string,
): Promise<Item | New | undefined> {
  const { noun, find, create, createFlag } = pickable;
  try {
    return await find(reference);
  } catch (error) {
    if (!isAnonError(error) || error instanceof ResponseError || error.code !== 'not_found') throw error;
    if (!person) throw withHint(error, `${error.hint ?? ''} Or make it: ${createFlag(reference)}`);
    if (await person.confirm(`${error.message} Create that ${noun}?`)) return create(reference);
    const items = await pickable.list();
    return asked(person, pickable, items, defaultChoice(items, pickable));
  }
}

function asked<Item, New>(
  person: NonNullable<Dialog['person']>,
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
    person,
    () => person.prompts.chooseOrNew(question, inOrder.map(choice), noun),
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
