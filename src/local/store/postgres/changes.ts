import type { Changes, DocumentKey } from '../database.ts';
import type { Kind } from '../store.ts';
import type { Row } from './connections.ts';
import { decodeText } from './text.ts';

/** How old what is known may be where it may lag, and from when on it is renewed in the background. */
const [maxAgeMs, renewalAgeMs] = [40, 20];

/** More changes than this are as good as "any": a cache has hardly more documents. */
const maxChanges = 2000;

/** One statement sees one moment. Its result has at least one row, that of the state. */
export const changesStatement = `
  SELECT s.layout, s.lookup_version, s.epoch, s.revision, s.complete_since, c.revision AS changed_in, c.kind, c.id
  FROM anon_cli.state s
  LEFT JOIN LATERAL (
    SELECT * FROM anon_cli.change WHERE revision > $1 AND $1 >= s.complete_since LIMIT ${maxChanges + 1}
  ) c ON true`;

interface Known {
  /** The revision that was asked about. */
  readonly since: number;
  readonly revision: number;
  /** Undefined where it may be any. */
  readonly changed: readonly (DocumentKey & { readonly revision: number })[] | undefined;
  /** When the database was asked. */
  readonly askedMs: number;
}

interface Question {
  readonly answer: Promise<Known>;
  readonly askedMs: number;
  /** The newest revision of which this instance had heard. */
  readonly newest: number;
}

/** Knows what has changed in the database, and asks no more often than necessary. */
export class ChangeFeed {
  readonly #ask: (revision: number) => Promise<readonly Row[]>;
  readonly #now: () => number;
  /** The random name of the state. Revisions mean nothing in another one. */
  #epoch: string | undefined;
  /** How often the epoch has become unknown. */
  #losses = 0;
  /** The newest revision of which this instance has heard. */
  #newest = 0;
  #known: Known | undefined;
  #question: Question | undefined;

  /** @param ask runs {@link changesStatement} with a revision */
  constructor(ask: (revision: number) => Promise<readonly Row[]>, now: () => number) {
    this.#ask = ask;
    this.#now = now;
  }

  async since(revision: number, mayLag: boolean): Promise<Changes> {
    if (!mayLag) return changesIn(await this.#read(revision), revision);
    const known = this.#known;
    if (known && this.#isFresh(known) && known.since <= revision && revision <= known.revision) {
      // Under load nobody waits. A failure is reported to whoever has to.
      if (this.#now() - known.askedMs > renewalAgeMs) this.#readShared(revision).catch(() => {});
      return changesIn(known, revision);
    }
    const shared = await this.#readShared(revision);
    return changesIn(shared.since <= revision ? shared : await this.#read(revision), revision);
  }

  /** There was a commit, of this instance or another one. */
  heard(revision: number): void {
    this.#newest = Math.max(this.#newest, revision);
  }

  /** Notifications may have been missed. */
  expire(): void {
    this.#known = undefined;
    this.#question = undefined;
  }

  /** The next answer may come from another state, or from an earlier one that was restored. */
  forget(): void {
    this.expire();
    this.#epoch = undefined;
    this.#losses += 1;
  }

  #isFresh({ revision, askedMs }: Known): boolean {
    return revision >= this.#newest && this.#now() - askedMs <= maxAgeMs;
  }

  /** Callers that come while a question is being answered share its answer. */
  #readShared(revision: number): Promise<Known> {
    const question = this.#question;
    const isRecent = question?.newest === this.#newest && this.#now() - question.askedMs <= maxAgeMs;
    if (question && isRecent) return question.answer;
    const asked: Question = { answer: this.#read(revision), askedMs: this.#now(), newest: this.#newest };
    this.#question = asked;
    const end = () => {
      if (this.#question === asked) this.#question = undefined;
    };
    asked.answer.then(end, end);
    return asked.answer;
  }

  async #read(since: number): Promise<Known> {
    const [epoch, losses, askedMs] = [this.#epoch, this.#losses, this.#now()];
    // Without an epoch the answer is "any".
    const rows = await this.#ask(epoch === undefined ? Number.MAX_SAFE_INTEGER : since);
    const state = rows[0] ?? {};
    const revision = Number(state.revision);
    const isSame = state.epoch === epoch && losses === this.#losses;
    const isListed = since >= Number(state.complete_since) && since <= revision && rows.length <= maxChanges;
    const read = { since, revision, askedMs, changed: isSame && isListed ? changesOf(rows) : undefined };
    if (losses === this.#losses) this.#keep(read, String(state.epoch));
    return read;
  }

  #keep(read: Known, epoch: string): void {
    const isOther = epoch !== this.#epoch;
    this.#epoch = epoch;
    this.#newest = isOther ? read.revision : Math.max(this.#newest, read.revision);
    if (!isOther && this.#known && this.#known.revision > read.revision) return;
    // Whoever has been answered "any" asks about this revision from now on.
    this.#known = read.changed ? read : { ...read, since: read.revision, changed: [] };
  }
}

function changesOf(rows: readonly Row[]): Known['changed'] {
  return rows.flatMap(({ changed_in: revision, kind, id }) =>
    revision === null ? [] : [{ kind: kind as Kind, id: decodeText(String(id)), revision: Number(revision) }],
  );
}

function changesIn({ revision, changed }: Known, since: number): Changes {
  return { revision, changed: changed?.filter((change) => change.revision > since) };
}
