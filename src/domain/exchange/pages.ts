/** The most objects that the Management API gives at once. */
const perPage = 100;

/**
 * Every object of a list that comes in numbered pages. Stops at the total, or at an empty page should the
 * total be wrong, so that a list that changes meanwhile cannot keep it busy.
 */
export async function allPages<Item>(
  getPage: (query: string) => Promise<{ total: number; items: readonly Item[] }>,
): Promise<Item[]> {
  const items: Item[] = [];
  for (let page = 0; ; page += 1) {
    const answer = await getPage(`page=${page}&per_page=${perPage}&include_totals=true`);
    items.push(...answer.items);
    if (answer.items.length === 0 || items.length >= answer.total) return items;
  }
}

/**
 * Every object of a list that comes in pages each of which says where the next begins: the way past the first
 * thousand, where numbered pages end. An end that was there before ends it, should the tenant run in circles.
 * @see management-api, section 2.3
 */
export async function allCheckpoints<Item>(
  getPage: (query: string) => Promise<{ next: string | null | undefined; items: readonly Item[] }>,
): Promise<Item[]> {
  const items: Item[] = [];
  const seen = new Set<string>();
  for (let from = ''; ; ) {
    const { next, items: found } = await getPage(`take=${perPage}${from && `&from=${encodeURIComponent(from)}`}`);
    items.push(...found);
    if (!next || seen.has(next)) return items;
    seen.add(next);
    from = next;
  }
}
