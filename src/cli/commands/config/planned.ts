import type { App } from '../../../domain/app/app.ts';
import type { WrittenConfig } from '../../../domain/config/config.ts';
import { keyOf } from '../../../domain/config/objects.ts';
import type { ConfigPlan, Step } from '../../../domain/config/plan.ts';
import { alsoReached, planConfig } from '../../../domain/config/plan.ts';
import { factsAfter } from '../../../domain/config/policy-facts.ts';
import { type PolicyFinding, policyViolations } from '../../../domain/config/policy-violations.ts';
import {
  checkOriginsReadable,
  type FoundObject,
  foundObject,
  objectsIn,
  readSnapshot,
  type TenantSnapshot,
} from '../../../domain/config/read-tenant.ts';
import { withoutEffect } from '../../../domain/config/targets.ts';
import { writeFor } from '../../../domain/config/writes.ts';
import { DocumentError, problemAt } from '../../../domain/document/problem.ts';
import type { TenantConnection } from '../../../domain/exchange/connection.ts';
import type { PlannedWrite } from '../../../domain/plan/plan.ts';
import { listInWords, truncateList } from '../../../domain/truncate.ts';
import type { Edition } from '../../../wire/edition/edition.ts';
import { configOptions, requireConfig } from '../../input/config-files.ts';
import type { OptionValues } from '../../options/definition.ts';
import type { GlobalOptions } from '../../options/global.ts';
import type { SettingChange } from '../../render/config-changes.ts';
import type { Context } from '../../world/context.ts';

/** The options of every command that plans. */
export const planOptions = {
  ...configOptions,
  '--app <app>': 'only this application, and the scopes of its guests',
  '--api <api>': 'only this API, and the scopes of its guests',
  '--prune': 'also close the applications, APIs and guest grants that the file does not open',
} as const;

export type PlanOptions = GlobalOptions & OptionValues<typeof planOptions>;

/** A plan, and what it was made from. */
export interface Planned {
  readonly plan: ConfigPlan;
  readonly edition: Edition;
  /** Appended to a command so that it reaches this tenant. */
  readonly selection: string;
  /** The objects of the plan by `keyOf`, as they were read; a grant that does not exist may be missing. */
  readonly objects: ReadonlyMap<string, FoundObject>;
  /** The policies that the tenant will be against; none for a saved plan, which was judged when it was made. */
  readonly findings: readonly PolicyFinding[];
  /** Undefined for a plan that does not come from a file. */
  readonly written?: WrittenConfig;
}

/**
 * Reads the configuration, then the tenant, and plans.
 * @throws {DocumentError} every problem of the file, then every problem of the file at this tenant
 */
export async function planFromFile(
  context: Context,
  options: PlanOptions,
  tenant: () => Promise<TenantConnection>,
): Promise<Planned> {
  const written = await requireConfig(context, options);
  const { config, placeOf } = written;
  const connection = await tenant();
  const snapshot = await readSnapshot(connection);
  const { app, api, prune } = options;
  const { plan, problems } = planConfig(config, snapshot, { app, api, prune: prune === true });
  if (problems.length > 0) {
    throw new DocumentError(problems.map(({ path, message, hint }) => problemAt(placeOf(path, 'key'), message, hint)));
  }
  await checkOrigins(connection, snapshot, plan);
  const others = alsoReached(config, snapshot, plan);
  if (others.length > 0) context.warn(othersText(others, written.name, snapshot.edition));
  const { edition, selection } = snapshot;
  for (const warning of withoutEffect(config, edition)) context.warn(warning);
  const objects = objectsIn(snapshot);
  const findings = policyViolations(config.policies, factsAfter(config, edition, plan, objects));
  return { plan, edition, selection, objects, findings, written };
}

function othersText(others: readonly App[], file: string, { name }: Edition): string {
  const names = listInWords(truncateList(others), (app) => app.name);
  const rule = `Edition ${name} gives the guests of every enabled application the same scopes`;
  return `${rule}: also those of ${names}, which ${file} does not name.`;
}

/** @throws {AnonError} `not_authorised` for credentials that cannot read the origins that a plan manages */
export async function checkOrigins(
  tenant: TenantConnection,
  snapshot: TenantSnapshot,
  { managed }: ConfigPlan,
): Promise<void> {
  const clientIds = managed.flatMap(({ object, values }) =>
    object.kind === 'application' && 'origins' in values ? [object.clientId] : [],
  );
  const named = new Set(clientIds);
  await checkOriginsReadable(
    tenant,
    snapshot.apps.filter(({ clientId }) => named.has(clientId)),
  );
}

/** The settings that a plan changes. */
export function changesOf(steps: readonly Pick<Step, 'object' | 'before' | 'after'>[]): SettingChange[] {
  return steps.flatMap(({ object, before, after }) =>
    Object.entries(after).map(([setting, value]) => ({
      object,
      setting,
      before: before[setting] ?? null,
      after: value,
    })),
  );
}

/** The requests that a plan sends if nothing changes at the tenant before. */
export function writesOf({ plan, edition, objects }: Planned): PlannedWrite[] {
  return plan.steps.flatMap(({ object, after }) => {
    const found = objects.get(keyOf(object)) ?? foundObject(edition, object, undefined);
    const write = writeFor(edition, found, after);
    return write ? [write] : [];
  });
}

/** `5 settings of 3 objects`; an API and the scopes of its guests are one. */
export function countText(steps: ConfigPlan['steps']): string {
  const settings = changesOf(steps).length;
  const objects = new Set(steps.map(({ object }) => ('audience' in object ? object.audience : keyOf(object)))).size;
  return `${amount(settings, 'setting')} of ${amount(objects, 'object')}`;
}

export function amount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
