import { AnonError, isAnonError, type ResponseError } from '../../errors.ts';
import type { TenantConnection } from './connection.ts';

/** The most objects that the Management API gives at once. */
const perPage = 100;

/** Numbered pages end at so many objects. @see management-api, section 2.3 */
const mostNumbered = 1000;

/** No list that anybody has is longer, and a tenant whose list does not end shall not keep a command for ever. */
const most = { items: 100_000, minutes: 2, megabytes: 64, emptyPages: 10 };

/** Takes the length of an answer, in characters. */
type Measure = (length: number) => void;

/** Takes what has come, page by page. */
type Take<Item> = (items: readonly Item[]) => void;

/** A list of the Management API. */
export interface List<Item> {
  /** A page, by a query such as `take=100&from=abc`, and where the next one begins. */
  page(query: string, measure: Measure): Promise<{ items: readonly Item[]; next: string | null | undefined }>;
  idOf(item: Item): string;
  /** `applications`. */
  readonly plural: string;
  /** What to do where all of them cannot be had: `Name the API by its audience or id.` */
  readonly otherwise: string;
}

/** One that comes in numbered pages too. */
export interface NumberedList<Item> extends List<Item> {
  /** A page, by a query such as `page=0&per_page=100`, and how many objects there are in all. */
  numbered(query: string, measure: Measure): Promise<{ items: readonly Item[]; total: number }>;
}

/**
 * Every object of a list that comes in numbered pages, until its total. One that is longer than those go is asked for
 * as {@link allCheckpoints} does.
 * @throws {AnonError} `response_invalid` for a list without an end, or one that is not whole
 */
export async function allPages<Item>(
  tenant: Pick<TenantConnection, 'clock'>,
  list: NumberedList<Item>,
  take: Take<Item> = () => {},
): Promise<Item[]> {
  const collected = new Collected(tenant, list);
  for (let page = 0; ; page += 1) {
    const query = `page=${page}&per_page=${perPage}&include_totals=true`;
    const { items, total } = await list.numbered(query, collected.measure);
    if (total > mostNumbered) return beyondNumbers(tenant, list, take, total);
    take(collected.add(items));
    const count = collected.items.length;
    // Behind a full page there may be more than the total says.
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
  take: Take<Item>,
  total: number,
): Promise<Item[]> {
  let begun = false;
  try {
    return await allCheckpoints(tenant, list, (items) => {
      begun = true;
      take(items);
    });
  } catch (error) {
    // A tenant that knows no checkpoints refuses them, or passes over them and answers in another shape.
    const known =
      isAnonError(error) && ((error as Partial<ResponseError>).status === 400 || error.code === 'response_invalid');
    if (begun || !known) throw error;
    throw new AnonError(
      'response_invalid',
      `The tenant has ${total} ${list.plural}, but lists only the first ${mostNumbered}.`,
      { hint: list.otherwise, cause: error },
    );
  }
}

/**
 * Every object of a list that comes in pages each of which says where the next begins: the way past the first
 * thousand.
 * @throws {AnonError} `response_invalid` for a list without an end, or one that runs in circles
 * @see management-api, section 2.3
 */
export async function allCheckpoints<Item>(
  tenant: Pick<TenantConnection, 'clock'>,
  list: List<Item>,
  take: Take<Item> = () => {},
): Promise<Item[]> {
  const collected = new Collected(tenant, list);
  const seen = new Set<string>();
  for (let from = ''; ; ) {
    const query = `take=${perPage}${from && `&from=${encodeURIComponent(from)}`}`;
    const { items, next } = await list.page(query, collected.measure);
    take(collected.add(items));
    if (!next) return collected.items;
    if (seen.has(next)) throw collected.unusable('a page names an earlier page as the next');
    collected.checkBounds();
    seen.add(next);
    from = next;
  }
}

/** What has come of a list so far, each object once, and whether that may go on. */
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

  /** Those that are new: a list that changes meanwhile may give one twice. */
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

  /** Before the next page is asked for. */
  checkBounds(): void {
    const endless = this.#whyEndless();
    if (endless) throw this.unusable(`it does not end (${endless})`);
  }

  unusable(problem: string): AnonError {
    const { plural, otherwise } = this.#list;
    return new AnonError('response_invalid', `The tenant's list of ${plural} is not usable: ${problem}.`, {
      hint: otherwise,
    });
  }

  #whyEndless(): string | undefined {
    if (this.items.length >= most.items) return `more than ${most.items} entries`;
    if (this.#characters > most.megabytes * 2 ** 20) return `more than ${most.megabytes} MB`;
    if (this.#emptyPages > most.emptyPages) return `${this.#emptyPages} empty pages in a row`;
    const minutes = (this.#clock.now() - this.#startedAtMs) / 60_000;
    return minutes > most.minutes ? `more than ${most.minutes} minutes` : undefined;
  }
}
