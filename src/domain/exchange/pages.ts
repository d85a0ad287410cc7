/** The most objects that the Management API gives at once. */
const perPage = 100;

/**
 * Every object of a list that comes in pages. Stops at the total, or at an empty page should the total be
 * wrong, so that a list that changes meanwhile cannot keep it busy.
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
