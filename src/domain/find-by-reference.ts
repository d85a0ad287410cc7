import { AnonError, isAnonError, withHint } from '../errors.ts';
import { mostSimilar } from './did-you-mean.ts';

export interface Named {
  readonly name: string;
  /** What else it may be called by, the most telling first: an id, an audience. */
  readonly ids: readonly string[];
}

export interface Vocabulary {
  /** `application`, `API`. */
  readonly noun: string;
  /** The command that lists them, at the same tenant. */
  readonly listCommand: string;
}

/**
 * The one that the user means by `reference`: an id, else a name, else a name in other case.
 * @throws {AnonError} `not_found` with the most similar name, `ambiguous` with the candidates
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
  throw new AnonError('not_found', `${noun[0]?.toUpperCase()}${noun.slice(1)} '${reference}' not found.`, {
    hint: similar ? `Did you mean '${similar}'? Run: ${listCommand}` : `Run: ${listCommand}`,
  });
}

/** The only one there is. */
export function only<Item>(items: readonly Item[]): Item | undefined {
  return items.length === 1 ? items[0] : undefined;
}

/** The one that is meant when none is named: the profile's, else the only one, else the only one that is open to guests. */
export function defaultChoice<Item>(
  items: readonly Item[],
  { isChosen, isOpen }: { isChosen(item: Item): boolean; isOpen(item: Item): boolean },
): Item | undefined {
  return items.find(isChosen) ?? only(items) ?? only(items.filter(isOpen));
}

/** A list of what there is could not be had, and something new is to be made: that goes without looking, too. */
export function cannotLook(error: unknown): never {
  if (!isAnonError(error) || error.code !== 'not_authorised') throw error;
  const after = error.hint ? ` Otherwise: ${error.hint}` : '';
  throw withHint(error, `To create it without checking for one with the same name, pass --allow-duplicate.${after}`);
}
