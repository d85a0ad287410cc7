import { AnonError, isAnonError, type ResponseError } from '../../errors.ts';
import type { TenantConnection } from './connection.ts';

/** The Management API's maximum page size. */
const perPage = 100;

/** Numbered pages end after this many objects. @see management-api, section 2.3 */
const maxNumbered = 1000;

/** Larger than any real list: a tenant whose list never ends must not block a command forever. */
const bounds = { items: 100_000, minutes: 2, megabytes: 64, emptyPages: 10 };

/** Receives the length of an answer, in characters. */
type Measure = (length: number) => void;

/** Receives the items, page by page. */
type OnPage<Item> = (items: readonly Item[]) => void;

/** A list of the Management API. */
export interface List<Item> {
  /** One page, for a query such as `take=100&from=abc`, and where the next one begins. */
  page(query: string, measure: Measure): Promise<{ items: readonly Item[]; next: string | null | undefined }>;
  idOf(item: Item): string;
  /** `applications`. */
  readonly plural: string;
  /** What to do when the list can't be fetched completely: `Pass the audience or id of the API.` */
  readonly fallbackHint: string;
}

/** A list that is also available in numbered pages. */
export interface NumberedList<Item> extends List<Item> {
  /** One page, for a query such as `page=0&per_page=100`, and the total number of objects. */
  numbered(query: string, measure: Measure): Promise<{ items: readonly Item[]; total: number }>;
}

/**
 * Fetches every object of a list in numbered pages. A list too long for those is fetched with {@link allCheckpoints}.
 * @throws {AnonError} `response_invalid` for a list that never ends or is incomplete
 */
export async function allPages<Item>(
  tenant: Pick<TenantConnection, 'clock'>,
  list: NumberedList<Item>,
  onPage: OnPage<Item> = () => {},
): Promise<Item[]> {
  const collected = new Collected(tenant, list);
  for (let page = 0; ; page += 1) {
    const query = `page=${page}&per_page=${perPage}&include_totals=true`;
    const { items, total } = await list.numbered(query, collected.measure);
    if (total > maxNumbered) return beyondNumbers(tenant, list, onPage, total);
    onPage(collected.add(items));
    const count = collected.items.length;
    // After a full page there may be more than the total claims.
    const mayGoOn = count < total || (count > total && items.length >= perPage);
    if (mayGoOn && items.length > 0) {
      collected.checkBounds();
      continue;
    }
    if (count < total) throw collected.unusable(`it reports a total of ${total}, but has ${count}`);
    return collected.items;
  }
}

async function beyondNumbers<Item>(
  tenant: Pick<TenantConnection, 'clock'>,
  list: List<Item>,
  onPage: OnPage<Item>,
  total: number,
): Promise<Item[]> {
  let begun = false;
  try {
    return await allCheckpoints(tenant, list, (items) => {
      begun = true;
      onPage(items);
    });
  } catch (error) {
    // A tenant without checkpoint pagination refuses it, or ignores it and answers in another shape.
    const unsupported =
      isAnonError(error) && ((error as Partial<ResponseError>).status === 400 || error.code === 'response_invalid');
    if (begun || !unsupported) throw error;
    throw new AnonError(
      'response_invalid',
      `The tenant has ${total} ${list.plural}, but lists only the first ${maxNumbered}.`,
      { hint: list.fallbackHint, cause: error },
    );
  }
}

/**
 * Fetches every object of a list with checkpoint pagination, the only way past the first thousand.
 * @throws {AnonError} `response_invalid` for a list that never ends or repeats itself
 * @see management-api, section 2.3
 */
export async function allCheckpoints<Item>(
  tenant: Pick<TenantConnection, 'clock'>,
  list: List<Item>,
  onPage: OnPage<Item> = () => {},
): Promise<Item[]> {
  const collected = new Collected(tenant, list);
  const seen = new Set<string>();
  for (let from = ''; ; ) {
    const query = `take=${perPage}${from && `&from=${encodeURIComponent(from)}`}`;
    const { items, next } = await list.page(query, collected.measure);
    onPage(collected.add(items));
    if (!next) return collected.items;
    if (seen.has(next)) throw collected.unusable('a page names an earlier page as the next');
    collected.checkBounds();
    seen.add(next);
    from = next;
  }
}

/** The objects fetched so far, each once, with the bounds that end an endless list. */
class Collected<Item> {
  readonly items: Item[] = [];
  readonly #ids = new Set<string>();
  readonly #clock: TenantConnection['clock'];
  readonly #list: List<Item>;
  readonly #startedAtMs: number;
  #characters = 0;
  #emptyPages = 0;

  constructor({ clock }: Pick<TenantConnection, 'clock'>, list: List<Item>) {
    this.#clock = clock;
    this.#list = list;
    this.#startedAtMs = clock.now();
  }

  readonly measure: Measure = (length) => {
    this.#characters += length;
  };

  /** The new ones of a page: a list that changes in the meantime may contain an object twice. */
  add(page: readonly Item[]): readonly Item[] {
    const added = page.filter((item) => {
      const id = this.#list.idOf(item);
      const isNew = !this.#ids.has(id);
      if (isNew) this.#ids.add(id);
      return isNew;
    });
    if (page.length > 0 && added.length === 0) throw this.unusable('it repeats the same page');
    this.#emptyPages = page.length === 0 ? this.#emptyPages + 1 : 0;
    for (const item of added) this.items.push(item);
    return added;
  }

  /** Called before the next page is requested. */
  checkBounds(): void {
    const endless = this.#whyEndless();
    if (endless) throw this.unusable(`it does not end (${endless})`);
  }

  unusable(problem: string): AnonError {
    const { plural, fallbackHint } = this.#list;
    return new AnonError('response_invalid', `The tenant's list of ${plural} is not usable: ${problem}.`, {
      hint: fallbackHint,
    });
  }

  #whyEndless(): string | undefined {
    if (this.items.length >= bounds.items) return `more than ${bounds.items} entries`;
    if (this.#characters > bounds.megabytes * 2 ** 20) return `more than ${bounds.megabytes} MB`;
    if (this.#emptyPages > bounds.emptyPages) return `${this.#emptyPages} empty pages in a row`;
    const minutes = (this.#clock.now() - this.#startedAtMs) / 60_000;
    return minutes > bounds.minutes ? `more than ${bounds.minutes} minutes` : undefined;
  }
}
