/** The first of what may be many, for a message that names some and counts the others. */
export interface TruncatedList<Item> {
  readonly items: Item[];
  others: number;
}

const few = 5;

export function truncateList<Item>(all: Iterable<Item> = []): TruncatedList<Item> {
  const found: TruncatedList<Item> = { items: [], others: 0 };
  for (const item of all) addToList(found, item);
  return found;
}

export function addToList<Item>(found: TruncatedList<Item>, item: Item): void {
  if (found.items.length < few) found.items.push(item);
  else found.others += 1;
}

/** `a, b` and how many others there are. */
export function listInWords<Item>({ items, others }: TruncatedList<Item>, word: (item: Item) => string): string {
  return `${items.map(word).join(', ')}${others > 0 ? ` and ${others} more` : ''}`;
}

/** The most characters of an error that anybody reads, and more than any command line that is meant to be copied. */
const most = 4000;

/** Text in which a tenant may have put as much as it likes, no longer than somebody reads. */
export function truncateText(text: string): string {
  return text.length <= most ? text : `${text.slice(0, most).replace(/[\ud800-\udbff]$/, '')}…`;
}
