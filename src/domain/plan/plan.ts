import type { JsonObject, Read, Schema } from '../../wire/schema.ts';
import { type Change, difference } from './difference.ts';

/** A write to the Management API that has not been sent yet. */
export interface PlannedWrite<S extends Schema = Schema> {
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  /** From the tenant's root. */
  readonly path: string;
  readonly body: JsonObject | undefined;
  /** What is written, for messages: `application web`. */
  readonly subject: string;
  readonly changes: readonly Change[];
  /** The shape of the answer. */
  readonly answer: S;
  /** In the bodies of later writes, `placeholder` is replaced by this member of the answer. */
  readonly yields?: { readonly placeholder: string; readonly member: string } | undefined;
}

/** The tenant's answers to the writes that were sent. */
export interface Answers {
  /** Undefined when the write was not planned or not sent. */
  to<S extends Schema>(write: PlannedWrite<S> | undefined): Read<S> | undefined;
}

/** Writes, in order, and the state they lead to. Without writes, that state is already in place. */
export interface Plan<Outcome> {
  readonly writes: readonly PlannedWrite[];
  /** Read from the answers; when nothing was sent, from the current state. */
  outcome(answers: Answers): Outcome;
}

/** For the current state, before any write. */
export const unsent: Answers = { to: () => undefined };

interface Write<S extends Schema> {
  readonly path: string;
  readonly subject: string;
  readonly answer: S;
}

/** A PATCH of only those `members` that differ from `before`; undefined when all are equal. */
export function plannedPatch<S extends Schema>(
  write: Write<S>,
  before: JsonObject,
  members: JsonObject,
): PlannedWrite<S> | undefined {
  const body: JsonObject = {};
  const changes: Change[] = [];
  for (const [member, value] of Object.entries(members)) {
    const found = difference(before, { [member]: value });
    if (found.length > 0) body[member] = value;
    changes.push(...found);
  }
  return changes.length === 0 ? undefined : { ...write, method: 'PATCH', body, changes };
}

export function plannedPost<S extends Schema>(write: Write<S>, body: JsonObject): PlannedWrite<S> {
  return { ...write, method: 'POST', body, changes: difference({}, body) };
}

/** `before`: the members that describe best what is deleted. */
export function plannedDelete<S extends Schema>(write: Write<S>, before: JsonObject): PlannedWrite<S> {
  const changes = Object.entries(before).map(([member, value]) => ({ member, before: value, after: undefined }));
  return { ...write, method: 'DELETE', body: undefined, changes };
}

/** The writes that are needed. */
export function planned(...writes: readonly (PlannedWrite | undefined)[]): PlannedWrite[] {
  return writes.filter((write) => write !== undefined);
}

/** Two plans in one: the writes of the first, then those of the second. */
export function both<One, Other>(one: Plan<One>, other: Plan<Other>): Plan<readonly [One, Other]> {
  return {
    writes: [...one.writes, ...other.writes],
    outcome: (answers) => [one.outcome(answers), other.outcome(answers)],
  };
}
