import type { ConfigPlan } from '../../../domain/config/plan.ts';
import { AnonError, updateHint } from '../../../errors.ts';
import { type PlanFile, planFile, planFileKind, planFileVersion } from '../../../wire/config-plan.ts';
import { check, isJsonObject } from '../../../wire/schema.ts';
import type { Context } from '../../world/context.ts';

/** A plan as a file. */
export function planFileText(plan: ConfigPlan, nowMs: number): string {
  const content = {
    kind: planFileKind,
    version: planFileVersion,
    ...plan,
    planned_at: new Date(nowMs).toISOString(),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** Reads a plan that `config plan --out` saved. @throws {AnonError} `usage` for anything else */
export async function readPlanFile(context: Context, path: string): Promise<PlanFile> {
  const read = parsed(await context.readFile(path));
  if (!isJsonObject(read) || read.kind !== planFileKind) {
    throw new AnonError('usage', `${path} is not a plan of anon-cli.`, {
      hint: 'Save one with: anon-cli config plan --out plan.json. For a configuration file, use -f.',
    });
  }
  if (typeof read.version === 'number' && read.version > planFileVersion) {
    throw new AnonError('usage', `${path} was written by a newer anon-cli.`, {
      hint: updateHint,
    });
  }
  const checked = check(planFile, read);
  if (checked.ok) return checked.value;
  throw new AnonError('usage', `${path} is damaged: ${checked.problem}.`, {
    hint: 'Save the plan again: anon-cli config plan --out <file>',
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
