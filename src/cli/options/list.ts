import type { Command } from 'commander';
import { type Searched, searched } from '../../io/terminal/search.ts';
import { printable } from '../render/printable.ts';
import type { GlobalOptions } from './global.ts';

/** What the lists of applications and APIs take. */
export interface ListOptions extends GlobalOptions {
  readonly enabled?: true;
  readonly search?: string;
}

export function addListOptions(command: Command): Command {
  return command
    .option('--enabled', 'only those that are enabled for guests')
    .option('--search <text>', 'only those with this in their name, or whose id begins with it');
}

/** The items that are asked for, the best match first. */
export function listed<Item>(
  items: readonly Item[],
  { enabled, search }: ListOptions,
  { isOpen, searchedOf }: { isOpen(item: Item): boolean; searchedOf(item: Item): Searched },
): readonly Item[] {
  const open = enabled ? items.filter(isOpen) : items;
  return search === undefined ? open : searched(open, search, searchedOf);
}

/** That none of `all` is among them, where there are some; `nouns` is what they are. */
export function noneListed(
  all: readonly unknown[],
  { enabled, search }: ListOptions,
  nouns: string,
): string | undefined {
  if (all.length === 0 || (!enabled && search === undefined)) return undefined;
  const which = enabled ? `enabled ${nouns}` : nouns;
  const found = search === undefined ? '' : ` match '${printable(search.slice(0, 60))}'`;
  return found === '' ? `No ${which} (${all.length} disabled).\n` : `No ${which}${found}.\n`;
}
