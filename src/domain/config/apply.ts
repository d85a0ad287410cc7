import { AnonError, isAnonError, withHint } from '../../errors.ts';
import type { Edition } from '../../wire/edition/edition.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { mayHaveTakenEffect } from '../exchange/unknown-outcome.ts';
import { sendWrite } from '../plan/apply.ts';
import { same } from '../plan/difference.ts';
import { listInWords, truncateList } from '../truncate.ts';
import { subjectOf } from './objects.ts';
import type { Step } from './plan.ts';
import { readObject } from './read-tenant.ts';
import { differing, only } from './settings.ts';
import { writeFor } from './writes.ts';

/** How far a plan was carried out. */
export interface Progress {
  /** In this order; the object has the wanted settings now. */
  readonly done: Step[];
  /** Those of {@link done} that had the settings before anything was sent. */
  readonly found: Step[];
  /** Why it ended early: the tenant may or may not have made the change where that is `unknown`. */
  failure?: { readonly step: Step; readonly error: AnonError; readonly unknown: boolean };
}

/**
 * Carries out steps in their order, those in one place `parallel` at a time. Each object is read again right before its
 * write, so that what others changed around our settings stays, and the answer is compared with the request. The first
 * failure ends it, once the requests on their way are answered.
 * @throws {unknown} only what is not an error of ours
 */
export async function applySteps(
  tenant: TenantConnection,
  edition: Edition,
  steps: readonly Step[],
  { parallel = 1 }: { parallel?: number } = {},
): Promise<Progress> {
  const progress: Progress = { done: [], found: [] };
  const known = { ...tenant, edition: edition.name };
  for (const place of new Set(steps.map((step) => step.place))) {
    const waiting = steps.filter((step) => step.place === place);
    const worker = async () => {
      for (;;) {
        const step = progress.failure ? undefined : waiting.shift();
        if (!step) return;
        await carryOutStep(known, edition, step, progress);
      }
    };
    await Promise.all(Array.from({ length: parallel }, worker));
  }
  return progress;
}

async function carryOutStep(tenant: TenantConnection, edition: Edition, step: Step, progress: Progress): Promise<void> {
  try {
    const wasSent = await setValues(tenant, edition, step);
    progress.done.push(step);
    if (!wasSent) progress.found.push(step);
  } catch (error) {
    if (!isAnonError(error)) throw error;
    progress.failure ??= { step, error, unknown: mayHaveTakenEffect(error) };
  }
}

/** Returns whether it took a request. */
async function setValues(tenant: TenantConnection, edition: Edition, step: Step): Promise<boolean> {
  const found = await readObject(tenant, edition, step.object);
  if (!found) throw new AnonError('failed', `${capital(subjectOf(step.object))} was deleted since it was planned.`);
  const moved = movedSettings(step, found.values);
  if (moved.length > 0) throw movedError(step, moved);
  const write = writeFor(edition, found, differing(found.values, step.after));
  if (!write) return false;
  await sendWrite(tenant, write);
  return true;
}

/** The settings of a step that are neither as they were nor as they are to be: someone else changed them. */
export function movedSettings({ before, after }: Pick<Step, 'before' | 'after'>, values: Step['before']): string[] {
  const now = only(values, after);
  return Object.keys(after).filter((name) => !same(now[name], after[name]) && !same(now[name], before[name]));
}

function movedError({ object }: Step, names: readonly string[]): AnonError {
  const what = `${names.join(', ')} of ${subjectOf(object)}`;
  return new AnonError('failed', `Someone else has changed ${what} since it was planned.`, {
    hint: 'Look at the new state first: anon-cli config plan',
  });
}

/** The error of a plan that was not carried out to the end, with what was done and what was not. */
export function partlyApplied({ done, failure }: Progress, steps: readonly Step[]): AnonError | undefined {
  if (!failure) return undefined;
  const { step, error, unknown } = failure;
  const left = steps.filter((one) => !done.includes(one) && !(unknown && one === step));
  const again = 'Run the same command again: it reads the tenant first and goes on from there.';
  const sentences = [
    done.length > 0 ? `Done: ${inWords(done)}.` : 'Nothing was changed before.',
    ...(left.length > 0 ? [`Not done: ${inWords(left)}.`] : []),
    // Words about a single request, such as how to look whether it took effect, are not of use here.
    unknown ? again : (error.hint ?? again),
  ];
  return withHint(error, sentences.join(' '));
}

function inWords(steps: readonly Step[]): string {
  return listInWords(truncateList(steps), ({ object }) => subjectOf(object));
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
