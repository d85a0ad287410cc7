import { type Searched, searched } from '../../io/terminal/search.ts';
import { printable } from '../render/printable.ts';
import type { OptionValues } from './definition.ts';
import type { GlobalOptions } from './global.ts';

/** The options of `app list` and `api list`. */
export const listOptions = {
  '--enabled': 'only those enabled for guests',
  '--search <text>': 'only those whose name contains this, or whose id starts with it',
} as const;

export type ListOptions = GlobalOptions & OptionValues<typeof listOptions>;

/** The items that the options select, the best match first. */
export function listed<Item>(
  items: readonly Item[],
  { enabled, search }: ListOptions,
  { isOpen, searchedOf }: { isOpen(item: Item): boolean; searchedOf(item: Item): Searched },
): readonly Item[] {
  const open = enabled ? items.filter(isOpen) : items;
  return search === undefined ? open : searched(open, search, searchedOf);
}

/** Explains an empty list when the options filtered out every item. */
export function explainEmptyList(
  all: readonly unknown[],
  { enabled, search }: ListOptions,
  nouns: string,
): string | undefined {
  if (all.length === 0 || (!enabled && search === undefined)) return undefined;
  const which = enabled ? `enabled ${nouns}` : nouns;
  const found = search === undefined ? '' : ` match '${printable(search.slice(0, 60))}'`;
  return found === '' ? `No ${which} (${all.length} disabled).\n` : `No ${which}${found}.\n`;
}
