import { isAnonError, withHint } from '../../errors.ts';
import type { JsonObject, Read, Schema } from '../../wire/schema.ts';
import type { TenantConnection } from '../ports.ts';
import type { Answers, Plan, PlannedWrite } from './plan.ts';
import { sendWrite } from './write.ts';

/**
 * Sends the writes of a plan, one after the other, and gives the state they leave. The first that is refused, or that
 * the tenant does not show as it was asked for, ends it; the error's hint says what was written by then, since doing
 * it again does only what is left.
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
  return `${hint ? `${hint} ` : ''}Already written: ${subjects}. Run the command again: it does what is left.`;
}
