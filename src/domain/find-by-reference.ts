import { AnonError, isAnonError, withHint } from '../errors.ts';
import { mostSimilar } from './did-you-mean.ts';
import { shellWord } from './shell-word.ts';

export interface Named {
  readonly name: string;
  /** Other unique names, starting with the one to show: an id, an audience. */
  readonly ids: readonly string[];
}

export interface Vocabulary {
  /** `application`, `API`. */
  readonly noun: string;
  /** The command that lists them at the same tenant. */
  readonly listCommand: string;
}

/**
 * The item that `reference` identifies: by id, then by exact name, then by name in any letter case.
 * @throws {AnonError} `not_found` with the most similar name, `ambiguous` with the ids of the candidates
 */
export function findByReference<Item>(
  items: readonly Item[],
  reference: string,
  named: (item: Item) => Named,
  { noun, listCommand }: Vocabulary,
): Item {
  const byId = items.find((item) => named(item).ids.includes(reference));
  if (byId) return byId;
  const exact = items.filter((item) => named(item).name === reference);
  const found =
    exact.length > 0 ? exact : items.filter((item) => named(item).name.toLowerCase() === reference.toLowerCase());
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  if (found.length > 1) {
    const candidates = found.map((item) => named(item).ids[0]).join(', ');
    throw new AnonError('ambiguous', `'${reference}' matches ${found.length} ${noun}s: ${candidates}.`, {
      hint: 'Pass one of these ids instead of the name.',
    });
  }
  const similar = mostSimilar(
    reference,
    items.flatMap((item) => [named(item).name, ...named(item).ids]),
  );
  throw new AnonError('not_found', `${capitalized(noun)} '${reference}' not found.`, {
    hint: similar ? `Did you mean '${similar}'? To see all: ${listCommand}` : `Run: ${listCommand}`,
  });
}

/** References to `items`, for a user to choose from: their names, or for those with one name their first ids. */
export function referencesTo<Item>(items: readonly Item[], named: (item: Item) => Named): string {
  const all = items.map(named);
  const repeated = (name: string) => all.filter((one) => one.name === name).length > 1;
  return all.map(({ name, ids: [id = name] }) => shellWord(repeated(name) ? id : name)).join(', ');
}

/** The only item of a list with one item. */
export function only<Item>(items: readonly Item[]): Item | undefined {
  return items.length === 1 ? items[0] : undefined;
}

/** The default when none is named: the profile's, or the only one, or the only one enabled for guests. */
export function defaultChoice<Item>(
  items: readonly Item[],
  { isChosen, isOpen }: { isChosen(item: Item): boolean; isOpen(item: Item): boolean },
): Item | undefined {
  return items.find(isChosen) ?? only(items) ?? only(items.filter(isOpen));
}

/**
 * Checks that no item of exactly this name exists before a new one is created.
 * @throws {AnonError} `usage` when one exists; as `list`, where `not_authorised` explains how to skip the check
 */
export async function refuseDuplicate<Item extends { readonly name: string }>(
  list: Promise<readonly Item[]>,
  name: string,
  { noun, idOf }: { noun: string; idOf(item: Item): string },
): Promise<void> {
  const existing = (await list.catch(cannotCheck)).find((item) => item.name === name);
  if (!existing) return;
  throw new AnonError('usage', `${capitalized(noun)} '${name}' already exists (${idOf(existing)}).`, {
    hint: 'To create another with this name, pass --allow-duplicate.',
  });
}

function cannotCheck(error: unknown): never {
  if (!isAnonError(error) || error.code !== 'not_authorised') throw error;
  const otherwise = error.hint ? ` Otherwise: ${error.hint}` : '';
  throw withHint(
    error,
    `To create it without checking for one with the same name, pass --allow-duplicate.${otherwise}`,
  );
}

function capitalized(noun: string): string {
  return `${noun.slice(0, 1).toUpperCase()}${noun.slice(1)}`;
}
