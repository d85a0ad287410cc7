import { AnonError } from '../../../errors.ts';
import { DocumentError, hasErrors, type Place, type Problem, problemAt } from '../../document/problem.ts';
import type { Variables } from '../../document/variables.ts';
import { same } from '../../plan/difference.ts';
import type { WrittenConfig } from '../config.ts';
import { type ConfigObject, keyOf } from '../objects.ts';
import { type ConfigPlan, planConfig } from '../plan.ts';
import type { TenantSnapshot } from '../read-tenant.ts';
import type { CheckedConfig } from '../written.ts';
import { editedText } from './edited-text.ts';
import { type ChangedSetting, TenantValues } from './tenant-values.ts';

export interface FileToUpdate {
  readonly name: string;
  readonly text: string;
  /** Reads the file as if it had this text. */
  read(text: string): Promise<CheckedConfig>;
  readonly variables: Variables;
}

/** A configuration file with the tenant's values. */
export interface UpdatedFile {
  readonly text: string;
  /** From what the file had to what it has, which may come only as near to the tenant as a file can. */
  readonly changes: readonly ChangedSetting[];
  /** What the file still has differently. */
  readonly left: readonly (ChangedSetting & { readonly place: Place; readonly reason: string })[];
  /** Parts of the file that mean nothing at this tenant. */
  readonly problems: readonly Problem[];
  /** What would give the tenant the values of the new text. */
  readonly plan: ConfigPlan;
  /** What guests can reach at the tenant, and the file does not name. */
  readonly missing: readonly ConfigObject[];
}

/** A change can make the file manage more: with an application that is enabled, the scopes of its guests. */
const maxPasses = 4;

/**
 * Gives every setting that a file manages the tenant's value. It gets no others, and the files that it extends stay.
 * @throws {DocumentError} for a file with errors
 * @throws {AnonError} `usage` for a value of the tenant that would be an error in the file
 */
export async function updatedFile(file: FileToUpdate, snapshot: TenantSnapshot): Promise<UpdatedFile> {
  const before = await valuesOf(file, file.text, snapshot);
  let after = before;
  let { text } = file;
  let reasons = new Map<string, string>();
  for (let pass = 0; pass < maxPasses; pass += 1) {
    const edited = editedText(text, after.values.edits(), file.variables);
    reasons = new Map([...edited.refused].map(([{ path }, reason]) => [JSON.stringify(path), reason]));
    if (edited.text === text) break;
    text = edited.text;
    after = await valuesOf(file, text, snapshot);
  }
  const { values, written } = after;
  const left = values.changed.map((one) => {
    const path = values.pathOf(one);
    const reason = reasons.get(JSON.stringify(path)) ?? values.reasonFor(one);
    return { ...one, place: written.placeOf(path), reason };
  });
  const stays = new Map(left.map((one) => [idOf(one), one.before]));
  return {
    text,
    changes: before.values.changed.flatMap((one) => {
      const now = stays.has(idOf(one)) ? (stays.get(idOf(one)) ?? null) : one.after;
      return same(now, one.before) ? [] : [{ ...one, after: now }];
    }),
    left,
    problems: values.problems.map(({ path, message, hint }) => problemAt(written.placeOf(path, 'key'), message, hint)),
    plan: values.plan,
    missing: missingIn(written, snapshot, values.plan),
  };
}

async function valuesOf(
  file: FileToUpdate,
  text: string,
  snapshot: TenantSnapshot,
): Promise<{ written: WrittenConfig; values: TenantValues }> {
  const { written, problems } = await file.read(text);
  if (written && !hasErrors(problems)) return { written, values: new TenantValues(file.name, written, snapshot) };
  if (text === file.text) throw new DocumentError(problems);
  const [first] = problems.filter(({ severity }) => severity === 'error');
  throw new AnonError('usage', `The tenant has a value that ${file.name} cannot have: ${first?.message}`, {
    hint: 'Change it at the tenant first. The file stays as it was.',
  });
}

/** What `--prune` would close. */
function missingIn({ config }: WrittenConfig, snapshot: TenantSnapshot, { steps }: ConfigPlan): ConfigObject[] {
  const planned = new Set(steps.map(({ object }) => keyOf(object)));
  const pruned = planConfig(config, snapshot, { prune: true }).plan.steps.map(({ object }) => object);
  const open = pruned.filter((object) => !planned.has(keyOf(object)));
  const of = (kind: ConfigObject['kind']) => open.filter((object) => object.kind === kind);
  const audiences = of('api').map((api) => 'audience' in api && api.audience);
  // A grant at an API that is named already goes without saying.
  const grants = of('grant').filter((grant) => 'audience' in grant && !audiences.includes(grant.audience));
  return [...of('application'), ...of('api'), ...grants];
}

function idOf({ object, setting }: ChangedSetting): string {
  return `${keyOf(object)} ${setting}`;
}
