/** The texts that an item is found by. */
export interface Searched {
  readonly name: string;
  /** Ids or an audience, found by their prefix. */
  readonly ids: readonly string[];
}

/**
 * The items that match `text`, best first: name begins with it, a word of the name does, the name contains it, an id begins
 * with it. Ids match only by prefix, because a few characters occur in nearly any random id. Ignores case and the scheme of
 * a URL; equal matches keep their order.
 */
export function searched<Item>(items: readonly Item[], text: string, searchedOf: (item: Item) => Searched): Item[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return [...items];
  const ranked = items.map((item) => ({ item, rank: rankOf(searchedOf(item), wanted) }));
  return ranked
    .filter(({ rank }) => rank < notFound)
    .sort((one, other) => one.rank - other.rank)
    .map(({ item }) => item);
}

const notFound = 4;

function rankOf({ name, ids }: Searched, wanted: string): number {
  const text = name.toLowerCase();
  const at = text.indexOf(wanted);
  if (at === 0) return 0;
  if (at > 0) return beginsWord(text, wanted, at) ? 1 : 2;
  return ids.some((id) => isPrefix(id.toLowerCase(), wanted)) ? 3 : notFound;
}

/** `shop` in `web shop` and `web-shop`, not in `workshop`. */
function beginsWord(text: string, wanted: string, from: number): boolean {
  for (let at = from; at >= 0; at = text.indexOf(wanted, at + 1)) {
    if (!/[\p{L}\p{N}]/u.test(text[at - 1] ?? ' ')) return true;
  }
  return false;
}

function isPrefix(id: string, wanted: string): boolean {
  return id.startsWith(wanted) || id.replace(/^[a-z][a-z\d+.-]*:\/*/, '').startsWith(wanted);
}
