import { isAnonError, withHint } from '../../errors.ts';
import type { JsonObject, Read, Schema } from '../../wire/schema.ts';
import { managementRequest } from '../exchange/management.ts';
import type { TenantConnection } from '../ports.ts';
import type { Answers, Plan, PlannedWrite } from './plan.ts';

/**
 * Sends the writes of a plan, one after the other, and gives the state they leave. The first that is refused
 * ends it; the error's hint says what was written by then, since doing it again does only what is left.
 */
export async function applyPlan<Outcome>(tenant: TenantConnection, plan: Plan<Outcome>): Promise<Outcome> {
  const answers = new Map<PlannedWrite, unknown>();
  const known = new Map<string, unknown>();
  for (const write of plan.writes) {
    try {
      const answer = await sendWrite(tenant, write, known);
      answers.set(write, answer);
      if (write.yields) known.set(write.yields.placeholder, (answer as JsonObject)[write.yields.member]);
    } catch (error) {
      if (!isAnonError(error) || answers.size === 0) throw error;
      throw withHint(error, partlyDone([...answers.keys()], error.hint));
    }
  }
  return plan.outcome(answersOf(answers));
}

function sendWrite(
  tenant: TenantConnection,
  { method, path, body, answer }: PlannedWrite,
  known: ReadonlyMap<string, unknown>,
): Promise<unknown> {
  return managementRequest(tenant, answer, { method, path, body: body && filled(body, known) });
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
  return `${hint ? `${hint} ` : ''}Already written: ${subjects}. Run the command again: it does what is left.`;
}
