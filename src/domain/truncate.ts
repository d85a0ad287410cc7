/** The first few items of a long list, for a message that names some and counts the rest. */
export interface TruncatedList<Item> {
  readonly items: Item[];
  others: number;
}

const maxItems = 5;

export function truncateList<Item>(all: Iterable<Item> = []): TruncatedList<Item> {
  const found: TruncatedList<Item> = { items: [], others: 0 };
  for (const item of all) addToList(found, item);
  return found;
}

export function addToList<Item>(found: TruncatedList<Item>, item: Item): void {
  if (found.items.length < maxItems) found.items.push(item);
  else found.others += 1;
}

/** `a, b and 3 more`. */
export function listInWords<Item>({ items, others }: TruncatedList<Item>, word: (item: Item) => string): string {
  return `${items.map(word).join(', ')}${others > 0 ? ` and ${others} more` : ''}`;
}

/** More than anybody reads of an error, and longer than any command in a hint. */
const maxCharacters = 4000;

/** Shortens text that may contain words of a tenant, of any length. */
export function truncateText(text: string): string {
  return text.length <= maxCharacters ? text : `${text.slice(0, maxCharacters).replace(/[\ud800-\udbff]$/, '')}…`;
}
