/** The first of what may be many, for a message that names some and counts the others. */
export interface FirstFew<Item> {
  readonly items: Item[];
  others: number;
}

const few = 5;

export function firstFew<Item>(all: Iterable<Item> = []): FirstFew<Item> {
  const found: FirstFew<Item> = { items: [], others: 0 };
  for (const item of all) addTo(found, item);
  return found;
}

export function addTo<Item>(found: FirstFew<Item>, item: Item): void {
  if (found.items.length < few) found.items.push(item);
  else found.others += 1;
}

/** `a, b` and how many others there are. */
export function inWords<Item>({ items, others }: FirstFew<Item>, word: (item: Item) => string): string {
  return `${items.map(word).join(', ')}${others > 0 ? ` and ${others} more` : ''}`;
}
