import { isDeepStrictEqual } from 'node:util';
import type { Edition } from '../../wire/edition/edition.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { WorldChange, WorldKind, WorldPath, WorldProblem } from '../../wire/tenant-world.ts';
import type { Random } from '../random.ts';
import type { Kind, StoreWriter } from '../store/store.ts';

/** What a document belongs to, in the words of a world. */
export interface Subject {
  readonly kind: WorldKind;
  readonly name: string;
}

export interface MovedClient {
  readonly from: string;
  readonly to: string;
}

/** A tenant while a world is put into it: what changes, and what is wrong. Nothing is saved where something is. */
export class WorldDraft {
  readonly writer: StoreWriter;
  readonly edition: Edition;
  /** By the tenant's clock. */
  readonly nowSeconds: number;
  /** A stream for something with a name, so that one more application changes no other's id. */
  readonly randomFor: (name: string) => Random;
  readonly problems: WorldProblem[] = [];
  /** Applications with another client id than before. */
  readonly moved: MovedClient[] = [];
  readonly #changes = new Map<string, WorldChange>();

  constructor(parts: Pick<WorldDraft, 'writer' | 'edition' | 'nowSeconds' | 'randomFor'>) {
    this.writer = parts.writer;
    this.edition = parts.edition;
    this.nowSeconds = parts.nowSeconds;
    this.randomFor = parts.randomFor;
  }

  get changes(): readonly WorldChange[] {
    return [...this.#changes.values()];
  }

  /** Puts a document that is not as it was. */
  put(kind: Kind, id: string, after: JsonObject, before: JsonObject | undefined, subject: Subject): void {
    if (before && isDeepStrictEqual(before, after)) return;
    this.writer.put(kind, id, after);
    this.note(subject, before ? 'updated' : 'created');
  }

  /** Several documents may belong to one subject, of which the first says whether it is new. */
  note({ kind, name }: Subject, change: WorldChange['change']): void {
    const key = JSON.stringify([kind, name]);
    if (!this.#changes.has(key)) this.#changes.set(key, { kind, name, change });
  }

  readonly refuse = (path: WorldPath, message: string, hint?: string): void => {
    this.problems.push({ path, message, hint });
  };
}
