import { isAnonError, NotAppliedError, withHint } from '../../errors.ts';
import { anyBody, isJsonObject, type JsonObject, type Read, type Schema } from '../../wire/schema.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { managementRequest } from '../exchange/management/request.ts';
import { mayHaveTakenEffect, nextStep, outcomeUnknown } from '../exchange/unknown-outcome.ts';
import { type Mismatch, mismatches } from './difference.ts';
import type { Answers, Plan, PlannedWrite } from './plan.ts';

/**
 * Sends one write and compares the result with the request. If the answer lacks a member, or is not the object at all,
 * the object is read back; after a deletion, to check that it is gone.
 * @returns the object as the tenant returns it; undefined when deleted
 * @throws {NotAppliedError} when the values differ: the tenant ignored the write, or someone else changed it too
 * @throws {AnonError} as {@link managementRequest}
 */
export async function sendWrite(tenant: TenantConnection, write: PlannedWrite): Promise<unknown> {
  if (write.method === 'DELETE') return sendDelete(tenant, write);
  const { body = {} } = write;
  const answer = await answerOf(tenant, write);
  const found = mismatches(body, answer);
  if (found.length === 0) return answer;
  const isUnclear = found.some(({ shown }) => shown === undefined);
  const read = isUnclear ? await readBack(tenant, write.answer, pathOf(write, answer)) : undefined;
  const shown = (read ?? answer) as JsonObject;
  const left = mismatches(body, shown);
  if (left.length > 0) throw notApplied(tenant, write, left);
  return shown;
}

/** An object that does not exist counts as deleted. */
async function sendDelete(tenant: TenantConnection, write: PlannedWrite): Promise<undefined> {
  try {
    await managementRequest(tenant, write.answer, request(write));
  } catch (error) {
    if (isAnonError(error) && error.code === 'not_found') return;
    throw error;
  }
  // If it can't be read back, trust the answer.
  const shown = await readBack(tenant, anyBody, write.path);
  if (isJsonObject(shown) && ('id' in shown || 'client_id' in shown)) throw notApplied(tenant, write, []);
}

/** The object in the answer; without one, the object that a PATCH was for, read back. */
async function answerOf(tenant: TenantConnection, write: PlannedWrite): Promise<JsonObject> {
  try {
    return (await managementRequest(tenant, write.answer, request(write))) as JsonObject;
  } catch (error) {
    // Refusals and lost answers have other codes, and their own messages.
    if (!isAnonError(error) || error.code !== 'response_invalid') throw error;
    if ('status' in error && !mayHaveTakenEffect(error)) throw error;
    const shown = write.method === 'PATCH' ? await readBack(tenant, write.answer, write.path) : undefined;
    if (!('status' in error)) {
      if (shown) return shown as JsonObject;
      throw outcomeUnknown(error, request(write), tenant);
    }
    // An HTML page may come from a proxy: only reading back shows whether the tenant accepted the write.
    if (shown && mismatches(write.body ?? {}, shown as JsonObject).length === 0) return shown as JsonObject;
    throw error;
  }
}

/** Undefined when it can't be read. */
async function readBack(tenant: TenantConnection, schema: Schema, path: string): Promise<unknown> {
  try {
    return await managementRequest(tenant, schema, { method: 'GET', path });
  } catch (error) {
    if (isAnonError(error) && error.code !== 'interrupted') return undefined;
    throw error;
  }
}

function request({ method, path, body }: PlannedWrite) {
  return { method, path, body };
}

/** The path of the object that a write changed or created. */
function pathOf({ method, path }: PlannedWrite, answer: JsonObject): string {
  return method === 'POST' ? `${path}/${encodeURIComponent(String(answer.id ?? answer.client_id))}` : path;
}

function notApplied(
  { selection }: TenantConnection,
  { method, path, subject }: PlannedWrite,
  found: readonly Mismatch[],
): NotAppliedError {
  const done = { POST: 'created', PATCH: 'accepted the update of', DELETE: 'accepted the deletion of' }[method];
  const but = method === 'DELETE' ? 'still has it' : `reports other values: ${found.map(mismatchText).join(', ')}`;
  const hint = `Someone else changed it at the same time, or the tenant ignored the change. ${nextStep(method, path, selection)}`;
  return new NotAppliedError(
    `The tenant ${done} ${subject}, but ${but}.`,
    found.map(({ member }) => member),
    { hint },
  );
}

/** Strings and lists are left out: they may contain anything. */
function mismatchText({ member, sent, shown }: Mismatch): string {
  if (shown === undefined) return `${member} is missing`;
  return isPlain(sent) && isPlain(shown) ? `${member} is ${shown}, not ${sent}` : `${member} differs`;
}

function isPlain(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'boolean' || value === null;
}

/**
 * Sends the writes of a plan in order and returns the resulting state. The first one that is refused or not applied
 * ends it; the error's hint names the writes already applied, because repeating the command sends only the rest.
 * @throws as {@link sendWrite}
 */
export async function applyPlan<Outcome>(tenant: TenantConnection, plan: Plan<Outcome>): Promise<Outcome> {
  const answers = new Map<PlannedWrite, unknown>();
  const known = new Map<string, unknown>();
  for (const write of plan.writes) {
    try {
      const answer = await sendWrite(tenant, { ...write, body: write.body && filled(write.body, known) });
      answers.set(write, answer);
      if (write.yields) known.set(write.yields.placeholder, (answer as JsonObject)[write.yields.member]);
    } catch (error) {
      if (!isAnonError(error) || answers.size === 0) throw error;
      throw withHint(error, partlyDone([...answers.keys()], error.hint));
    }
  }
  return plan.outcome(answersOf(answers));
}

function filled(body: JsonObject, known: ReadonlyMap<string, unknown>): JsonObject {
  const entries = Object.entries(body).map(([key, value]) => [
    key,
    typeof value === 'string' ? (known.get(value) ?? value) : value,
  ]);
  return Object.fromEntries(entries);
}

function answersOf(answers: ReadonlyMap<PlannedWrite, unknown>): Answers {
  return {
    to: <S extends Schema>(write: PlannedWrite<S> | undefined) =>
      write && (answers.get(write as PlannedWrite) as Read<S> | undefined),
  };
}

function partlyDone(done: readonly PlannedWrite[], hint: string | undefined): string {
  const subjects = done.map(({ subject }) => subject).join(', ');
  return `${hint ? `${hint} ` : ''}Already applied: ${subjects}. Run the command again to apply the rest.`;
}
